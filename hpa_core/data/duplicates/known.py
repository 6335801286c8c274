"""Everything that is known of a dataset's duplicates, from all sources, as pairs and groups.

Axes: N samples, M pairs, C classes (28).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Int

from hpa_core.data.dataset import Dataset
from hpa_core.data.duplicates.groups import Grouping, group_pairs
from hpa_core.data.duplicates.store import (
    IdPair,
    Pair,
    PairList,
    Search,
    ordered,
    read_lists,
    read_reviewed,
    read_search,
)

COLUMNS = ["first", "second", "kind", "similarity", "orientation", "origin", "verdict"]


@dataclass(frozen=True, eq=False)
class Group:
    """Samples that show the same image.

    Attributes:
        rows: of the dataset, ascending.
        pairs: rows of `Duplicates.pairs` within the group, but for rejected ones.
        weakest: similarity of its weakest link, 0 to 1; None where a list without images made it.
        agree: whether all members have the same labels.
    """

    rows: tuple[int, ...]
    pairs: tuple[int, ...]
    weakest: float | None
    agree: bool


@dataclass(frozen=True, eq=False)
class Duplicates:
    """The pairs of a dataset and what follows from them.

    Attributes:
        dataset: whose.
        pairs: one row a pair: `first` and `second` (rows of the dataset), `kind`, `similarity` (NaN
            where it is not known), `orientation`, `origin` (what names it), `verdict` (`accepted`,
            `rejected` or nothing; copies of one image hash cannot be rejected).
        search: the last search through these images, None if there was none.
        lists: the imported lists.
    """

    dataset: Dataset
    pairs: pd.DataFrame
    search: Search | None
    lists: tuple[PairList, ...]

    @cached_property
    def grouping(self) -> Grouping:
        """The partition that the pairs make; rejected ones join nothing."""
        return self._grouping(self._kept)

    @cached_property
    def exact_grouping(self) -> Grouping:
        """The partition that exact copies alone make."""
        return self._grouping(self.pairs[self.pairs["kind"] == "exact"])

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Every group of two or more, by its first row."""
        grouping, kept = self.grouping, self._kept
        own = kept[grouping.group[kept["first"]] == grouping.group[kept["second"]]]
        by_group = own.groupby(grouping.group[own["first"]])
        pairs, known = (
            by_group.groups,
            by_group["similarity"].agg(lambda values: values.notna().all()),
        )
        return tuple(
            Group(
                rows=tuple(rows),
                pairs=tuple(pairs[first]),
                weakest=grouping.weakest[first] if known[first] else None,
                agree=bool((self.dataset.targets[rows] == self.dataset.targets[first]).all()),
            )
            for first, rows in grouping.members.items()
        )

    def class_disagreements(self) -> Int[np.ndarray, " C"]:
        """Count by class the groups in which some members have it and others lack it."""
        counts = np.zeros(self.dataset.targets.shape[1], dtype=np.int64)
        for group in self.groups:
            targets = self.dataset.targets[list(group.rows)]
            counts += targets.any(axis=0) & ~targets.all(axis=0)
        return counts

    @property
    def _kept(self) -> pd.DataFrame:
        return self.pairs[self.pairs["verdict"] != "rejected"]

    def _grouping(self, pairs: pd.DataFrame) -> Grouping:
        return group_pairs(
            self.dataset.info.samples,
            pairs["first"].to_numpy(),
            pairs["second"].to_numpy(),
            certainty=pairs["similarity"].fillna(1.0).to_numpy(),
            exact=(pairs["kind"] == "exact").to_numpy(),
        )


def known_duplicates(dataset: Dataset) -> Duplicates:
    """Gather the copies that the manifest tells, the last search's pairs and the imported lists.

    Raises:
        DatasetError, WorkspaceError: a file of the dataset is damaged.
    """
    search, lists = read_search(dataset), read_lists(dataset)
    sources = [
        ("image hash", _same_hashes(dataset)),
        *([("search", search.pairs)] if search else []),
        *((item.name, item.pairs) for item in lists),
    ]
    return Duplicates(dataset, _table(dataset, sources), search, tuple(lists))


def _same_hashes(dataset: Dataset) -> list[Pair]:
    """Pair every copy with the first sample of its image hash."""
    first: dict[str, str] = {}
    manifest = dataset.manifest
    return [
        Pair(first=first[image], second=sample_id, kind="exact", similarity=1.0)
        for sample_id, image in zip(manifest["id"], manifest["sha256"], strict=True)
        if image and first.setdefault(image, sample_id) != sample_id
    ]


def _table(dataset: Dataset, sources: list[tuple[str, Sequence[Pair]]]) -> pd.DataFrame:
    rows, verdicts = dataset.row_of, read_reviewed(dataset)
    known: dict[IdPair, dict[str, Any]] = {}
    for origin, pairs in sources:
        for pair in pairs:
            key = ordered(pair.first, pair.second)
            if key in known:
                known[key]["origin"] += f", {origin}"
            elif pair.first in rows and pair.second in rows:
                said = "" if pair.kind == "exact" else verdicts.get(key, "")
                ends = {"first": rows[pair.first], "second": rows[pair.second]}
                known[key] = {**asdict(pair), **ends, "origin": origin, "verdict": said}
    types = {"first": np.int64, "second": np.int64, "similarity": np.float64}
    return pd.DataFrame(list(known.values()), columns=COLUMNS).astype(types)
