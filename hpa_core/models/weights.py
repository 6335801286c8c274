"""The weights of a network: where the first ones come from, and how trained ones are kept.

A weights file is safetensors holding a state dict; its metadata say which network it fits. It is
what a run leaves as `best` and `last`, what is shipped, and what predictions are made from.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import torch
from torch import nn

from hpa_core.choices import POOLS
from hpa_core.classes import CLASS_NAMES
from hpa_core.errors import CheckpointError
from hpa_core.models.imagenet import check_download, download_imagenet, load_imagenet, origin
from hpa_core.models.network import Network
from hpa_core.models.pretrained import BACKBONES
from hpa_core.models.registry import ARCHITECTURES, build
from hpa_core.models.tensorfile import TensorFile, load_tensors, read_tensors, write_tensors
from hpa_core.models.timm_networks import is_timm
from hpa_core.runs.folder import EPOCHS

INFO, CLASSES = "hpa_weights", "classes"


@dataclass(frozen=True, kw_only=True)
class WeightsInfo:
    """What the metadata of a weights file say.

    Attributes:
        model: name in the registry.
        image_size: pixels a side it was trained at.
        epoch: epochs behind it.
        synthetic: whether it learnt from rendered cells.
        pool: as in `TrainConfig`.
    """

    model: str
    image_size: int
    pool: str = "default"
    epoch: int = 0
    run: str = ""
    dataset: str = ""
    synthetic: bool = False


@dataclass(frozen=True, kw_only=True)
class FirstWeights:
    """Where a training's first weights came from; the run tells it.

    Attributes:
        source: `random`, `imagenet` or `file`.
        file: the file or the address; empty for random weights.
        sha256: of the file.
    """

    source: str
    file: str = ""
    sha256: str = ""

    def __str__(self) -> str:
        """Say it in one line."""
        if self.source == "random":
            return "random weights"
        return f"weights of {self.file} ({self.source}, sha256 {self.sha256[:12]})"


def build_network(
    name: str, weights: str, *, pool: str = "default"
) -> tuple[Network, FirstWeights]:
    """Build a network with its first weights; random ones come from torch's global generator.

    Args:
        name: in the registry.
        weights: `random`, `imagenet`, or the path of a file: our own weights, or ImageNet's for
            this network, which get their fourth channel and a new head.
        pool: as in `TrainConfig`.

    Raises:
        CheckpointError: the file is missing, unsafe or does not fit.
        ConfigError: ImageNet weights, or the package of the network, cannot be had.
    """
    network = build(name, pool=pool)
    if weights == "random":
        return network, FirstWeights(source="random")
    file = read_tensors(download_imagenet(name) if weights == "imagenet" else Path(weights))
    if weights == "imagenet":
        check_download(file)
    layout = origin(name)
    if from_imagenet := layout is not None and layout.first in file.tensors:
        load_imagenet(network, file, layout)
    else:
        _refuse_anothers(file, name)
        load_tensors(network, file.tensors, file.path)
    source = "imagenet" if from_imagenet else "file"
    return network, FirstWeights(source=source, file=str(file.path), sha256=file.sha256)


def save_weights(path: Path, network: nn.Module, info: WeightsInfo) -> None:
    """Write a weights file, atomically.

    Raises:
        WorkspaceError: the disk is full or the folder cannot be written.
    """
    metadata = {INFO: json.dumps(asdict(info)), CLASSES: json.dumps(CLASS_NAMES)}
    write_tensors(path, network.state_dict(), metadata)


def kept_weights(folder: Path) -> dict[int, Path]:
    """Return the weights of each epoch that is kept among checkpoints, by epoch."""
    return {int(path.stem.partition("-")[2]): path for path in sorted(folder.glob(EPOCHS))}


def open_network(path: Path) -> tuple[Network, WeightsInfo]:
    """Build the network that a weights file was saved from, in evaluation mode.

    Raises:
        CheckpointError: the file is missing, damaged, not one of ours or does not fit.
    """
    file = read_tensors(path, checksum=True)
    info = _info(path, file.metadata)
    with torch.random.fork_rng(devices=[]):
        network = build(info.model, pool=info.pool)
    load_tensors(network, file.tensors, path)
    return network.eval(), info


def _refuse_anothers(file: TensorFile, name: str) -> None:
    for other, backbone in BACKBONES.items():
        if f"{backbone.first}.weight" in file.tensors:
            raise CheckpointError(
                f"{file.path} holds ImageNet weights of {other!r}, the network is {name!r}; "
                f"choose the model {other!r} or other weights."
            )


def _info(path: Path, metadata: Mapping[str, str]) -> WeightsInfo:
    known = {item.name for item in fields(WeightsInfo)}
    try:
        values = json.loads(metadata[INFO])
        info = WeightsInfo(**{key: value for key, value in values.items() if key in known})
    except (KeyError, ValueError, TypeError, AttributeError):
        raise CheckpointError(f"{path} does not say which network it fits.") from None
    if info.model not in ARCHITECTURES and not is_timm(info.model):
        raise CheckpointError(f"{path} is for the network {info.model!r}, which is not known.")
    if info.pool not in POOLS:
        raise CheckpointError(f"{path} is for the pool {info.pool!r}, which is not known.")
    return info
