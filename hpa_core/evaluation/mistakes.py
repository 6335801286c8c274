"""Mistakes: how confident each wrong call is, and samples in order of it or of a score.

Axes: N samples, C classes, n mistakes. A row is a position on the N axis.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int


@dataclass(frozen=True, kw_only=True)
class Mistakes:
    """Wrong cells (sample, class), the most confident first, all (n,).

    Attributes:
        row: of the sample.
        class_id: of the class.
        missed: whether a true class was not called; else one was called falsely.
        confidence: how far the score lies beyond its threshold, as a share of the way to the end,
            in [0, 1]: `(t - p) / t` for a miss, `(p - t) / (1 - t)` for a false call. So a
            threshold of 0.15 and one of 0.5 are judged alike. 0 for a false call that the top-class
            fallback made, whose score is not above its threshold.
    """

    row: Int[np.ndarray, " n"]
    class_id: Int[np.ndarray, " n"]
    missed: Bool[np.ndarray, " n"]
    confidence: Float[np.ndarray, " n"]


def rank_mistakes(
    probs: Float[np.ndarray, "N C"],
    thresholds: Float[np.ndarray, " C"],
    *,
    targets: Bool[np.ndarray, "N C"],
    calls: Bool[np.ndarray, "N C"],
    limit: int | None = None,
) -> Mistakes:
    """Rank every wrong call by its confidence; equally confident ones by sample and class.

    >>> found = rank_mistakes(
    ...     np.array([[0.9, 0.1]]), np.array([0.5, 0.5]),
    ...     targets=np.array([[False, True]]), calls=np.array([[True, False]]),
    ... )
    >>> found.class_id.tolist(), found.missed.tolist(), found.confidence.round(3).tolist()
    ([0, 1], [False, True], [0.8, 0.8])
    """
    row, class_id = np.nonzero(targets != calls)
    missed = targets[row, class_id]
    score = probs[row, class_id].astype(np.float64)
    bound = np.broadcast_to(thresholds, calls.shape[1:])[class_id]
    beyond = np.where(missed, bound - score, score - bound)
    room = np.where(missed, bound, 1 - bound)
    confidence = np.clip(beyond / np.where(room > 0, room, 1), 0, 1)
    first = np.argsort(-confidence.round(12), kind="stable")[:limit]
    return Mistakes(
        row=row[first], class_id=class_id[first], missed=missed[first], confidence=confidence[first]
    )


def mistake_confidence(
    probs: Float[np.ndarray, "N C"],
    thresholds: Float[np.ndarray, " C"],
    *,
    targets: Bool[np.ndarray, "N C"],
    calls: Bool[np.ndarray, "N C"],
) -> Float[np.ndarray, " N"]:
    """Return how confident each sample's worst mistake is, (N,) in [0, 1]; 0 without one."""
    found = rank_mistakes(probs, thresholds, targets=targets, calls=calls)
    worst = np.zeros(len(probs))
    np.maximum.at(worst, found.row, found.confidence)
    return worst


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
