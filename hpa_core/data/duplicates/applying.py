"""Making use of duplicates: groups into the manifest, and a split that keeps them together.

Axes: N samples.

The groups alone change no training: `DatasetInfo.hash` covers ids, targets, splits and image
hashes, not groups, and runs stay valid. A split changes the hash and with it every run's truth, so
it is never changed in place: a new dataset of another name gets it, whose images are hard links to
the old ones and take no room.
"""

from dataclasses import asdict, dataclass
from io import BytesIO

import numpy as np
from jaxtyping import Bool

from hpa_core.data.construction import partial_folder, publish, sole_import
from hpa_core.data.dataset import (
    IMAGES,
    INFO,
    MANIFEST,
    THUMBNAILS,
    Dataset,
    write_dataset,
)
from hpa_core.data.duplicates.groups import group_pairs
from hpa_core.data.duplicates.known import Duplicates
from hpa_core.data.duplicates.store import FILES
from hpa_core.data.manifest import SPLIT_SEED, VALIDATION_SHARE
from hpa_core.data.splits import stratified_holdout
from hpa_core.errors import DatasetError
from hpa_core.files import link_or_copy, write_atomic, write_json
from hpa_core.workspace import Workspace

IMPORTED = "imported_group"
"""The manifest's column of the groups that the import made; kept from the first change on."""

DEALT = ("train", "validation")
"""The splits that a new split deals anew; samples of any other stay where they are."""


@dataclass(frozen=True, kw_only=True)
class Applied:
    """What applying the groups did.

    Attributes:
        groups: of two or more samples.
        samples: in them.
        changed: samples whose group is another one than before.
    """

    groups: int
    samples: int
    changed: int


def apply_groups(workspace: Workspace, known: Duplicates) -> Applied:
    """Write the groups into the manifest's column `group`, joined to those of the import.

    Raises:
        WorkspaceError: the disk is full or the folder cannot be written.
    """
    dataset = known.dataset
    with sole_import(workspace, dataset.info.name):
        manifest = dataset.manifest.copy()
        groups, changed = joined_groups(known), pending_changes(known)
        manifest[IMPORTED] = _imported(dataset)
        manifest["group"] = groups
        table = BytesIO()
        manifest.to_parquet(table, index=False)
        write_atomic(dataset.folder / MANIFEST, table.getvalue())
        # Its new time tells readers that keep the dataset open to read the manifest again.
        write_json(dataset.folder / INFO, asdict(dataset.info))
    sizes = np.unique(groups, return_counts=True)[1]
    return Applied(
        groups=int((sizes > 1).sum()), samples=int(sizes[sizes > 1].sum()), changed=changed
    )


def split_anew(
    workspace: Workspace, known: Duplicates, *, name: str, seed: int = SPLIT_SEED
) -> Dataset:
    """Make a dataset `name` of the same images, with no group on two sides.

    The labelled samples of `train` and `validation` are dealt anew, evenly in every class, in the
    proportion they had. Samples of other splits stay; a group with a labelled one there follows it.

    Raises:
        DatasetError: the name is taken.
        WorkspaceError: the name is not safe, the disk is full or the folder cannot be written.
    """
    dataset = known.dataset
    if workspace.dataset(name).exists():
        raise DatasetError(f"A dataset {name!r} exists already; choose another name.")
    groups = joined_groups(known)
    manifest = dataset.manifest.assign(
        **{"split": _dealt(dataset, groups, seed), "group": groups, IMPORTED: _imported(dataset)}
    )
    recipe = {"kind": "split", "of": dataset.info.name, "hash": dataset.info.hash, "seed": seed}
    with sole_import(workspace, name), partial_folder(workspace, name, recipe) as partial:
        for file in (IMAGES, THUMBNAILS, *FILES):
            link_or_copy(dataset.folder / file, partial / file)
        write_dataset(
            partial,
            manifest,
            name=name,
            source=dataset.info.source,
            image_size=dataset.info.image_size,
            refused=dataset.refused,
            note=f"The images of {dataset.info.name}, split anew so that no group of duplicates "
            f"is on two sides. {dataset.info.note}".strip(),
        )
        return publish(workspace, name, partial)


def pending_changes(known: Duplicates) -> int:
    """Count the samples whose group `apply_groups` would change."""
    return int((known.dataset.manifest["group"].to_numpy(dtype=str) != joined_groups(known)).sum())


def joined_groups(known: Duplicates) -> np.ndarray:
    """Return every sample's group, (N,) of str: what the import and the duplicates join."""
    imported = _imported(known.dataset)
    _, first, numbers = np.unique(imported, return_index=True, return_inverse=True)
    rows = np.arange(len(imported))
    both = np.concatenate([first[numbers], known.grouping.group])
    joined = group_pairs(
        len(rows),
        both,
        np.concatenate([rows, rows]),
        certainty=np.ones(len(both)),
        exact=np.ones(len(both), dtype=bool),
    )
    groups: np.ndarray = imported[joined.group]
    return groups


def _imported(dataset: Dataset) -> np.ndarray:
    column = IMPORTED if IMPORTED in dataset.manifest else "group"
    return dataset.manifest[column].to_numpy(dtype=str)


def _dealt(dataset: Dataset, groups: np.ndarray, seed: int) -> np.ndarray:
    split = dataset.manifest["split"].to_numpy(dtype=object).copy()
    labelled = dataset.targets.any(axis=1)
    staying = ~np.isin(split, DEALT)
    homes = dict(
        zip(groups[staying & labelled][::-1], split[staying & labelled][::-1], strict=True)
    )
    following = ~staying & labelled & np.isin(groups, list(homes))
    split[following] = [homes[group] for group in groups[following]]
    dealt = labelled & np.isin(split, DEALT)
    held_out = stratified_holdout(
        dataset.targets[dealt], _validation_share(split, dealt), seed=seed, groups=groups[dealt]
    )
    split[dealt] = np.where(held_out, "validation", "train")
    return split


def _validation_share(split: np.ndarray, dealt: Bool[np.ndarray, " N"]) -> float:
    share = float((split[dealt] == "validation").mean())
    return share if 0 < share < 1 else VALIDATION_SHARE
