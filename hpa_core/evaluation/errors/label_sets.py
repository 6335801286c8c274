"""Whole label sets taken for others: the true set, the called set, and how often.

Axes: N samples, C classes, U different pairs of sets.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int


@dataclass(frozen=True, kw_only=True)
class LabelSetErrors:
    """Pairs of a true and another called set, the most frequent first.

    Attributes:
        truth, called: the classes of each set, (U, C).
        counts: samples with exactly this pair, (U,).
        wrong: samples whose sets differ; the sum of `counts`.
        right: samples whose sets are the same.
    """

    truth: Bool[np.ndarray, "U C"]
    called: Bool[np.ndarray, "U C"]
    counts: Int[np.ndarray, " U"]
    right: int

    @property
    def wrong(self) -> int:
        """Samples whose sets differ."""
        return int(self.counts.sum())


def count_label_set_errors(
    targets: Bool[np.ndarray, "N C"], calls: Bool[np.ndarray, "N C"]
) -> LabelSetErrors:
    """Count the samples of every pair of sets that differ; ties in the order of class numbers.

    >>> truth = np.array([[True, False], [True, False], [False, True]])
    >>> found = count_label_set_errors(truth, np.array([[True, True], [True, True], [False, True]]))
    >>> found.counts.tolist(), found.called.tolist(), found.right
    ([2], [[True, True]], 1)
    """
    wrong = (targets != calls).any(axis=1)
    both = np.concatenate([targets[wrong], calls[wrong]], axis=1)
    packed, counts = np.unique(np.packbits(both, axis=1), axis=0, return_counts=True)
    order = np.lexsort((*(255 - packed.T[::-1]), -counts))
    sets = np.unpackbits(packed[order], axis=1, count=both.shape[1]).astype(bool)
    truth, called = np.hsplit(sets, 2)
    return LabelSetErrors(
        truth=truth, called=called, counts=counts[order], right=int((~wrong).sum())
    )


def label_set_rows(
    targets: Bool[np.ndarray, "N C"],
    calls: Bool[np.ndarray, "N C"],
    *,
    truth: Bool[np.ndarray, " C"],
    called: Bool[np.ndarray, " C"],
) -> Int[np.ndarray, " n"]:
    """Return the samples that have exactly these sets, ascending."""
    same: np.ndarray = (targets == truth).all(axis=1) & (calls == called).all(axis=1)
    return np.flatnonzero(same)
