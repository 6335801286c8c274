"""How sure an F1 curve is: a bootstrap band over its thresholds.

Axes: N samples, C classes, K thresholds. The rare classes are why it is drawn: with eleven
positives the curve's peak is mostly luck, and the band says so.

Drawing samples anew changes how many positives and negatives lie between two thresholds, and F1
knows nothing else of them. So the cells between thresholds are drawn instead of the samples, each
count from a Poisson distribution of its own: the work no longer depends on N.

References:
    Chamandy, Muralidharan, Najmi, Naidu: Estimating Uncertainty for Massive Data Streams,
    Google, 2012 (the Poisson bootstrap).
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from hpa_core.evaluation.contract import check_truth
from hpa_core.evaluation.metrics import f1_from_counts
from hpa_core.intervals import ENDS

REPLICATES = 200


class Bands(NamedTuple):
    """Lower and upper end of each class's F1 at each threshold, both (C, K)."""

    low: Float[np.ndarray, "C K"]
    high: Float[np.ndarray, "C K"]


def f1_bands(
    probs: Float[np.ndarray, "N C"],
    targets: Bool[np.ndarray, "N C"],
    grid: Float[np.ndarray, " K"],
    *,
    replicates: int = REPLICATES,
    seed: int = 0,
) -> Bands:
    """Bound each class's F1 at every threshold by a 95 % percentile bootstrap over the samples.

    The band holds at each threshold by itself, and for a threshold that was not chosen on these
    samples; it says nothing of data from elsewhere. Where a class has no positive both ends are 0.

    Args:
        probs: (N, C) in [0, 1].
        targets: the truth, (N, C).
        grid: ascending thresholds in [0, 1], (K,).
        replicates: how often the samples are drawn anew.
        seed: of the draws; each class has its own stream.

    Raises:
        ScoresError: a score is NaN or outside [0, 1], or there is no sample.
    """
    check_truth(probs, targets)
    pairs = []
    for number, (scores, truth) in enumerate(zip(probs.T, targets.T, strict=True)):
        rng = np.random.default_rng([seed, number])
        found = _drawn(_cells(scores[truth], grid), replicates, rng)
        wrong = _drawn(_cells(scores[~truth], grid), replicates, rng)
        pairs.append(np.quantile(_above_each(found, wrong), ENDS, axis=0))
    low, high = np.moveaxis(np.array(pairs), 1, 0)  # (C, 2, K) -> (2, C, K)
    return Bands(low, high)


def _cells(scores: Float[np.ndarray, " n"], grid: Float[np.ndarray, " K"]) -> Int[np.ndarray, " L"]:
    """Count the scores in each of the K + 1 cells; cell k + 1 is the first above threshold k."""
    cells = np.searchsorted(grid, scores, side="left")
    counts: np.ndarray = np.bincount(cells, minlength=len(grid) + 1)
    return counts


def _drawn(
    counts: Int[np.ndarray, " L"], replicates: int, rng: np.random.Generator
) -> Int[np.ndarray, "B L"]:
    """Draw each cell anew and return how many lie in it or above."""
    drawn = rng.poisson(counts, (replicates, len(counts)))
    above: np.ndarray = drawn[:, ::-1].cumsum(axis=1)[:, ::-1]
    return above


def _above_each(
    found: Int[np.ndarray, "B L"], wrong: Int[np.ndarray, "B L"]
) -> Float[np.ndarray, "B K"]:
    """F1 above each threshold; 0 where there is neither a positive nor a call."""
    hits = found[:, 1:]
    return f1_from_counts(hits, found[:, :1], hits + wrong[:, 1:])
