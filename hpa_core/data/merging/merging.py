"""Merging two datasets into a third: manifest by rule, images from memory map to memory map.

Both stay as they are. The merged manifest has the columns that both have, and `origin`, the name of
the dataset that a row came from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd

from hpa_core.data.construction import (
    FORMAT,
    Recipe,
    finished_dataset,
    partial_folder,
    publish,
    sole_import,
)
from hpa_core.data.dataset import IMAGES, THUMBNAILS, Dataset, open_dataset, write_dataset
from hpa_core.data.manifest import target_lists
from hpa_core.data.merging.copying import copy_rows, remove_notes
from hpa_core.data.merging.links import IdGroups, chained, connected, find_links
from hpa_core.data.merging.report import MergeReport, count_merge, read_report, write_report
from hpa_core.data.merging.rules import Merge, Rows, apply_rule
from hpa_core.errors import DatasetError
from hpa_core.progress import Progress, quiet
from hpa_core.workspace import Workspace

NOTHING_TO_DO = "merged already; nothing to do"


@dataclass(frozen=True)
class Merged:
    """A merged dataset and what was done to make it."""

    dataset: Dataset
    report: MergeReport


def merge_datasets(  # noqa: PLR0913 - keyword-only options of one merge
    workspace: Workspace,
    base: str,
    external: str,
    *,
    name: str,
    rule: str,
    listed: IdGroups = (),
    progress: Progress = quiet,
) -> Merged:
    """Make one dataset from two; `rules` says what becomes of duplicates.

    There are images if both have them, of one size; if only one does, labels alone are merged. A
    merge that was ended goes on when it is called again. What was rendered stays marked so: if one
    of the two is synthetic, the merged dataset is.

    Args:
        workspace: where all three lie.
        base: the dataset whose validation rows stay validation.
        external: the dataset that is added.
        name: of the merged dataset.
        rule: one of `rules.RULES`.
        listed: published groups of duplicate ids (`links.read_id_groups`).
        progress: told the samples copied.

    Raises:
        DatasetError: one of the two is missing, both are the same, their images have two sizes, or
            the name is taken by other content.
        WorkspaceError: the name is not safe, the disk is full or the folder cannot be written.
    """
    pair = open_dataset(workspace, base), open_dataset(workspace, external)
    with_images = _share_images(*pair)
    recipe = _recipe(pair, rule, listed)
    with sole_import(workspace, name):
        dataset = finished_dataset(workspace, name, recipe)
        if dataset is not None:
            progress(dataset.info.samples, dataset.info.samples, unit="samples", note=NOTHING_TO_DO)
            return Merged(dataset, read_report(dataset.folder))
        table = _stacked(*pair)
        merge, report = _apply(pair, table, rule, listed)
        with partial_folder(workspace, name, recipe) as partial:
            if with_images:
                _copy_images(partial, pair, merge, progress)
            write_report(partial, report)
            write_dataset(
                partial,
                _manifest(table, merge, with_images=with_images),
                name=name,
                source="synthetic" if any(part.info.synthetic for part in pair) else "merged",
                image_size=pair[0].info.image_size if with_images else 0,
                note=_note(pair, rule, report, with_images=with_images),
            )
            dataset = publish(workspace, name, partial)
    remove_notes(dataset.folder)
    progress(len(merge.ids), len(merge.ids), unit="samples")
    return Merged(dataset, report)


def _apply(
    pair: Sequence[Dataset], table: pd.DataFrame, rule: str, listed: IdGroups
) -> tuple[Merge, MergeReport]:
    rows = Rows(
        ids=table["id"].to_numpy(dtype=str),
        external=table["external"].to_numpy(),
        targets=np.concatenate([dataset.targets for dataset in pair]),
        split=table["split"].to_numpy(dtype=str),
    )
    links = find_links(rows.ids, table["sha256"].to_numpy(dtype=str), listed)
    sides = np.where(rows.external, "external ", "base ").astype(object)
    own_groups = chained((sides + table["group"].to_numpy(dtype=object)).astype(str))
    merge = apply_rule(
        rows,
        rule,
        duplicates=connected(len(table), *links.values()),
        groups=connected(len(table), *links.values(), own_groups),
    )
    return merge, count_merge(rows, merge, links, listed)


def _share_images(base: Dataset, external: Dataset) -> bool:
    """Tell whether both have images, and refuse two sizes."""
    if base.info.name == external.info.name:
        raise DatasetError(f"{base.info.name!r} cannot be merged with itself; name two datasets.")
    if not (base.info.has_images and external.info.has_images):
        return False
    for ours, theirs in ((base.images, external.images), (base.thumbnails, external.thumbnails)):
        if ours.shape[1:] != theirs.shape[1:]:
            raise DatasetError(
                f"The images of {base.info.name!r} have {ours.shape[-1]} px a side, those of "
                f"{external.info.name!r} {theirs.shape[-1]} px; import one of them again with "
                "the other's --size."
            )
    return True


def _recipe(pair: Sequence[Dataset], rule: str, listed: IdGroups) -> Recipe:
    parts = [
        {
            "name": dataset.info.name,
            "hash": dataset.info.hash,
            "groups": _digest("\n".join(dataset.manifest["group"])),
        }
        for dataset in pair
    ]
    lines = _digest("\n".join(",".join(group) for group in listed))
    return {"format": FORMAT, "kind": "merge", "parts": parts, "rule": rule, "listed": lines}


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _stacked(base: Dataset, external: Dataset) -> pd.DataFrame:
    """Return both manifests, the base's rows first, with the columns that both have."""
    tables = []
    for number, dataset in enumerate((base, external)):
        table = dataset.manifest.copy()
        table["external"] = bool(number)
        if "origin" not in table:
            table["origin"] = dataset.info.name
        tables.append(table)
    return pd.concat(tables, join="inner", ignore_index=True)


def _manifest(table: pd.DataFrame, merge: Merge, *, with_images: bool) -> pd.DataFrame:
    merged = table.drop(columns="external").iloc[merge.kept].reset_index(drop=True)
    return merged.assign(
        id=merge.ids,
        targets=target_lists(merge.targets),
        split=merge.split,
        group=merge.groups,
        sha256=merged["sha256"] if with_images else "",
    )


def _copy_images(folder: Path, pair: Sequence[Dataset], merge: Merge, progress: Progress) -> None:
    base, external = pair
    own = merge.kept[merge.kept < base.info.samples]
    added = merge.kept[len(own) :] - base.info.samples
    for file, unit in ((IMAGES, "samples"), (THUMBNAILS, "thumbnails")):
        parts = [(base.folder / file, own), (external.folder / file, added)]
        copy_rows(folder / file, parts, progress=progress, unit=unit)


def _note(pair: Sequence[Dataset], rule: str, report: MergeReport, *, with_images: bool) -> str:
    base, external = (dataset.info.name for dataset in pair)
    found = f"{report.duplicates['in all']:,} rows of {external} are samples of {base}"
    bare = [dataset.info.name for dataset in pair if not dataset.info.has_images]
    why = f"Labels only: {bare[0]} has no images." if len(bare) == 1 else "Labels only."
    return f"{base} and {external}, merged by {rule}: {found}. {'' if with_images else why}".strip()
