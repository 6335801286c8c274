"""Nearest neighbours on disk: of each labelled sample of a split, the samples most like it.

Axes: N labelled samples, k neighbours.

    runs/<id>/neighbours/<split>.npz
"""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from jaxtyping import Int32

from hpa_core.files import checked_name
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.results import read_result, write_result

FOLDER = "neighbours"


@dataclass(frozen=True, kw_only=True)
class Neighbours:
    """The nearest neighbours of a split's labelled samples, among themselves.

    Attributes:
        key: hash of the predictions and of k, from `neighbours_key`.
        ids: of the samples that had a label, (N,) of str.
        nearest: (N, k) rows of `ids`, nearest first.
        seconds: how long it took.
    """

    split: str
    key: str
    ids: np.ndarray
    nearest: Int32[np.ndarray, "N k"]
    seconds: float

    def __post_init__(self) -> None:
        if self.nearest.ndim != 2 or len(self.nearest) != len(self.ids):
            raise ValueError(f"neighbours {self.nearest.shape} do not fit {len(self.ids)} ids")
        if self.nearest.size and not 0 <= self.nearest.min() <= self.nearest.max() < len(self.ids):
            raise ValueError("a neighbour is none of the samples")

    def fit(self, key: str, ids: np.ndarray) -> bool:
        """Whether these are the neighbours that belong to a key, among exactly these samples."""
        return self.key == key and np.array_equal(self.ids, ids)


def neighbours_key(predictions_sha256: str, k: int) -> str:
    """Return a hash of everything that neighbours depend on but which samples have a label."""
    return sha256(repr((predictions_sha256, k)).encode()).hexdigest()


def neighbours_path(run: RunFolder, split: str) -> Path:
    """Return where the neighbours of a split lie or would lie."""
    return run.path / FOLDER / f"{checked_name(split, what='split')}.npz"


def write_neighbours(run: RunFolder, neighbours: Neighbours) -> Path:
    """Write neighbours into their run, atomically; those of the same split are replaced.

    Raises:
        WorkspaceError: the run folder cannot be written.
    """
    return write_result(neighbours_path(run, neighbours.split), neighbours)


def read_neighbours(run: RunFolder, split: str) -> Neighbours | None:
    """Read the neighbours of a split; None if there are none, or none that are whole."""
    return read_result(neighbours_path(run, split), Neighbours)
