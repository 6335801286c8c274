"""F1 of each class as an exact function of its threshold, and where it is highest.

Axes: N samples, C classes, K steps of a curve. Calls are scores strictly above the threshold, so
F1(t) is a staircase: it changes at the distinct scores, and holds from one up to the next.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from hpa_core.evaluation.contract import check_truth
from hpa_core.evaluation.metrics import f1_from_counts
from hpa_core.evaluation.optimum import best_of_class


class Optima(NamedTuple):
    """The best threshold of each class and the F1 it reaches on the same samples, both (C,)."""

    thresholds: Float[np.ndarray, " C"]
    f1: Float[np.ndarray, " C"]

    @property
    def undetermined(self) -> Bool[np.ndarray, " C"]:
        """Classes where no threshold finds a positive (most often there is none), (C,)."""
        return np.asarray(self.f1 == 0)


@dataclass(frozen=True, kw_only=True)
class Curve:
    """One class's staircase: the values hold from `thresholds[k]` up to `thresholds[k + 1]`.

    Attributes:
        thresholds: 0, then every distinct score, ascending, (K,).
        f1, precision, recall: at these thresholds, (K,); precision is 0 where nothing is called.
    """

    thresholds: Float[np.ndarray, " K"]
    f1: Float[np.ndarray, " K"]
    precision: Float[np.ndarray, " K"]
    recall: Float[np.ndarray, " K"]


def best_thresholds(probs: Float[np.ndarray, "N C"], targets: Bool[np.ndarray, "N C"]) -> Optima:
    """Find each class's threshold of highest F1, exactly.

    A threshold lies midway between the lowest score it calls and the next lower one. Of several
    optima the highest threshold is taken (the fewest calls). A class where no threshold finds a
    positive gets the threshold 1 (`optimum.NO_CALL`) and F1 0: `Optima.undetermined` names it.

    Args:
        probs: (N, C) in [0, 1].
        targets: the truth, (N, C).

    Returns:
        Thresholds and their F1. It is the F1 on the very samples they were chosen on: new data
        will give less (see `honesty`).

    Raises:
        ScoresError: a score is NaN or outside [0, 1], or there is no sample.

    >>> probs = np.array([[0.9], [0.6], [0.4], [0.1]])
    >>> best_thresholds(probs, np.array([[True], [False], [True], [False]]))
    Optima(thresholds=array([0.25]), f1=array([0.8]))
    """
    check_truth(probs, targets)
    columns = zip(np.ascontiguousarray(probs.T), np.ascontiguousarray(targets.T), strict=True)
    best = [best_of_class(scores, truth) for scores, truth in columns]
    thresholds, f1 = np.array(best, dtype=np.float64).reshape(-1, 2).T
    return Optima(thresholds, f1)


def f1_curve(scores: Float[np.ndarray, " N"], targets: Bool[np.ndarray, " N"]) -> Curve:
    """Trace one class's F1, precision and recall over every threshold that matters.

    Args:
        scores: the class's column of the probabilities, (N,).
        targets: its truth, (N,).

    Raises:
        ScoresError: a score is NaN or outside [0, 1], or there is no sample.
    """
    check_truth(scores[:, None], targets[:, None])
    ordered, positives = np.sort(scores), np.sort(scores[targets])
    steps = np.unique(np.append(ordered, ordered.dtype.type(0)))
    called = len(ordered) - np.searchsorted(ordered, steps, side="right")
    tp = len(positives) - np.searchsorted(positives, steps, side="right")
    return Curve(
        thresholds=steps.astype(np.float64),
        f1=f1_from_counts(tp, len(positives), called),
        precision=tp / np.maximum(called, 1),
        recall=tp / max(len(positives), 1),
    )


def thin_curve(curve: Curve, *, points: int = 400) -> Curve:
    """Keep at most `points` steps of a curve for drawing, its maximum exactly among them.

    The axis is cut into equal spans; of each, the first step and the steps of lowest and highest
    F1 are kept, so that no spike is lost at any width up to `points / 3` pixels.
    """
    if len(curve.thresholds) <= points:
        return curve
    span = np.minimum(curve.thresholds * (points // 3), points // 3 - 1).astype(np.int64)
    first = np.flatnonzero(np.diff(span, prepend=-1))
    by_f1 = np.lexsort((curve.f1, span))
    highest = by_f1[np.append(first[1:], len(span)) - 1]
    kept = np.unique(np.concatenate([first, by_f1[first], highest]))
    return Curve(**{name: values[kept] for name, values in vars(curve).items()})
