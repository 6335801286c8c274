"""Importing a dataset: four image files a sample, or labels alone.

The files are the competition's grey PNGs or the atlas's own false-colour JPEGs.

All may be ended at any time and called again: they go on, or find that they are done. What cannot
be taken is listed in `refused.json` by id, file and reason, and the rest is imported.
"""

from pathlib import Path
from typing import BinaryIO

import numpy as np

from hpa_core.data.channels import Layout
from hpa_core.data.construction import (
    finished_dataset,
    import_recipe,
    partial_folder,
    publish,
    sole_import,
)
from hpa_core.data.dataset import FILE_SIDE, Dataset, write_dataset
from hpa_core.data.false_colour import EXTERNAL
from hpa_core.data.images import KAGGLE, content_hash, read_quartet
from hpa_core.data.labels import LabelTable, read_label_table
from hpa_core.data.manifest import new_manifest
from hpa_core.data.packing import JOURNAL, Packing, pack_quartets
from hpa_core.data.quartets import QuartetListing, find_quartets
from hpa_core.data.refusals import Refusal, named_few, refusal_rows
from hpa_core.data.sources import LAYOUTS, stale_samples, write_sources
from hpa_core.errors import DatasetError, ImageError
from hpa_core.progress import Progress, quiet
from hpa_core.workspace import Workspace

NOTHING_TO_DO = "imported already; nothing to do"
EXTERNAL_SIDE = 512
"""What the competition's images have: the atlas made them from the same originals."""


def import_kaggle(  # noqa: PLR0913 - keyword-only options of one import
    workspace: Workspace,
    folder: Path,
    labels: Path | BinaryIO,
    *,
    name: str,
    size: int | None = None,
    allow_unlabelled: bool = False,
    progress: Progress = quiet,
) -> Dataset:
    """Import a label table and its `<id>_{red,green,blue,yellow}.png`.

    A fifth of the labelled samples becomes the split `validation`, evenly in every class, with
    identical images on one side; samples without labels become `test`.

    Args:
        workspace: where the dataset goes.
        folder: where the PNGs lie.
        labels: the label table.
        name: of the dataset.
        size: pixels a side to scale down to; as most files are if None.
        allow_unlabelled: take rows with an empty target.
        progress: told the samples packed.

    Raises:
        LabelTableError: the table cannot be read.
        DatasetError: no sample can be used, or the name is taken by other content.
        ConfigError: the size cannot be meant.
        WorkspaceError: the name is not safe, the disk is full or the folder cannot be written.
    """
    table = read_label_table(labels, allow_unlabelled=allow_unlabelled)
    return _import_files(
        workspace, folder, table, name=name, layout=KAGGLE, size=size, progress=progress
    )


def import_external(  # noqa: PLR0913 - keyword-only options of one import
    workspace: Workspace,
    folder: Path,
    labels: Path | BinaryIO,
    *,
    name: str,
    size: int = EXTERNAL_SIDE,
    allow_unlabelled: bool = False,
    progress: Progress = quiet,
) -> Dataset:
    """Import a label table and the atlas's own false-colour `<id>_{red,green,blue,yellow}.jpg`.

    `false_colour` says what becomes of a file. The atlas's images have several sizes; each sample
    is scaled down to `size`, and one that is smaller is refused. Split, arguments and errors as in
    `import_kaggle`.
    """
    table = read_label_table(labels, allow_unlabelled=allow_unlabelled)
    return _import_files(
        workspace, folder, table, name=name, layout=EXTERNAL, size=size, progress=progress
    )


