"""One class under one threshold: what its calls are worth, and how sure that is.

Axis: N samples. With J = tp / (tp + fp + fn), F1 = 2 J / (1 + J), and J is a share: of the samples
that carry the class or are called it, those that do both. So an interval of J is one of F1. A
bootstrap of the samples would give F1 = 0 no width at all, however few samples it was measured on.

References:
    Goutte and Gaussier (2005), A probabilistic interpretation of precision, recall and F-score: the
    posterior of F1 by Gamma variates, which is that of J by a Beta one.
    Lam (2023), Confidence intervals for the F1 score, arXiv 2309.14621: of J, transformed.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool

from hpa_core.evaluation.proportions import jeffreys_interval
from hpa_core.intervals import Interval


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A ratio and its 95 % interval; both None where nothing can be divided by."""

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


def score_class(targets: Bool[np.ndarray, " N"], calls: Bool[np.ndarray, " N"]) -> ClassScores:
    """Score the calls of one class, with intervals of what other samples would give.

    Args:
        targets: which samples carry the class.
        calls: which were called.

    >>> missed = score_class(np.array([True, False]), np.array([False, False]))
    >>> missed.f1.value, missed.f1.interval.high.__round__(3), missed.precision.value
    (0.0, 0.921, None)
    """
    tp, fp, fn = (
        int(cells.sum()) for cells in (targets & calls, ~targets & calls, targets & ~calls)
    )
    return ClassScores(
        tp=tp,
        fp=fp,
        fn=fn,
        f1=_f1_of(_share(tp, tp + fp + fn)),
        precision=_share(tp, tp + fp),
        recall=_share(tp, tp + fn),
    )


def _share(hits: int, trials: int) -> Measured:
    if not trials:
        return Measured(value=None, interval=None)
    low, high = jeffreys_interval(np.array([hits]), np.array([trials]))
    return Measured(value=hits / trials, interval=Interval(float(low[0]), float(high[0])))


def _f1_of(jaccard: Measured) -> Measured:
    if jaccard.value is None or jaccard.interval is None:
        return jaccard
    value, low, high = (2 * j / (1 + j) for j in (jaccard.value, *jaccard.interval))
    return Measured(value=value, interval=Interval(low, high))
