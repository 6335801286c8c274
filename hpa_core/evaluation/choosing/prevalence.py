"""Thresholds that call each class as often as it is, or shall be, present.

Axes: N samples, C classes.

References:
    Yang (2001), A study of thresholding strategies for text categorization (PCut).
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Int

from hpa_core.errors import ConfigError
from hpa_core.evaluation.contract import Probs, Targets, Thresholds, check_probs, check_truth
from hpa_core.evaluation.optimum import NO_CALL, between


def matching_prevalence(probs: Probs, targets: Targets) -> Thresholds:
    """Return thresholds that call each class as often as it is present in the truth."""
    check_truth(probs, targets)
    return calling_most(probs, targets.sum(axis=0))


def matching_shares(probs: Probs, shares: Sequence[float]) -> Thresholds:
    """Return thresholds that call each class on a given share of these samples; no truth needed.

    Raises:
        ConfigError: there is not one share a class.
        ScoresError: a score is NaN or outside [0, 1].

    >>> probs = np.array([[0.9], [0.7], [0.6], [0.1]])
    >>> matching_shares(probs, [0.5]).round(2).tolist()
    [0.65]
    """
    check_probs(probs)
    if len(shares) != probs.shape[1]:
        raise ConfigError(
            f"The prevalence has {len(shares)} shares, the scores {probs.shape[1]} classes; "
            "give one share a class, in class order."
        )
    return calling_most(probs, np.rint(np.array(shares) * len(probs)).astype(np.int64))


def calling_most(probs: Probs, calls: Int[np.ndarray, " C"]) -> Thresholds:
    """Return thresholds that call so many of each class's highest scores.

    Scores tied with the first one too many stay uncalled, and a score of 0 is never called.
    """
    ordered = np.sort(probs.astype(np.float64), axis=0)[::-1]
    padded = np.vstack([ordered, np.zeros(probs.shape[1])])
    columns = zip(padded.T, calls.tolist(), strict=True)
    return np.array([between(column[n], column[n - 1]) if n else NO_CALL for column, n in columns])
