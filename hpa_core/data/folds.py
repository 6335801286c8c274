"""Named sets of folds on disk: `datasets/<name>/folds/<set>.csv`, with the columns `Id,Fold`.

Axes: N rows of the dataset, K folds. Samples that the file does not name are in no fold. A file
from elsewhere will do, such as folds that somebody published.

Each fold is a split with a name, which `Dataset.rows` understands wherever a split is named:
`cv.fold-3` is fold 3 of the set `cv`, and `cv.not-3` its other folds together.
"""

import csv
import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from jaxtyping import Int

from hpa_core.errors import DatasetError, HpaError
from hpa_core.files import checked_name, delete_file, explained_os_errors, write_atomic

FOLDS = "folds"
MOST_FOLDS = 100
NO_FOLD = -1
_NUMBER = re.compile(r"[0-9]{1,2}")
_SPLIT = re.compile(r"(.+)\.(fold|not)-([0-9]{1,2})")


@dataclass(frozen=True)
class FoldSplit:
    """A split that is named by a fold: the fold itself, or all but it."""

    folds: str
    fold: int
    inside: bool

    def __str__(self) -> str:
        return f"{self.folds}.{'fold' if self.inside else 'not'}-{self.fold}"

    @property
    def complement(self) -> "FoldSplit":
        """The other rows of the set: to learn from, where this fold is measured on."""
        return FoldSplit(self.folds, self.fold, not self.inside)


@dataclass(frozen=True, kw_only=True)
class FoldSet:
    """A dataset's rows dealt to folds.

    Attributes:
        fold: the fold of every row from 0, or `NO_FOLD`, (N,).
        hash: SHA-256 over id and fold of the rows in a fold; a run rests on it.
    """

    name: str
    fold: Int[np.ndarray, " N"]
    hash: str

    @property
    def count(self) -> int:
        """How many folds there are."""
        return int(self.fold.max()) + 1

    @property
    def sizes(self) -> Int[np.ndarray, " K"]:
        """How many rows each fold has."""
        return np.bincount(self.fold[self.fold >= 0], minlength=self.count)

    def split(self, fold: int) -> FoldSplit:
        """Name one of the folds as a split."""
        return FoldSplit(self.name, fold, inside=True)

    def rows(self, split: FoldSplit) -> Int[np.ndarray, " n"]:
        """Return the row numbers of a split of this set.

        Raises:
            DatasetError: there is no such fold.
        """
        if split.fold >= self.count:
            raise DatasetError(
                f"Fold set {self.name!r} has the folds 0 to {self.count - 1}; {str(split)!r} "
                "names another."
            )
        rows: np.ndarray = np.flatnonzero(
            (self.fold >= 0) & ((self.fold == split.fold) == split.inside)
        )
        return rows


@dataclass(frozen=True, kw_only=True)
class SavedFolds:
    """A fold set of a dataset, or why it cannot be used."""

    name: str
    folds: FoldSet | None
    problem: str = ""


def fold_split(split: str) -> FoldSplit | None:
    """Read the name of a split; None if it does not name a fold.

    >>> fold_split("cv.not-3")
    FoldSplit(folds='cv', fold=3, inside=False)
    >>> str(fold_split("cv.not-3").complement), fold_split("train")
    ('cv.fold-3', None)
    """
    match = _SPLIT.fullmatch(split)
    return FoldSplit(match[1], int(match[3]), match[2] == "fold") if match else None


def write_folds(folder: Path, name: str, ids: np.ndarray, fold: Int[np.ndarray, " N"]) -> Path:
    """Save folds under a name that no other folds of the dataset have.

    Args:
        folder: the dataset's.
        name: of the set.
        ids: of all rows, (N,) of str.
        fold: the fold of every row, or `NO_FOLD`.

    Raises:
        DatasetError: other folds have that name; runs may rest on them.
        WorkspaceError: the name cannot be a file's, or the folder cannot be written.
    """
    path = _path(folder, name)
    content = ("Id,Fold\n" + _lines(ids, fold, ",")).encode()
    if path.exists() and path.read_bytes() != content:
        raise DatasetError(
            f"Other folds are named {name!r} already, and runs may rest on them; choose another "
            "name, or delete them first."
        )
    with explained_os_errors(path):
        path.parent.mkdir(exist_ok=True)
    write_atomic(path, content)
    return path


