"""How sure macro, micro and samples F1 are: what as many other samples would give.

Axes: N samples, C classes, P patterns, B replicates. Samples with the same truth and the same calls
are one pattern. A replicate weighs each sample by an exponential variate, so each pattern by a
Gamma one with its count as shape: the work follows the patterns, not the samples.

Macro F1 is the mean of classes of which many are rare. Drawing samples anew moves neither a class
without a hit nor one without a positive, and leaves the mean far too sure. So hits and errors of
each class get half a count more, as in the posterior of `class_scores`.

References:
    Rubin (1981), The Bayesian bootstrap.
    Goutte and Gaussier (2005), A probabilistic interpretation of precision, recall and F-score.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from hpa_core.evaluation.bootstrap import BLOCK_BYTES
from hpa_core.evaluation.metrics import Scores, evaluate
from hpa_core.intervals import NORMAL_95, Interval

REPLICATES = 1000


@dataclass(frozen=True, kw_only=True)
class AverageIntervals:
    """95 % intervals of the three averages of F1, around those of the samples as they are."""

    macro: Interval
    micro: Interval
    samples: Interval


def average_intervals(
    targets: Bool[np.ndarray, "N C"],
    calls: Bool[np.ndarray, "N C"],
    *,
    replicates: int = REPLICATES,
    seed: int = 0,
) -> AverageIntervals:
    """Bound macro, micro and samples F1 of fixed calls on as many other samples of the source.

    A class without a positive or a call counts 0 in the macro F1 itself, and adds to its interval.
    Thresholds chosen on these very samples need `honesty` instead.

    Args:
        targets: the truth.
        calls: what was decided.
        replicates: B.
        seed: of the weights.

    Raises:
        ValueError: there is no sample, or the two are not boolean matrices of one shape.
    """
    if not len(targets):
        raise ValueError("without a sample there is no interval")
    scores = evaluate(targets, calls)
    pairs = np.packbits(np.hstack([targets, calls]), axis=1)
    _, first, counts = np.unique(pairs, axis=0, return_index=True, return_counts=True)
    hits, errors = targets[first] & calls[first], targets[first] ^ calls[first]
    block = max(BLOCK_BYTES // (8 * len(counts)), 1)
    rng = np.random.default_rng(seed)
    drawn = [
        _drawn(hits, errors, rng.standard_gamma(counts, (size, len(counts))), rng)
        for start in range(0, replicates, block)
        if (size := min(block, replicates - start))
    ]
    return _around(scores, np.concatenate(drawn))


def _drawn(
    hits: Bool[np.ndarray, "P C"],
    errors: Bool[np.ndarray, "P C"],
    weights: Float[np.ndarray, "B P"],
    rng: np.random.Generator,
) -> Float[np.ndarray, "B 3"]:
    """Macro, micro and samples F1 in every replicate."""
    found, wrong = weights @ hits, weights @ errors  # (B, C)
    half = rng.standard_gamma(0.5, (2, *found.shape))
    by_sample = _f1(hits.sum(axis=1), errors.sum(axis=1))
    return np.column_stack(
        [
            _f1(found + half[0], wrong + half[1]).mean(axis=1),
            _f1(found.sum(axis=1), wrong.sum(axis=1)),
            weights @ by_sample / weights.sum(axis=1),
        ]
    )


def _f1(hits: np.ndarray, errors: np.ndarray) -> np.ndarray:
    whole = 2.0 * hits + errors
    return np.asarray(np.divide(2 * hits, whole, out=np.zeros_like(whole), where=whole > 0))


def _around(scores: Scores, drawn: Float[np.ndarray, "B 3"]) -> AverageIntervals:
    values = (scores.macro_f1, scores.micro_f1, scores.samples_f1)
    margins = (NORMAL_95 * drawn.std(axis=0)).tolist()
    macro, micro, samples = map(Interval.of_share, values, margins)
    return AverageIntervals(macro=macro, micro=micro, samples=samples)
