"""Which rows of two datasets stay, with which labels, in which group and on which side.

Axes: N rows, those of the base first, then those of the external dataset; C classes.

Rows that links connect, passed on, are one set of duplicates; a set that has rows of both datasets
is *shared*, and the rule decides about shared sets alone:

- `keep-base`: the external rows of a shared set are dropped.
- `keep-external`: the base's rows of a shared set are dropped.
- `union-of-labels`: as `keep-base`, and each base row of a shared set gets the labels of them all.
- `keep-both`: all stay; an external row whose id the base has too is renamed to `<id>.external`.

Whatever the rule, rows that links or an earlier grouping connect share a **group**, and no group is
on two sides. The base's validation rows stay validation. A labelled row goes where the base's rows
of its group are, first of these: validation, test, another split, train; an external row that
shares no group goes to train. Rows without labels stay in the split they had, for nothing can be
trained or validated on them.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int

from hpa_core.errors import DatasetError

RULES = ("keep-base", "keep-external", "union-of-labels", "keep-both")
RENAMED = ".external"
_RANKS = {"validation": 0, "test": 1, "train": 3}
_OTHER_RANK = 2


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Both tables, one after the other.

    Attributes:
        ids: (N,) of str.
        external: (N,) whether a row is the external dataset's.
        targets: the labels.
        split: (N,) of str.
    """

    ids: np.ndarray
    external: Bool[np.ndarray, " N"]
    targets: Bool[np.ndarray, "N C"]
    split: np.ndarray


@dataclass(frozen=True, kw_only=True)
class Merge:
    """What a rule makes of the rows.

    Attributes:
        kept: (n,) row numbers that stay, ascending.
        ids: (n,) of str, each once.
        targets: (n, C).
        groups: (n,) of str, the first id of each group.
        split: (n,) of str.
    """

    kept: Int[np.ndarray, " n"]
    ids: np.ndarray
    targets: Bool[np.ndarray, "n C"]
    groups: np.ndarray
    split: np.ndarray


def shared_sets(external: Bool[np.ndarray, " N"], sets: Int[np.ndarray, " N"]) -> np.ndarray:
    """Return, (N,), whether each row's set has rows of both datasets."""
    sides = np.zeros((int(sets.max(initial=0)) + 1, 2), dtype=bool)
    sides[sets, external.astype(int)] = True
    shared: np.ndarray = sides.min(axis=1)[sets]
    return shared


def apply_rule(
    rows: Rows, rule: str, *, duplicates: Int[np.ndarray, " N"], groups: Int[np.ndarray, " N"]
) -> Merge:
    """Merge by one of `RULES`.

    Args:
        rows: both tables.
        rule: one of `RULES`.
        duplicates: (N,) the number of each row's set of duplicates.
        groups: (N,) the number of each row's group; a set of duplicates is within one.

    Raises:
        DatasetError: there is no such rule, or a renamed row's id is taken.
    """
    if rule not in RULES:
        raise DatasetError(f"There is no rule {rule!r} for duplicates; choose {', '.join(RULES)}.")
    shared = shared_sets(rows.external, duplicates)
    gives_way = {
        "keep-base": rows.external,
        "keep-external": ~rows.external,
        "union-of-labels": rows.external,
        "keep-both": np.zeros(len(shared), dtype=bool),
    }[rule]
    targets = rows.targets
    if rule == "union-of-labels":
        targets = targets | (_union(targets, duplicates) & shared[:, None])
    kept = np.flatnonzero(~(shared & gives_way))
    ids = _unique_ids(rows)[kept] if rule == "keep-both" else rows.ids[kept]
    _, first, of_row = np.unique(groups[kept], return_index=True, return_inverse=True)
    return Merge(
        kept=kept,
        ids=ids,
        targets=targets[kept],
        groups=ids[first[of_row]],
        split=_splits(rows, targets, groups)[kept],
    )


def _union(
    targets: Bool[np.ndarray, "N C"], sets: Int[np.ndarray, " N"]
) -> Bool[np.ndarray, "N C"]:
    union = np.zeros((int(sets.max(initial=0)) + 1, targets.shape[1]), dtype=bool)
    np.logical_or.at(union, sets, targets)
    every: np.ndarray = union[sets]
    return every


def _unique_ids(rows: Rows) -> np.ndarray:
    """Rename external rows whose id a base row has."""
    taken = set(rows.ids[~rows.external].tolist())
    ids = [
        f"{name}{RENAMED}" if external and name in taken else name
        for name, external in zip(rows.ids.tolist(), rows.external.tolist(), strict=True)
    ]
    if len(set(ids)) < len(ids):
        raise DatasetError(
            f"Ids of both datasets cannot be told apart by {RENAMED!r}: some end in it already; "
            "choose another rule."
        )
    return np.array(ids, dtype=str)


def _splits(
    rows: Rows, targets: Bool[np.ndarray, "N C"], groups: Int[np.ndarray, " N"]
) -> np.ndarray:
    """Return the split of every row; only the base's rows say where a group belongs."""
    labelled = targets.max(axis=1)
    names = np.unique(rows.split)
    ranks = np.array([_RANKS.get(name, _OTHER_RANK) for name in names.tolist()])
    order = np.argsort(ranks, kind="stable")
    # Numbers that are smaller the stronger a split's claim on a group is.
    claims = np.argsort(order)[np.searchsorted(names, rows.split)]
    unclaimed = len(names)
    strongest = np.full(int(groups.max(initial=0)) + 1, unclaimed)
    # Validation is claimed by labelled rows alone: on others nothing can be validated.
    claimant = ~rows.external & (labelled | (rows.split != "validation"))
    np.minimum.at(strongest, groups[claimant], claims[claimant])
    claimed = np.append(names[order], "train")[strongest[groups]]
    return np.where(labelled, claimed, rows.split)