def read_folds(folder: Path, name: str, ids: np.ndarray) -> FoldSet:
    """Read the fold set `name` of a dataset.

    Args:
        folder: the dataset's.
        name: of the set.
        ids: of the dataset's rows, (N,) of str.

    Raises:
        DatasetError: there is none, or the file breaks its contract.
        WorkspaceError: the name cannot be a file's.
    """
    path = _path(folder, name)
    if not path.is_file():
        raise _missing(folder, name)
    folds, known = _read(path), ids.tolist()
    if strangers := folds.keys() - set(known):
        raise _unusable(path, f"{min(strangers)!r:.80} is no sample of dataset {folder.name!r}")
    fold = np.array([folds.get(sample_id, NO_FOLD) for sample_id in known])
    return FoldSet(name=name, fold=fold, hash=_hash(ids, fold))


def list_folds(folder: Path, ids: np.ndarray) -> list[SavedFolds]:
    """Every fold set of a dataset by name; what cannot be used says why."""
    saved = []
    for name in fold_names(folder):
        try:
            saved.append(SavedFolds(name=name, folds=read_folds(folder, name, ids)))
        except HpaError as error:
            saved.append(SavedFolds(name=name, folds=None, problem=str(error)))
    return saved


def delete_folds(folder: Path, name: str) -> None:
    """Delete a fold set; runs that rest on it can then be looked at, but not trained further.

    Raises:
        DatasetError: there is none.
        WorkspaceError: the name cannot be a file's, or the file cannot be deleted.
    """
    delete_file(_path(folder, name), missing=_missing(folder, name))


def fold_names(folder: Path) -> list[str]:
    """Return the names of a dataset's fold sets."""
    return sorted(path.stem for path in (folder / FOLDS).glob("[!.]*.csv"))


def _read(path: Path) -> dict[str, int]:
    """Read a file that may hold anything: id -> fold."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, *rows = [row for row in csv.reader(file, strict=True) if row] or [[]]
    except (csv.Error, UnicodeDecodeError) as error:
        raise _unusable(path, f"it is not a table ({error})") from None
    if header != ["Id", "Fold"] or not rows or any(len(row) != 2 for row in rows):
        raise _unusable(path, "expected the columns Id,Fold and a row for every sample")
    if wrong := [text for _, text in rows if not _NUMBER.fullmatch(text)]:
        raise _unusable(path, f"{wrong[0]!r:.80} is not a number from 0 to {MOST_FOLDS - 1}")
    folds = {sample_id: int(text) for sample_id, text in rows}
    if len(folds) < len(rows):
        raise _unusable(path, "a sample comes twice")
    present = set(folds.values())
    if len(present) < 2 or len(present) != max(present) + 1:
        raise _unusable(path, "expected two folds or more, counted from 0, none of them empty")
    return folds


def _hash(ids: np.ndarray, fold: np.ndarray) -> str:
    return sha256(_lines(ids, fold, "\t").encode()).hexdigest()


def _lines(ids: np.ndarray, fold: np.ndarray, separator: str) -> str:
    inside = fold >= 0
    rows = zip(ids[inside].tolist(), fold[inside].tolist(), strict=True)
    return "".join(f"{sample_id}{separator}{number}\n" for sample_id, number in rows)


def _path(folder: Path, name: str) -> Path:
    checked_name(f"{name}.fold-{MOST_FOLDS}", what="fold set")
    return folder / FOLDS / f"{name}.csv"


def _missing(folder: Path, name: str) -> DatasetError:
    names = ", ".join(fold_names(folder)) or "none yet"
    return DatasetError(f"Dataset {folder.name!r} has no fold set {name!r}; it has: {names}.")


def _unusable(path: Path, reason: str) -> DatasetError:
    return DatasetError(
        f"{path} cannot be used as folds: {reason}; make the folds again under another name."
    )
