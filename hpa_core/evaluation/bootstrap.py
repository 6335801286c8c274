"""How far a macro F1, or the difference of two, would move with other samples of the same kind.

Axes: N samples, C classes, B replicates. A replicate gives every sample a weight, how often it is
drawn; weighted counts are one matrix product, and what is compared is drawn with the same weights.

References:
    Efron and Tibshirani: An Introduction to the Bootstrap, 1993 (percentile intervals).
    Chamandy, Muralidharan, Najmi, Naidu: Estimating Uncertainty for Massive Data Streams,
    Google, 2012 (a weight of its own for each sample, from a Poisson distribution of mean 1).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32, Int

from hpa_core.evaluation.metrics import f1_by_class, f1_from_counts
from hpa_core.intervals import ENDS, Interval

BLOCK_BYTES = 100 * 2**20
"""Memory that the weights of some replicates may take at a time."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What the second way of calling gains over the first, on the same samples.

    Attributes:
        difference: second macro F1 minus first.
        interval: 95 % of the difference.
        wins: share of the replicates in which the second is higher, ties counted half.
        by_class: difference of each class's F1, (C,).
        low, high: 95 % interval of each, (C,); a class whose interval spans 0 shows nothing.
        support: positives of each class, (C,).
    """

    difference: float
    interval: Interval
    wins: float
    by_class: Float[np.ndarray, " C"]
    low: Float[np.ndarray, " C"]
    high: Float[np.ndarray, " C"]
    support: Int[np.ndarray, " C"]


def macro_f1_intervals(
    targets: Bool[np.ndarray, "N C"],
    all_calls: Sequence[Bool[np.ndarray, "N C"]],
    *,
    replicates: int = 200,
    seed: int = 0,
) -> list[Interval]:
    """Bound the macro F1 of each of several fixed ways of calling the same samples.

    Thresholds chosen on these very samples need `honesty` instead.
    """
    drawn = drawn_f1(targets, all_calls, replicates=replicates, seed=seed)
    return [Interval(*np.quantile(f1.mean(axis=1), ENDS).tolist()) for f1 in drawn]


def compare_calls(
    targets: Bool[np.ndarray, "N C"],
    first: Bool[np.ndarray, "N C"],
    second: Bool[np.ndarray, "N C"],
    *,
    replicates: int = 1000,
    seed: int = 0,
) -> Comparison:
    """Compare two ways of calling the same samples by a paired bootstrap.

    Args:
        targets: the truth.
        first: what is compared with.
        second: what is judged.
        replicates: how often the samples are drawn anew.
        seed: of the draws.

    Raises:
        ValueError: the three differ in shape, or there is no sample.
    """
    if not len(targets) or not targets.shape == first.shape == second.shape:
        raise ValueError(f"shapes {targets.shape}, {first.shape}, {second.shape} do not compare")
    was, now = drawn_f1(targets, [first, second], replicates=replicates, seed=seed)
    gains = now - was  # (B, C)
    macro = gains.mean(axis=1)
    low, high = np.quantile(gains, ENDS, axis=0)
    by_class = f1_by_class(targets, second) - f1_by_class(targets, first)
    return Comparison(
        difference=float(by_class.mean()),
        interval=Interval(*np.quantile(macro, ENDS).tolist()),
        wins=float(((macro > 0).mean() + (macro >= 0).mean()) / 2),
        by_class=by_class,
        low=low,
        high=high,
        support=targets.sum(axis=0),
    )


def drawn_f1(
    targets: Bool[np.ndarray, "N C"],
    all_calls: Sequence[Bool[np.ndarray, "N C"]],
    *,
    replicates: int,
    seed: int = 0,
    groups: np.ndarray | None = None,
) -> list[Float[np.ndarray, "B C"]]:
    """F1 of every class in every replicate, for each way of calling.

    Args:
        targets: the truth.
        all_calls: the ways; all are drawn together, and so are those of another call with the
            same seed, replicates and groups.
        replicates: how often the samples are drawn anew.
        seed: of the draws.
        groups: (N,) one key a sample; samples of one key are drawn together. Each its own if None.
    """
    numbers = np.arange(len(targets))
    if groups is not None:
        numbers = np.unique(groups, return_inverse=True)[1]
    blocks = []
    for drawn in _weights(numbers.max(initial=-1) + 1, replicates, np.random.default_rng(seed)):
        weights = drawn[:, numbers]
        positives = weights @ targets
        blocks.append(
            [
                f1_from_counts(weights @ (targets & calls), positives, weights @ calls)
                for calls in all_calls
            ]
        )
    return [np.concatenate(parts) for parts in zip(*blocks, strict=True)]


def _weights(
    samples: int, replicates: int, rng: np.random.Generator
) -> Iterator[Float32[np.ndarray, "b N"]]:
    """Yield how often each sample is drawn, some replicates at a time."""
    block = max(BLOCK_BYTES // (4 * samples), 1)
    for start in range(0, replicates, block):
        shape = (min(block, replicates - start), samples)
        # Whole numbers whose sums stay below 2**24 are exact as 32-bit floats.
        yield rng.poisson(1.0, shape).astype(np.float32)
