"""Splits of multi-label data: reproducible, even in every class, no group on two sides.

Axes: N samples, C classes, K parts (folds, or train and validation).

Iterative stratification, carried over from samples to groups: the class with the fewest groups left
is dealt out first, each group to the part that still wants that class most. Dealing the rare
classes while every part is still open is what keeps them even.

References:
    Sechidis, Tsoumakas, Vlahavas: On the Stratification of Multi-Label Data, ECML PKDD 2011.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float, Int

from hpa_core.errors import ConfigError

DECIMALS = 6
"""Wants are sums of shares; rounding lets equal ones tie, whatever order they were summed in."""


def stratified_folds(
    targets: Bool[np.ndarray, "N C"], folds: int, *, seed: int = 0, groups: np.ndarray | None = None
) -> Int[np.ndarray, " N"]:
    """Return the fold, 0 to `folds` - 1, of every sample.

    Every class that at least `folds` groups have is in every fold, unless the rare classes are
    bound together so that no dealing can do it; `class_counts_by_part` shows what came out.

    Args:
        targets: the labels; rows without any are spread evenly too.
        folds: from 2 to the number of groups.
        seed: the same seed gives the same folds, on every machine.
        groups: (N,) one key a sample; samples of one key stay together. Each its own if None.

    Raises:
        ConfigError: there are fewer than 2 folds, or fewer groups than folds.
    """
    if folds < 2:
        raise ConfigError(f"{folds} folds cannot be made; expected at least 2.")
    return _deal(targets, np.full(folds, 1 / folds), seed=seed, groups=groups)


def stratified_holdout(
    targets: Bool[np.ndarray, "N C"],
    share: float,
    *,
    seed: int = 0,
    groups: np.ndarray | None = None,
) -> Bool[np.ndarray, " N"]:
    """Return which samples are held out, about `share` of them and of every class.

    Arguments as in `stratified_folds`; a class that two groups have is on both sides.

    Raises:
        ConfigError: the share is not between 0 and 1, or there is one group only.
    """
    if not 0 < share < 1:
        raise ConfigError(f"A share of {share} cannot be held out; expected one between 0 and 1.")
    held_out: np.ndarray = (
        _deal(targets, np.array([1 - share, share]), seed=seed, groups=groups) == 1
    )
    return held_out


def class_counts_by_part(
    targets: Bool[np.ndarray, "N C"], parts: Int[np.ndarray, " N"]
) -> Int[np.ndarray, "K C"]:
    """Return how many samples of each class every part has.

    >>> class_counts_by_part(np.array([[True], [True], [False]]), np.array([0, 1, 1])).tolist()
    [[1], [1]]
    """
    counts = np.zeros((int(parts.max()) + 1, targets.shape[1]), dtype=np.int64)
    np.add.at(counts, parts, targets)
    return counts


def _deal(
    targets: Bool[np.ndarray, "N C"],
    shares: Float[np.ndarray, " K"],
    *,
    seed: int,
    groups: np.ndarray | None,
) -> Int[np.ndarray, " N"]:
    group_of, members = _group_counts(targets, groups)
    if len(members) < len(shares):
        raise ConfigError(
            f"{len(members)} groups cannot be dealt to {len(shares)} parts; ask for fewer parts."
        )
    dealing = _Dealing(members, shares, np.random.default_rng(seed))
    dealing.deal_all()
    dealing.mend_coverage()
    parts: np.ndarray = dealing.part[group_of]
    return parts


def _group_counts(
    targets: Bool[np.ndarray, "N C"], groups: Sequence[str] | np.ndarray | None
) -> tuple[Int[np.ndarray, " N"], Int[np.ndarray, "G C+1"]]:
    """Number the groups; count each one's samples by class and, in the last column, in all."""
    keys = np.arange(len(targets)) if groups is None else np.asarray(groups)
    names, group_of = np.unique(keys, return_inverse=True)
    members = np.zeros((len(names), targets.shape[1] + 1), dtype=np.int64)
    np.add.at(members, group_of, np.column_stack([targets, np.ones(len(targets), dtype=bool)]))
    return group_of, members


class _Dealing:
    """Groups on their way to parts; `wants` is what each part still lacks of each class."""

    def __init__(
        self,
        members: Int[np.ndarray, "G C+1"],
        shares: Float[np.ndarray, " K"],
        rng: np.random.Generator,
    ) -> None:
        self.part = np.full(len(members), -1)
        self._members = members
        self._has = members[:, :-1] > 0
        self._totals = np.maximum(members.sum(axis=0), 1)
        self._wants = shares[:, None] * members.sum(axis=0)
        self._order = rng.permutation(len(members))
        self._lots = rng.random((len(members), len(shares)))

    def deal_all(self) -> None:
        left = self._has.sum(axis=0)
        while left.any():
            label = int(np.where(left, left, left.max() + 1).argmin())
            for group in self._waiting(label):
                self._give(group, label)
                left -= self._has[group]
        for group in self._order[self.part[self._order] < 0]:
            self._give(group, -1)

    def _waiting(self, label: int) -> Int[np.ndarray, " n"]:
        """Groups of a class not dealt yet: the largest first, and by lot among equals."""
        waiting = self._order[self._has[self._order, label] & (self.part[self._order] < 0)]
        largest_first = np.argsort(-self._members[waiting, label], kind="stable")
        ordered: np.ndarray = waiting[largest_first]
        return ordered

    def _give(self, group: int, label: int) -> None:
        counts = self._members[group]
        others = (self._wants / self._totals) @ counts
        keys = (self._lots[group], self._wants[:, -1], others.round(DECIMALS))
        part = np.lexsort((*keys, self._wants[:, label].round(DECIMALS)))[-1]
        self.part[group] = part
        self._wants[part] -= counts

    def mend_coverage(self) -> None:
        """Move groups, one at a time, as long as that makes fewer classes absent from a part."""
        parts = len(self._wants)
        needed = self._has.sum(axis=0) >= parts
        present = np.zeros((parts, len(needed)), dtype=np.int64)
        np.add.at(present, self.part, self._has)
        while (move := self._best_move(present, needed)) is not None:
            group, part = move
            present[self.part[group]] -= self._has[group]
            present[part] += self._has[group]
            self.part[group] = part

    def _best_move(
        self, present: Int[np.ndarray, "K C"], needed: Bool[np.ndarray, " C"]
    ) -> tuple[int, int] | None:
        best, best_gain = None, 0
        for part, label in np.argwhere((present == 0) & needed):
            groups = self._order[self._has[self._order, label]]
            filled = self._has[groups] & needed & (present[part] == 0)
            emptied = self._has[groups] & needed & (present[self.part[groups]] == 1)
            gains = filled.sum(axis=1) - emptied.sum(axis=1)
            if gains.max() > best_gain:
                best, best_gain = (int(groups[gains.argmax()]), int(part)), int(gains.max())
        return best
