"""How confident a mistake is, and samples in order of it or of a score.

Axes: N samples, C classes. A row is a position on the N axis.
"""

import numpy as np
from jaxtyping import Bool, Float, Int


def sort_by_score(
    rows: Int[np.ndarray, " n"], probs: Float[np.ndarray, "N C"], *, class_id: int
) -> Int[np.ndarray, " n"]:
    """Return `rows` with the highest score of `class_id` first; ties keep their order."""
    return rows[np.argsort(-probs[rows, class_id], kind="stable")]


def sort_by_mistake(
    rows: Int[np.ndarray, " n"], confidence: Float[np.ndarray, " N"]
) -> Int[np.ndarray, " n"]:
    """Return `rows` with the most confident mistake first; ties keep their order."""
    return rows[np.argsort(-confidence[rows], kind="stable")]


def mistake_confidence(
    probs: Float[np.ndarray, "N C"],
    thresholds: Float[np.ndarray, " C"],
    *,
    targets: Bool[np.ndarray, "N C"],
    calls: Bool[np.ndarray, "N C"],
) -> Float[np.ndarray, " N"]:
    """Say how far past its threshold, on the wrong side, each sample's worst score lies.

    The distance is a share of what was possible: `(p - t) / (1 - t)` for a class called falsely,
    `(t - p) / t` for a class missed. So a threshold of 0.15 and one of 0.5 are judged alike.

    Returns:
        (N,) in [0, 1]; 0 for a sample without a mistake, and for a false call made by the
        top-class fallback, whose score is not above its threshold.
    """
    room = np.where(calls, 1 - thresholds, thresholds)
    distance = np.where(calls, probs - thresholds, thresholds - probs)
    share = np.divide(distance, room, out=np.zeros_like(distance), where=room > 0)
    worst = np.where(calls != targets, share, 0).max(axis=1, initial=0)
    clipped: Float[np.ndarray, " N"] = np.clip(worst, 0, 1)
    return clipped
