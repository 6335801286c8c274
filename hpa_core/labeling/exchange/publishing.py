"""Publishing corrected labels as a new dataset, on which one can train; the old one stays.

Axes: N samples.

Images, thumbnails, folds, saved selections and known duplicates are hard links to the parent's
files (copies where the file system has no links) and take no room. `version.json` says what the new
dataset is made from and lists every change. Splits stay, so that what was validated on still is,
with one exception: samples of `test` that had no labels and were given some join `train`, or
`validation` if an image of their group is there.
"""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from hpa_core.data.construction import (
    FORMAT,
    Recipe,
    finished_dataset,
    partial_folder,
    publish,
    sole_import,
)
from hpa_core.data.dataset import IMAGES, THUMBNAILS, Dataset, write_dataset
from hpa_core.data.duplicates.store import FILES
from hpa_core.data.folds import FOLDS
from hpa_core.data.manifest import target_lists
from hpa_core.errors import LabelingError
from hpa_core.files import explained_os_errors, link_or_copy, read_json, write_json
from hpa_core.labeling.current import CurrentLabels, current_labels
from hpa_core.labeling.exchange.exporting import changes
from hpa_core.labeling.people import checked_annotator
from hpa_core.labeling.store.label_store import LabelStore
from hpa_core.workspace import Workspace

VERSION = "version.json"
_SELECTED = "selections/[!.]*.json"
"""Filters saved by name; they hold for the same images as before."""


@dataclass(frozen=True, kw_only=True)
class Version:
    """What a published dataset is made from.

    Attributes:
        parent: name of the dataset that was labelled.
        parent_hash: its content at that time.
        hash: of the published one.
        by: who published it.
        at: when, UTC.
        note: why.
        decided: samples that people labelled or accepted.
        disputed: samples that people saw differently; the shared label was published.
        joined: samples of `test` that got their first labels.
        changes: a row for each changed sample (`exporting.changes`).
    """

    parent: str
    parent_hash: str
    hash: str
    by: str
    at: str
    note: str
    decided: int
    disputed: tuple[str, ...]
    joined: tuple[str, ...]
    changes: tuple[dict[str, Any], ...]


def publish_labels(  # noqa: PLR0913 - keyword-only: under which name, by whom, why
    workspace: Workspace,
    store: LabelStore,
    dataset: Dataset,
    *,
    name: str,
    by: str,
    note: str = "",
) -> Dataset:
    """Make a dataset `name` of the labels in force.

    Publishing the same labels under the same name again returns what is there.

    Raises:
        RoleError: the person is no reviewer.
        LabelingError: nothing was changed or decided.
        DatasetError: the name is taken by other content.
        WorkspaceError: the name is not safe, the disk is full or the folder cannot be written.
    """
    person = checked_annotator(by)
    store.require(person, "reviewer")
    current = current_labels(store, dataset)
    if not len(current.decided):
        raise LabelingError(
            f"Nobody has decided on a sample of {dataset.info.name!r} yet; label some first."
        )
    recipe = _recipe(current)
    with sole_import(workspace, name):
        if (finished := finished_dataset(workspace, name, recipe)) is not None:
            return finished
        with partial_folder(workspace, name, recipe) as partial:
            _link_files(dataset.folder, partial)
            split = _split(current)
            manifest = dataset.manifest.assign(targets=target_lists(current.targets), split=split)
            info = write_dataset(
                partial,
                manifest,
                name=name,
                source=dataset.info.source,
                image_size=dataset.info.image_size,
                refused=dataset.refused,
                note=_note(current, note),
            )
            version = _version(current, hash=info.hash, by=person, note=note, split=split)
            write_json(partial / VERSION, asdict(version))
            return publish(workspace, name, partial)


def _link_files(folder: Path, partial: Path) -> None:
    """Link what stays as it is: images, folds, selections, known duplicates."""
    for file in (IMAGES, THUMBNAILS, *FILES):
        link_or_copy(folder / file, partial / file)
    for path in (*folder.glob(f"{FOLDS}/[!.]*"), *folder.glob(_SELECTED)):
        with explained_os_errors(partial):
            (partial / path.parent.name).mkdir(exist_ok=True)
        link_or_copy(path, partial / path.parent.name / path.name)


def read_version(dataset: Dataset) -> Version | None:
    """Return what a published dataset was made from; None for any other dataset."""
    path = dataset.folder / VERSION
    if not path.is_file():
        return None
    values = read_json(path)
    lists = {key: tuple(values[key]) for key in ("disputed", "joined", "changes")}
    return Version(**{**values, **lists})


def _recipe(current: CurrentLabels) -> Recipe:
    info = current.dataset.info
    labels = sha256(np.packbits(current.targets, axis=1).tobytes()).hexdigest()
    return {"format": FORMAT, "kind": "labels", "of": info.name, "hash": info.hash, "table": labels}


def _split(current: CurrentLabels) -> np.ndarray:
    manifest = current.dataset.manifest
    split: np.ndarray = manifest["split"].to_numpy(dtype=object).copy()
    new = current.targets.any(axis=1) & ~current.dataset.targets.any(axis=1) & (split == "test")
    validated = set(manifest["group"][split == "validation"])
    split[new] = np.where(manifest["group"][new].isin(validated), "validation", "train")
    return split


def _version(
    current: CurrentLabels,
    *,
    hash: str,  # noqa: A002 - the word of `DatasetInfo`
    by: str,
    note: str,
    split: np.ndarray,
) -> Version:
    old_split = current.dataset.manifest["split"].to_numpy(dtype=object)
    return Version(
        parent=current.dataset.info.name,
        parent_hash=current.dataset.info.hash,
        hash=hash,
        by=by,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        note=note,
        decided=len(current.decided),
        disputed=tuple(current.disputed),
        joined=tuple(current.dataset.ids[old_split != split].tolist()),
        changes=tuple(changes(current)),
    )


def _note(current: CurrentLabels, note: str) -> str:
    what = (
        f"The images of {current.dataset.info.name} with {len(current.changed)} labels corrected, "
        f"{len(current.decided)} samples looked at."
    )
    return " ".join(part for part in (what, note, current.dataset.info.note) if part)
