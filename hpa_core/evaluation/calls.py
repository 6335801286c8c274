"""From probabilities to calls: the one rule that every page, export and metric follows.

Axes: N samples, C classes.
"""

import numpy as np
from jaxtyping import Bool, Float

from hpa_core.evaluation.contract import check_probs, check_thresholds
from hpa_core.runs.thresholds import Fallback, Rule


def apply_thresholds(
    probs: Float[np.ndarray, "N C"],
    thresholds: Float[np.ndarray, " C"] | float,
    *,
    fallback: Fallback = "none",
) -> Bool[np.ndarray, "N C"]:
    """Call every class whose score lies strictly above its threshold.

    Scores and thresholds are compared as 64-bit numbers, whatever the scores are stored as, so a
    set gives the same calls on every page and in every export.

    Args:
        probs: (N, C) in [0, 1].
        thresholds: (C,) in [0, 1], or one number for all classes.
        fallback: `top1` calls the highest class of a sample that would get no call (of several
            equally high ones, the lowest class id); `none` leaves it without.

    Returns:
        Calls, (N, C).

    Raises:
        ScoresError: a score or a threshold is NaN or lies outside [0, 1], or there are not as many
            thresholds as classes.

    >>> probs = np.array([[0.5, 0.7], [0.2, 0.2]])
    >>> apply_thresholds(probs, 0.5).tolist()
    [[False, True], [False, False]]
    >>> apply_thresholds(probs, 0.5, fallback="top1").tolist()
    [[False, True], [True, False]]
    """
    check_probs(probs)
    # An array, not a Python number: numpy would round the latter to the scores' own precision.
    bounds = np.asarray(thresholds, dtype=np.float64)
    check_thresholds(bounds, classes=probs.shape[1])
    calls: Bool[np.ndarray, "N C"] = probs > bounds
    if fallback == "top1":
        silent = np.flatnonzero(~calls.any(axis=1))
        calls[silent, probs[silent].argmax(axis=1)] = True
    return calls


def calls_of(rule: Rule, probs: Float[np.ndarray, "N C"]) -> Bool[np.ndarray, "N C"]:
    """Call by the rule of a threshold set, as `apply_thresholds` does."""
    return apply_thresholds(probs, np.array(rule.thresholds), fallback=rule.fallback)
