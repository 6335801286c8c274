"""Explanations on disk: where in one image a network finds its evidence for each class.

Axes: C classes (28), 4 channels in the order red, green, blue, yellow, H x W places of a map.

    runs/<id>/explanations/<method>-<key>.npz

A file's key holds weights, image and method, so what is there already is never computed again and
never stale: another checkpoint, or another image under the same id, has another key.
"""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import Float32

from hpa_core.classes import CHANNELS, N_CLASSES
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.results import read_result, write_result

FOLDER = "explanations"
Method = Literal["hirescam", "gradcam", "occlusion"]
METHODS: dict[Method, str] = {
    "hirescam": "what each place of the last maps adds to the class's log-odds",
    "gradcam": "the last maps, weighted by how much the class gains from each of them",
    "occlusion": "what the class's log-odds lose when the protein is blacked out there",
}
"""How heat maps are made; the first is the default (benchmarks/heat_maps.py says why)."""


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """What a network sees in one image.

    Attributes:
        id: of the sample.
        maps: evidence for each class at each place, in log-odds; positive speaks for the class.
        offset: how far down and right the places lie of where an even grid has them, in places.
        probs: of the image as it is, (28,).
        without: `without[k]` is of the image with channel k blacked out.
    """

    id: str
    method: Method
    key: str
    maps: Float32[np.ndarray, "C H W"]
    offset: Float32[np.ndarray, " 2"]
    probs: Float32[np.ndarray, " C"]
    without: Float32[np.ndarray, "4 C"]

    def __post_init__(self) -> None:
        if self.maps.ndim != 3 or len(self.maps) != N_CLASSES:
            raise ValueError(f"maps have the shape {self.maps.shape}")
        if self.probs.shape != (N_CLASSES,) or self.without.shape != (len(CHANNELS), N_CLASSES):
            raise ValueError(f"scores have the shapes {self.probs.shape}, {self.without.shape}")


def explanation_key(weights_sha256: str, sample_id: str, image_sha256: str, method: Method) -> str:
    """Return what an explanation is kept under.

    Args:
        weights_sha256: of the weights file.
        sample_id: of the sample.
        image_sha256: as the dataset's manifest has it.
        method: how the maps are made.
    """
    words = (weights_sha256, sample_id, image_sha256, method)
    return sha256(repr(words).encode()).hexdigest()


def explanation_path(run: RunFolder, method: Method, key: str) -> Path:
    """Return where an explanation lies or would lie."""
    return run.path / FOLDER / f"{method}-{key[:24]}.npz"


def write_explanation(run: RunFolder, explanation: Explanation) -> Path:
    """Write an explanation into its run, atomically.

    Raises:
        WorkspaceError: the run folder cannot be written.
    """
    return write_result(explanation_path(run, explanation.method, explanation.key), explanation)


def read_explanation(run: RunFolder, method: Method, key: str) -> Explanation | None:
    """Read an explanation; None if there is none, or none that is whole."""
    return read_result(explanation_path(run, method, key), Explanation)
