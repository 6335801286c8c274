"""One class under one threshold: what its calls are worth, and how sure that is.

Axes: N samples, B replicates.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from hpa_core.evaluation.bootstrap import ENDS, Interval

REPLICATES = 2_000


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A ratio and its 95 % bootstrap interval; both None where nothing can be divided by."""

    value: float | None
    interval: Interval | None


@dataclass(frozen=True, kw_only=True)
class ClassScores:
    """What the calls of one class are worth.

    Attributes:
        tp: positives that were called.
        fp: calls that are no positives.
        fn: positives that were not called.
    """

    tp: int
    fp: int
    fn: int
    f1: Measured
    precision: Measured
    recall: Measured

    @property
    def positives(self) -> int:
        """Samples that carry the class."""
        return self.tp + self.fn


def score_class(
    targets: Bool[np.ndarray, " N"], calls: Bool[np.ndarray, " N"], *, seed: int = 0
) -> ClassScores:
    """Score the calls of one class, with intervals over samples drawn anew.

    Each sample gets a weight of its own, Poisson of mean 1, as in `bootstrap`. The ratios need
    three sums of weights alone; these are Poisson too, with the counts as means, and are drawn.

    Args:
        targets: which samples carry the class.
        calls: which were called.
        seed: of the draws.
    """
    counts = np.array([(targets & calls).sum(), (~targets & calls).sum(), (targets & ~calls).sum()])
    drawn = np.random.default_rng(seed).poisson(counts, (REPLICATES, 3))
    return ClassScores(
        tp=int(counts[0]),
        fp=int(counts[1]),
        fn=int(counts[2]),
        f1=_measured(counts, drawn, np.array([1, 0.5, 0.5])),
        precision=_measured(counts, drawn, np.array([1, 1, 0])),
        recall=_measured(counts, drawn, np.array([1, 0, 1])),
    )


def _measured(
    counts: Int[np.ndarray, "3"], drawn: Int[np.ndarray, "B 3"], whole: Float[np.ndarray, "3"]
) -> Measured:
    """Divide tp by a weighted sum of tp, fp and fn; draws without any of them say nothing."""
    if not counts @ whole:
        return Measured(value=None, interval=None)
    wholes = drawn @ whole
    ratios = drawn[wholes > 0, 0] / wholes[wholes > 0]
    return Measured(
        value=float(counts[0] / (counts @ whole)),
        interval=Interval(*np.quantile(ratios, ENDS).tolist()),
    )
