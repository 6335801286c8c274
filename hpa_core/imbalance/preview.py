"""What a plan does to every class, before anything is trained.

Axes: N rows of a split, C classes, S label sets.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from hpa_core.imbalance.measures import Imbalance, group_label_sets, measure_sets

MOST_COPIED = 10


@dataclass(frozen=True, kw_only=True)
class PlanPreview:
    """A plan's effect.

    A class that has samples copied for its own sake grows, and so do the other classes on these
    samples. An added copy is put down to the rarest class of its sample, the one with the fewest
    positives before; for the sample's other classes it is a by-product.

    Attributes:
        before, after: measures of the split as it is, and as an epoch of the plan shows it.
        added: positives that copies beyond the first add, (C,).
        by_product: the part of `added` that came with copies put down to a rarer class, (C,).
        removed: positives of rows left out, (C,): after = before + added - removed.
        dropped: rows left out.
        copied: rows shown more than once.
        most_copied: positions of the rows shown most often, at most ten, most often first.
        most_copies: how often each of these is shown.
    """

    before: Imbalance
    after: Imbalance
    added: Int[np.ndarray, " C"]
    by_product: Int[np.ndarray, " C"]
    removed: Int[np.ndarray, " C"]
    dropped: int
    copied: int
    most_copied: Int[np.ndarray, " k"]
    most_copies: Int[np.ndarray, " k"]

    @property
    def samples(self) -> int:
        """Length of an epoch."""
        return self.after.samples

    @property
    def factors(self) -> Float[np.ndarray, " C"]:
        """Count after / count before, (C,); 1 for a class without positives."""
        before, after = self.before.counts, self.after.counts
        return np.where(before > 0, after / np.maximum(before, 1), 1.0)

    @property
    def by_product_shares(self) -> Float[np.ndarray, " C"]:
        """How much of each class's added positives is a by-product, (C,), 0 to 1."""
        shares: np.ndarray = self.by_product / np.maximum(self.added, 1)
        return shares


def preview_plan(targets: Bool[np.ndarray, "N C"], copies: Int[np.ndarray, " N"]) -> PlanPreview:
    """Work out what an epoch shows when each row of `targets` is shown `copies` times.

    >>> targets = np.array([[True, False], [True, True], [True, False]])
    >>> seen = preview_plan(targets, np.array([0, 3, 1]))
    >>> seen.after.counts.tolist(), seen.by_product.tolist(), seen.removed.tolist()
    ([4, 3], [2, 0], [1, 0])
    """
    sets = group_label_sets(targets)
    before = measure_sets(sets.members, sets.sizes())
    added = sets.sizes(np.maximum(copies - 1, 0))
    with_rarer = sets.members & ~_rarest(sets.members, before.counts)
    copied = np.flatnonzero(copies > 1)
    most = copied[np.argsort(-copies[copied], kind="stable")[:MOST_COPIED]]
    return PlanPreview(
        before=before,
        after=measure_sets(sets.members, sets.sizes(copies)),
        added=added @ sets.members,
        by_product=added @ with_rarer,
        removed=sets.sizes((copies == 0).astype(np.int64)) @ sets.members,
        dropped=int(np.count_nonzero(copies == 0)),
        copied=len(copied),
        most_copied=most,
        most_copies=copies[most],
    )


def _rarest(
    members: Bool[np.ndarray, "S C"], counts: Int[np.ndarray, " C"]
) -> Bool[np.ndarray, "S C"]:
    """Mark the class of each label set with the fewest positives; the lowest number of equals."""
    rarest = np.where(members, counts, np.iinfo(np.int64).max).argmin(axis=1)
    marked = np.zeros_like(members)
    marked[np.arange(len(members)), rarest] = True
    marked &= members
    return marked