def _import_files(  # noqa: PLR0913 - keyword-only options of one import
    workspace: Workspace,
    folder: Path,
    table: LabelTable,
    *,
    name: str,
    layout: Layout,
    size: int | None,
    progress: Progress,
) -> Dataset:
    listing = find_quartets(folder, table.ids, layout)
    if not listing.rows.size:
        raise DatasetError(f"No sample in {folder} is complete: {listing.refusals[0].reason}.")
    ids, targets = table.ids[listing.rows], table.targets[listing.rows]
    recipe = import_recipe(layout.source, ids, targets, size=size)
    with sole_import(workspace, name):
        dataset = finished_dataset(workspace, name, recipe)
        if dataset is not None:
            _refuse_changed(dataset, listing.folder, scale=size is not None)
            progress(len(ids), len(ids), unit="samples", note=NOTHING_TO_DO)
            return dataset
        with partial_folder(workspace, name, recipe) as partial:
            packing = pack_quartets(
                listing.folder, ids, partial, layout=layout, size=size, progress=progress
            )
            write_sources(partial, ids, [record.stamps for record in packing.records])
            kept = [packing.records[row] for row in packing.rows]
            manifest = new_manifest(
                ids[packing.rows],
                targets[packing.rows],
                [record.sha256 for record in kept],
                source=layout.source,
            )
            write_dataset(
                partial,
                manifest.assign(**{FILE_SIDE: [record.file_side for record in kept]}),
                name=name,
                source=layout.source,
                image_size=packing.side,
                refused=refusal_rows((*table.refusals, *listing.refusals, *_refused(ids, packing))),
                note=_note(ids, packing, listing),
            )
            dataset = publish(workspace, name, partial)
    (dataset.folder / JOURNAL).unlink()
    return dataset


def import_labels(
    workspace: Workspace, labels: Path | BinaryIO, *, name: str, progress: Progress = quiet
) -> Dataset:
    """Import a label table without images.

    Raises:
        LabelTableError: the table cannot be read.
        DatasetError: the name is taken by other content.
        WorkspaceError: the name is not safe, the disk is full or the folder cannot be written.
    """
    table = read_label_table(labels)
    recipe = import_recipe("labels", table.ids, table.targets)
    rows = len(table.ids)
    with sole_import(workspace, name):
        dataset = finished_dataset(workspace, name, recipe)
        if dataset is not None:
            progress(rows, rows, unit="rows", note=NOTHING_TO_DO)
            return dataset
        with partial_folder(workspace, name, recipe) as partial:
            write_dataset(
                partial,
                new_manifest(table.ids, table.targets, [""] * rows, source="labels"),
                name=name,
                source="labels",
                refused=refusal_rows(table.refusals),
            )
            dataset = publish(workspace, name, partial)
    progress(rows, rows, unit="rows")
    return dataset


def _refused(ids: np.ndarray, packing: Packing) -> list[Refusal]:
    return [
        Refusal(str(sample_id), record.file, record.reason)
        for sample_id, record in zip(ids, packing.records, strict=True)
        if record.refused
    ]


def _note(ids: np.ndarray, packing: Packing, listing: QuartetListing) -> str:
    sentences = []
    if scaled := [ids[row] for row in packing.rows if packing.records[row].sixteen_bit]:
        sentences.append(f"Scaled from 16 to 8 bit as round(v / 257): {named_few(scaled)}.")
    if listing.unused:
        sentences.append(f"Files that belong to no row of the table: {named_few(listing.unused)}.")
    return " ".join(sentences)


def _refuse_changed(dataset: Dataset, folder: Path, *, scale: bool) -> None:
    """Refuse if a file shows other pixels than were packed; a copied file is the same content."""
    hashes = dict(zip(dataset.manifest["id"], dataset.manifest["sha256"], strict=True))
    layout = LAYOUTS[dataset.info.source]
    changed = []
    for stale in stale_samples(dataset, folder):
        try:
            quartet = read_quartet(
                folder, stale.id, side=dataset.info.image_size, scale=scale, layout=layout
            )
            now = content_hash([channel.checksums for channel in quartet])
        except ImageError:
            now = ""
        if now != hashes.get(stale.id, ""):
            changed.append(stale.id)
    if changed:
        raise DatasetError(
            f"Images of {dataset.info.name!r} have changed since they were packed: "
            f"{named_few(changed)}; import them under another name."
        )
