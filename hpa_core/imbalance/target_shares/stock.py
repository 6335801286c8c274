"""What an epoch shows of each label set, and what may be done with it.

Axes: N rows of a split, S label sets, C classes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from jaxtyping import Bool, Int

from hpa_core.imbalance.measures import LabelSets
from hpa_core.imbalance.target_shares.wanted import ShareRequest


@dataclass(frozen=True)
class Stock:
    """What there is and what may be done with it, by label set.

    Attributes:
        members: the classes of each set, (S, C).
        samples: rows of each set that are shown at all, (S,).
        shown: how often an epoch shows these, all together, before the targets are met, (S,).
        most: how often it may show them at most, (S,), >= shown.
        least: how often it must show them at least, (S,), <= shown.
    """

    members: Bool[np.ndarray, "S C"]
    samples: Int[np.ndarray, " S"]
    shown: Int[np.ndarray, " S"]
    most: Int[np.ndarray, " S"]
    least: Int[np.ndarray, " S"]

    @property
    def sizes(self) -> Int[np.ndarray, " S"]:
        """Labels of each set."""
        sizes: np.ndarray = self.members.sum(axis=1, dtype=np.int64)
        return sizes

    def carried(self, classes: Sequence[int]) -> Int[np.ndarray, " S"]:
        """How many of `classes` each set carries."""
        carried: np.ndarray = self.members[:, list(classes)].sum(axis=1, dtype=np.int64)
        return carried

    def share(self, classes: Sequence[int], shown: Int[np.ndarray, " S"]) -> Fraction:
        """The share of all labels that `classes` have when each set is shown `shown` times."""
        labels = int(shown @ self.sizes)
        return Fraction(int(shown @ self.carried(classes)), labels) if labels else Fraction(0)


def take_stock(
    sets: LabelSets, copies: Int[np.ndarray, " N"], request: ShareRequest, *, cap: int
) -> Stock:
    """Count what rows, shown `copies` times, offer under the request and a cap.

    A row that is not shown stays so, and one shown more often than the cap may stay so.
    """
    shown = sets.sizes(copies)
    room = sets.sizes(np.where(copies > 0, np.maximum(cap - copies, 0), 0))
    alone = sets.members.sum(axis=1) == 1
    may_copy = _carries(sets, request.copy or range(sets.members.shape[1]))
    may_drop = _carries(sets, request.drop) & alone
    return Stock(
        members=sets.members,
        samples=sets.sizes((copies > 0).astype(np.int64)),
        shown=shown,
        most=shown + np.where(may_copy, room, 0),
        least=np.where(may_drop, 0, shown),
    )


def _carries(sets: LabelSets, classes: Sequence[int]) -> Bool[np.ndarray, " S"]:
    return np.asarray(sets.members[:, list(classes)].any(axis=1))
