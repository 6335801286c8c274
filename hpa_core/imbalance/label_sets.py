"""Which labels stand together: whole label sets, classes never alone, pairs always and never seen.

Axes: N samples, C classes, U different label sets.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

LEAST_EXPECTED = 5.0
"""A pair that chance would give so often is missed less than once in a hundred times by chance."""


@dataclass(frozen=True, kw_only=True)
class LabelSets:
    """The different label sets of a set of samples, the most frequent first.

    Attributes:
        sets: the classes of each, (U, C).
        counts: the samples that carry exactly these, (U,).
    """

    sets: Bool[np.ndarray, "U C"]
    counts: Int[np.ndarray, " U"]

    @property
    def once(self) -> int:
        """How many label sets a single sample carries."""
        return int((self.counts == 1).sum())


def count_label_sets(targets: Bool[np.ndarray, "N C"]) -> LabelSets:
    """Count the samples of every label set; equal counts keep the order of the class numbers.

    >>> found = count_label_sets(np.array([[True, False], [True, True], [True, False]]))
    >>> found.counts.tolist(), found.sets[0].tolist(), found.once
    ([2, 1], [True, False], 1)
    """
    packed, counts = np.unique(np.packbits(targets, axis=1), axis=0, return_counts=True)
    order = np.lexsort((*(255 - packed.T[::-1]), -counts))
    sets = np.unpackbits(packed[order], axis=1, count=targets.shape[1]).astype(bool)
    return LabelSets(sets=sets, counts=counts[order])


def alone_counts(targets: Bool[np.ndarray, "N C"]) -> Int[np.ndarray, " C"]:
    """Count the samples whose only label is the class."""
    counts: np.ndarray = targets[targets.sum(axis=1) == 1].sum(axis=0, dtype=np.int64)
    return counts


def expected_pairs(pairs: Int[np.ndarray, "C C"], *, samples: int) -> Float[np.ndarray, "C C"]:
    """Return how many samples would carry both classes if they were independent."""
    counts = np.diag(pairs).astype(float)
    return np.outer(counts, counts) / max(samples, 1)


def always_with(pairs: Int[np.ndarray, "C C"]) -> Bool[np.ndarray, "C C"]:
    """Return whether every sample of the row's class also carries the column's.

    Args:
        pairs: samples with both classes (`measures.cooccurrence`). A class of one sample or none
            says nothing.
    """
    counts = np.diag(pairs)
    always: np.ndarray = (pairs == counts[:, None]) & (counts[:, None] > 1)
    np.fill_diagonal(always, False)
    return always


def never_with(pairs: Int[np.ndarray, "C C"], *, samples: int) -> Bool[np.ndarray, "C C"]:
    """Return which classes are never seen together, though chance would give `LEAST_EXPECTED`."""
    never: np.ndarray = (pairs == 0) & (expected_pairs(pairs, samples=samples) >= LEAST_EXPECTED)
    return never
