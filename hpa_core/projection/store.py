"""Projections on disk: one point a sample, and how far the plane can be trusted.

Axes: N samples.

    runs/<id>/projection/<split>.<method>.npz
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import Float32

from hpa_core.files import checked_name
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.results import read_result, write_result

FOLDER = "projection"
Method = Literal["tsne", "pca"]
METHODS: dict[Method, str] = {
    "tsne": "t-SNE: who lies near whom; sizes of groups and distances between them mean nothing",
    "pca": "PCA: the two directions in which the images differ most; distances mean what they say",
}
"""How points are placed; the first is the default (benchmarks/projection.py says why)."""


@dataclass(frozen=True, kw_only=True)
class Projection:
    """The points of one split.

    Attributes:
        features: `embeddings`, or `scores` (the log-odds of the 28) where there are none.
        key: hash of predictions and settings; another key is another projection.
        ids: sample ids, (N,) of str.
        points: (N, 2), centred, the wider axis from -1 to 1.
        trustworthiness: 0 to 1; below 1, points lie together that are no neighbours.
        neighbours_kept: share of each point's nearest neighbours that are so on the plane too.
        seconds: how long it took.
    """

    split: str
    method: Method
    features: str
    seed: int
    key: str
    ids: np.ndarray
    points: Float32[np.ndarray, "N 2"]
    trustworthiness: float
    neighbours_kept: float
    seconds: float

    def __post_init__(self) -> None:
        if self.points.shape != (len(self.ids), 2):
            raise ValueError(f"points {self.points.shape} do not fit {len(self.ids)} ids")


def projection_path(run: RunFolder, split: str, method: Method) -> Path:
    """Return where a projection lies or would lie."""
    return run.path / FOLDER / f"{checked_name(split, what='split')}.{method}.npz"


def write_projection(run: RunFolder, projection: Projection) -> Path:
    """Write a projection into its run, atomically; one of the same split and method is replaced.

    Raises:
        WorkspaceError: the run folder cannot be written.
    """
    return write_result(projection_path(run, projection.split, projection.method), projection)


def read_projection(run: RunFolder, split: str, method: Method) -> Projection | None:
    """Read a projection; None if there is none, or none that is whole."""
    return read_result(projection_path(run, split, method), Projection)
