"""A dataset on disk: its manifest, its packed images and thumbnails, its description.

Axes: N samples, C classes (28), 4 channels in the order red, green, blue, yellow, S pixels a side.

    datasets/<name>/
        dataset.json        DatasetInfo
        manifest.parquet    one row a sample: id, targets, split, group, source, sha256
        folds/<set>.csv     named sets of folds, each fold a further split (see folds)
        images.npy          uint8 (N, 4, S, S), memory-mapped; absent for labels alone
        thumbnails.npy      uint8 (N, 4, T, T), memory-mapped; absent for labels alone
        refused.json        what the import refused: id, file, reason
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Bool, Int, UInt8

from hpa_core.classes import N_CLASSES
from hpa_core.data.folds import FoldSet, FoldSplit, fold_split, read_folds
from hpa_core.errors import DatasetError
from hpa_core.files import read_json, write_atomic, write_json
from hpa_core.workspace import Workspace

INFO, MANIFEST, IMAGES, THUMBNAILS, REFUSED = (
    "dataset.json",
    "manifest.parquet",
    "images.npy",
    "thumbnails.npy",
    "refused.json",
)
FILE_SIDE = "file_side"
THUMBNAIL_SIZE = 96
SPLITS = ("train", "validation", "test")


@dataclass(frozen=True, kw_only=True)
class DatasetInfo:
    """What `dataset.json` says.

    Attributes:
        source: `kaggle`, `external`, `labels`, `merged` or `synthetic`.
        image_size: pixels a side of the packed images; 0 where there are only labels.
        hash: SHA-256 over ids, targets, splits and image hashes, in row order.
        refused: how many samples of the input were refused (`refused.json` lists them).
    """

    name: str
    source: str
    samples: int
    image_size: int
    hash: str
    created: str
    refused: int = 0
    note: str = ""

    @property
    def synthetic(self) -> bool:
        """Whether the images were rendered; every number shown from it must say so."""
        return self.source == "synthetic"

    @property
    def has_images(self) -> bool:
        return self.image_size > 0


@dataclass(frozen=True)
class Dataset:
    """One dataset, opened for reading; arrays are loaded when first asked for."""

    folder: Path
    info: DatasetInfo

    @cached_property
    def manifest(self) -> pd.DataFrame:
        """One row a sample: `id`, `targets` (class numbers), `split`, `group`, `source`, `sha256`.

        `sha256` identifies the images: `images.content_hash` of files, the pixels of rendered
        cells; empty where there are only labels. What was packed from files has `file_side` too.
        """
        return pd.read_parquet(self.folder / MANIFEST)

    @cached_property
    def ids(self) -> np.ndarray:
        """Sample ids in row order, (N,) of str."""
        return self.manifest["id"].to_numpy(dtype=str)

    @cached_property
    def row_of(self) -> dict[str, int]:
        """The row of each id."""
        return {sample_id: row for row, sample_id in enumerate(self.ids.tolist())}

    @cached_property
    def targets(self) -> Bool[np.ndarray, "N C"]:
        """The labels in force, (N, 28)."""
        return targets_from_lists(self.manifest["targets"])

    @cached_property
    def file_sides(self) -> Int[np.ndarray, " N"]:
        """Pixels a side of the files that the images were packed from, (N,); 0 where not known."""
        if FILE_SIDE not in self.manifest:
            return np.zeros(self.info.samples, dtype=np.int64)
        return self.manifest[FILE_SIDE].to_numpy(dtype=np.int64)

    @cached_property
    def images(self) -> UInt8[np.ndarray, "N 4 S S"]:
        """The packed images, memory-mapped and read-only."""
        return self._map(IMAGES)

    @cached_property
    def thumbnails(self) -> UInt8[np.ndarray, "N 4 T T"]:
        """The packed thumbnails, memory-mapped and read-only."""
        return self._map(THUMBNAILS)

    @cached_property
    def refused(self) -> list[dict[str, str]]:
        """What the import refused: rows of `id`, `file`, `reason`."""
        rows: list[dict[str, str]] = read_json(self.folder / REFUSED)
        return rows

    def rows(self, split: str) -> Int[np.ndarray, " n"]:
        """Row numbers of one split, of a fold (`cv.fold-3`, `cv.not-3`), or, for `all`, of all.

        Raises:
            DatasetError: the dataset has no such split or fold, or its folds cannot be used.
        """
        if split == "all":
            return np.arange(self.info.samples)
        if fold := self._fold(split):
            return self.folds(fold.folds).rows(fold)
        rows = np.flatnonzero(self.manifest["split"].to_numpy() == split)
        if not rows.size:
            raise DatasetError(
                f"Dataset {self.info.name!r} has no split {split!r}; it has: "
                f"{', '.join(self.splits)}."
            )
        return rows

    def folds(self, name: str) -> FoldSet:
        """Read one of the dataset's fold sets.

        Raises:
            DatasetError: there is none of that name, or its file cannot be used.
        """
        return read_folds(self.folder, name, self.ids)

    def content_hash(self, *splits: str) -> str:
        """SHA-256 of what `splits` are made of: the dataset's own hash, and that of their folds.

        Raises:
            DatasetError: a fold set that they name is missing, or cannot be used.
        """
        named = {fold.folds for split in splits if (fold := self._fold(split))}
        parts = [self.info.hash, *(self.folds(name).hash for name in sorted(named))]
        return sha256("\n".join(parts).encode()).hexdigest() if named else self.info.hash

    def _fold(self, split: str) -> FoldSplit | None:
        """Read `split` as a fold, unless the dataset has a split that is really called so."""
        return None if split in self.splits else fold_split(split)

    @property
    def splits(self) -> list[str]:
        """The splits that have samples, in the usual order."""
        present = set(self.manifest["split"].unique())
        return [split for split in SPLITS if split in present] + sorted(present - set(SPLITS))

    def _map(self, name: str) -> np.ndarray:
        path = self.folder / name
        if not self.info.has_images:
            raise DatasetError(f"Dataset {self.info.name!r} holds labels only; import its images.")
        try:
            array: np.ndarray = np.load(path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise DatasetError(
                f"{path} cannot be read ({error}); import the dataset again."
            ) from None
        if len(array) != self.info.samples:
            raise DatasetError(
                f"{path} holds {len(array)} samples, {INFO} says {self.info.samples}; "
                "import the dataset again."
            )
        return array


def info_path(workspace: Workspace, name: str) -> Path:
    """Return the file that says a dataset is complete, which need not exist yet."""
    return workspace.dataset(name) / INFO


def open_dataset(workspace: Workspace, name: str) -> Dataset:
    """Open the dataset `name`.

    Raises:
        DatasetError: there is none, or its description cannot be read.
    """
    folder = workspace.dataset(name)
    if not (folder / INFO).is_file():
        names = ", ".join(info.name for info in list_datasets(workspace)) or "none yet"
        raise DatasetError(f"There is no dataset {name!r} in {workspace.root}; there is: {names}.")
    return Dataset(folder, _read_info(folder))


def list_datasets(workspace: Workspace) -> list[DatasetInfo]:
    """Describe every finished dataset, oldest first."""
    folders = workspace.datasets.glob(f"*/{INFO}")
    infos = [_read_info(path.parent) for path in folders if not path.parent.name.startswith(".")]
    return sorted(infos, key=lambda info: (info.created, info.name))


def write_dataset(  # noqa: PLR0913 - the keyword-only fields of one description
    folder: Path,
    manifest: pd.DataFrame,
    *,
    name: str,
    source: str,
    image_size: int = 0,
    refused: Sequence[dict[str, str]] = (),
    note: str = "",
) -> DatasetInfo:
    """Write manifest, refusals and, last, the description that makes the dataset visible.

    Args:
        folder: where `images.npy` and `thumbnails.npy` already lie, if there are images.
        manifest: the columns that `Dataset.manifest` names; more are kept.
        name: of the dataset.
        source: `kaggle`, `external`, `labels`, `merged` or `synthetic`.
        image_size: pixels a side; 0 where there are only labels.
        refused: rows of `id`, `file`, `reason`.
        note: a sentence that is shown wherever the dataset is.

    Raises:
        WorkspaceError: the disk is full or the folder cannot be written.
    """
    table = BytesIO()
    manifest.to_parquet(table, index=False)
    write_atomic(folder / MANIFEST, table.getvalue())
    write_json(folder / REFUSED, list(refused))
    info = DatasetInfo(
        name=name,
        source=source,
        samples=len(manifest),
        image_size=image_size,
        hash=manifest_hash(manifest),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        refused=len(refused),
        note=note,
    )
    write_json(folder / INFO, asdict(info))
    return info


def manifest_hash(manifest: pd.DataFrame) -> str:
    """SHA-256 over id, targets, split and image hash of every row, in order."""
    digest = sha256()
    columns = (manifest[name] for name in ("id", "targets", "split", "sha256"))
    for sample_id, targets, split, image_hash in zip(*columns, strict=True):
        labels = " ".join(map(str, targets))
        digest.update(f"{sample_id}\t{labels}\t{split}\t{image_hash}\n".encode())
    return digest.hexdigest()


def targets_from_lists(lists: Sequence[Sequence[int]] | pd.Series) -> Bool[np.ndarray, "N C"]:
    """Turn class numbers per sample into a boolean matrix (N, 28).

    >>> targets_from_lists([[0, 25], []]).sum(axis=1).tolist()
    [2, 0]
    """
    lengths = np.fromiter((len(row) for row in lists), dtype=np.int64, count=len(lists))
    targets = np.zeros((len(lists), N_CLASSES), dtype=bool)
    if lengths.sum():
        numbers = np.concatenate([*lists]).astype(np.int64)  # An empty list alone is of floats.
        targets[np.repeat(np.arange(len(lists)), lengths), numbers] = True
    return targets


def _read_info(folder: Path) -> DatasetInfo:
    values = read_json(folder / INFO)
    known = {field.name for field in fields(DatasetInfo)}
    try:
        return DatasetInfo(**{key: value for key, value in values.items() if key in known})
    except (TypeError, AttributeError):
        raise DatasetError(f"{folder / INFO} lacks fields of a dataset; import it again.") from None
