"""What a merge did, in numbers: kept as `merge.json` beside the merged manifest.

Axes: N rows of both tables, n of the merged one.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
from jaxtyping import Bool

from hpa_core.data.merging.links import IdGroups, Links, connected
from hpa_core.data.merging.rules import Merge, Rows, shared_sets
from hpa_core.files import read_json, write_json

REPORT = "merge.json"


@dataclass(frozen=True, kw_only=True)
class MergeReport:
    """Numbers of one merge.

    Attributes:
        rows: samples of `base`, of `external` and `merged`.
        duplicates: external rows that are a sample of the base, by each of `links.KINDS` and
            `in all` (one row may be found in several ways).
        dropped: rows that the rule dropped of `base` and of `external`.
        renamed: external rows that got another id.
        relabelled: base rows that got further labels.
        held_out: labelled external rows that are not in train, because they are duplicates of the
            base's validation or test rows.
        moved: base rows whose split changed, so that no group is on two sides.
        listed: ids of the published lists (`ids`), and how many no row has (`unknown`).
        labels: positives of each class in `base`, in `external` and `merged`.
    """

    rows: Mapping[str, int]
    duplicates: Mapping[str, int]
    dropped: Mapping[str, int]
    renamed: int
    relabelled: int
    held_out: int
    moved: int
    listed: Mapping[str, int]
    labels: Mapping[str, list[int]]


def count_merge(rows: Rows, merge: Merge, links: Links, listed: IdGroups) -> MergeReport:
    """Count what a merge did."""
    outside, kept = rows.external, merge.kept
    gone = np.ones(len(outside), dtype=bool)
    gone[kept] = False
    labelled = merge.targets.any(axis=1)
    moved = rows.split[kept] != merge.split
    names = {name for group in listed for name in group}
    return MergeReport(
        rows={"base": _sum(~outside), "external": _sum(outside), "merged": len(kept)},
        duplicates=_duplicates(outside, links),
        dropped={"base": _sum(gone & ~outside), "external": _sum(gone & outside)},
        renamed=_sum(rows.ids[kept] != merge.ids),
        relabelled=_sum((rows.targets[kept] != merge.targets).any(axis=1)),
        held_out=_sum(outside[kept] & labelled & (merge.split != "train")),
        moved=_sum(moved & ~outside[kept]),
        listed={"ids": len(names), "unknown": len(names - set(rows.ids.tolist()))},
        labels={
            "base": rows.targets[~outside].sum(axis=0).tolist(),
            "external": rows.targets[outside].sum(axis=0).tolist(),
            "merged": merge.targets.sum(axis=0).tolist(),
        },
    )


def write_report(folder: Path, report: MergeReport) -> None:
    """Write the report into a dataset's folder."""
    write_json(folder / REPORT, asdict(report))


def read_report(folder: Path) -> MergeReport:
    """Read the report of a merged dataset.

    Raises:
        WorkspaceError: it is missing or damaged.
    """
    values = read_json(folder / REPORT)
    return MergeReport(**{field.name: values[field.name] for field in fields(MergeReport)})


def _sum(which: Bool[np.ndarray, " N"]) -> int:
    return int(which.sum())


def _duplicates(external: Bool[np.ndarray, " N"], links: Links) -> dict[str, int]:
    found = {kind: [pairs] for kind, pairs in links.items()} | {"in all": [*links.values()]}
    return {
        kind: _sum(shared_sets(external, connected(len(external), *pairs)) & external)
        for kind, pairs in found.items()
    }
