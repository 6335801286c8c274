"""Splits of multi-label data: reproducible, even in every class, no group on two sides.

Axes: N samples, C classes, K parts (folds, or train and validation).

Iterative stratification, carried over from samples to groups: the class with the fewest groups left
is dealt out first, each group to the part that still wants that class most. Dealing the rare
classes while every part is still open is what keeps them even. What that leaves out (`coverage`)
or uneven (`evening`) is mended afterwards.

References:
    Sechidis, Tsoumakas, Vlahavas: On the Stratification of Multi-Label Data, ECML PKDD 2011.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float, Int

from hpa_core.data.coverage import covered
from hpa_core.data.evening import evened
from hpa_core.errors import ConfigError

DECIMALS = 6
"""Wants are sums of shares; rounding lets equal ones tie, whatever order they were summed in."""


def stratified_folds(
    targets: Bool[np.ndarray, "N C"], folds: int, *, seed: int = 0, groups: np.ndarray | None = None
) -> Int[np.ndarray, " N"]:
    """Return the fold, 0 to `folds` - 1, of every sample.

    Every class that at least `folds` groups have is in every fold, if any dealing does that for all
    such classes. Rare classes may be bound together so that none does; then as few (class, fold)
    pairs as possible are empty, and `class_counts_by_part` shows which.

    Args:
        targets: the labels; rows without any are spread evenly too.
        folds: from 2 to the number of groups.
        seed: the same seed gives the same folds, on every machine (but for a search that
            `coverage.MOST_SECONDS` cut short).
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
    parts: np.ndarray = _improved(members, dealing.part, shares)[group_of]
    return parts


def _improved(
    members: Int[np.ndarray, "G C+1"], part: Int[np.ndarray, " G"], shares: Float[np.ndarray, " K"]
) -> Int[np.ndarray, " G"]:
    """Cover what can be covered, then even out; groups with the same counts are one kind."""
    kinds, kind_of = np.unique(members, axis=0, return_inverse=True)
    held = np.zeros((len(kinds), len(shares)), dtype=np.int64)
    np.add.at(held, (kind_of, part), 1)
    wanted = evened(kinds, covered(kinds > 0, held), shares)
    part = part.copy()
    for kind in np.flatnonzero((wanted != held).any(axis=1)):
        groups = np.flatnonzero(kind_of == kind)
        part[groups] = _reassigned(part[groups], wanted[kind])
    return part


def _reassigned(part: Int[np.ndarray, " n"], wanted: Int[np.ndarray, " K"]) -> np.ndarray:
    """Give each part as many of these groups as wanted; as many as can be stay where they are."""
    by_part = np.argsort(part, kind="stable")
    rank = np.empty(len(part), dtype=np.int64)
    rank[by_part] = np.arange(len(part)) - np.searchsorted(part[by_part], part[by_part])
    moving = rank >= wanted[part]
    free = np.maximum(wanted - np.bincount(part, minlength=len(wanted)), 0)
    moved = part.copy()
    moved[moving] = np.repeat(np.arange(len(wanted)), free)
    return moved


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
