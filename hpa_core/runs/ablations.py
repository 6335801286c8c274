"""Channel ablation on disk: a split's scores with each channel taken away.

Axes: N samples, C classes (28), 4 channels in the order red, green, blue, yellow.

    runs/<id>/ablation/<split>.<fill>.npz
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float32

from hpa_core.classes import CHANNELS, N_CLASSES
from hpa_core.files import checked_name
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.results import read_result, write_result

FOLDER = "ablation"
Fill = Literal["zero", "mean", "swap"]
FILLS: dict[Fill, str] = {
    "zero": "black, as if the channel had not been taken",
    "mean": "one even grey, the channel's mean brightness over the split",
    "swap": "the same channel of another image of the split",
}
"""What a channel is replaced by."""


@dataclass(frozen=True, kw_only=True)
class AblationSettings:
    """How channels are taken away.

    Attributes:
        fill: what a channel is replaced by.
        samples: at most so many of the split, drawn by `seed`; all of them if None.
        seed: of that draw, and of which image lends its channel where `fill` is `swap`.
    """

    fill: Fill = "zero"
    samples: int | None = None
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class Ablation:
    """What a run says of a split's images as they are, and without each channel.

    Attributes:
        weights: SHA-256 of the network's file.
        content: `Dataset.content_hash` of the split: another one has other images or labels.
        key: hash of these and the settings; another key is another ablation.
        ids: sample ids, (N,) of str.
        targets: the labels in force, (N, 28); all False where the split has none.
        probs: of the images as they are, (N, 28).
        without: `without[k]` is of the images without channel k.
    """

    split: str
    fill: Fill
    weights: str
    content: str
    key: str
    ids: np.ndarray
    targets: Bool[np.ndarray, "N C"]
    probs: Float32[np.ndarray, "N C"]
    without: Float32[np.ndarray, "4 N C"]

    def __post_init__(self) -> None:
        shape = (len(self.ids), N_CLASSES)
        if not self.targets.shape == self.probs.shape == shape:
            raise ValueError(f"targets or probs are not of the shape {shape}")
        if self.without.shape != (len(CHANNELS), *shape):
            raise ValueError(f"scores without a channel have the shape {self.without.shape}")

    @property
    def truth_known(self) -> bool:
        """Whether any sample bears a label."""
        return bool(self.targets.any())


def ablation_path(run: RunFolder, split: str, fill: Fill) -> Path:
    """Return where an ablation lies or would lie."""
    return run.path / FOLDER / f"{checked_name(split, what='split')}.{fill}.npz"


def write_ablation(run: RunFolder, ablation: Ablation) -> Path:
    """Write an ablation into its run, atomically; one of the same split and fill is replaced.

    Raises:
        WorkspaceError: the run folder cannot be written.
    """
    return write_result(ablation_path(run, ablation.split, ablation.fill), ablation)


def read_ablation(run: RunFolder, split: str, fill: Fill) -> Ablation | None:
    """Read an ablation; None if there is none, or none that is whole."""
    return read_result(ablation_path(run, split, fill), Ablation)
