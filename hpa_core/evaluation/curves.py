"""F1 of each class as an exact function of its threshold, and where it is highest.

Axes: N samples, C classes. Calls are scores strictly above the threshold, so
F1(t) is a staircase: it changes at the distinct scores, and holds from one up to the next.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from hpa_core.evaluation.contract import check_truth
from hpa_core.evaluation.optimum import best_of_class


class Optima(NamedTuple):
    """The best threshold of each class and the F1 it reaches on the same samples, both (C,)."""

    thresholds: Float[np.ndarray, " C"]
    f1: Float[np.ndarray, " C"]

    @property
    def undetermined(self) -> Bool[np.ndarray, " C"]:
        """Classes where no threshold finds a positive (most often there is none), (C,)."""
        return np.asarray(self.f1 == 0)


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
