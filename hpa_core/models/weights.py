"""The weights of a network: where the first ones come from, and how trained ones are kept.

A weights file is safetensors holding a state dict; its metadata say which network it fits. It is
what a run leaves as `best` and `last`, what is shipped, and what predictions are made from.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from urllib.error import URLError

import torch
from torch import Tensor, nn

from hpa_core.classes import CLASS_NAMES
from hpa_core.errors import CheckpointError, ConfigError
from hpa_core.models.bninception import FIRST, body_weights, imagenet_address
from hpa_core.models.network import Network
from hpa_core.models.registry import ARCHITECTURES
from hpa_core.models.tensorfile import TensorFile, read_tensors, write_tensors

INFO, CLASSES = "hpa_weights", "classes"
BEST, LAST = "best.safetensors", "last.safetensors"
"""What a run leaves among its checkpoints: of the highest macro F1, and of the last epoch."""


@dataclass(frozen=True, kw_only=True)
class WeightsInfo:
    """What the metadata of a weights file say.

    Attributes:
        model: name in the registry.
        image_size: pixels a side it was trained at.
        epoch: epochs behind it.
        synthetic: whether it learnt from rendered cells.
    """

    model: str
    image_size: int
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


def build_network(name: str, weights: str) -> tuple[Network, FirstWeights]:
    """Build a network with its first weights; random ones come from torch's global generator.

    Args:
        name: in the registry.
        weights: `random`, `imagenet`, or the path of a file: our own weights, or ImageNet's for
            BN-Inception, which get their fourth channel and a new head.

    Raises:
        CheckpointError: the file is missing, unsafe or does not fit.
        ConfigError: ImageNet weights cannot be had.
    """
    network = ARCHITECTURES[name].build()
    if weights == "random":
        return network, FirstWeights(source="random")
    path = _download_imagenet() if weights == "imagenet" else Path(weights)
    file = read_tensors(path)
    if weights == "imagenet" and not file.sha256.startswith(_checksum_in_name(path)):
        raise CheckpointError(
            f"{path} is not the file that its name says: its SHA-256 starts with "
            f"{file.sha256[:9]}; delete it and start again."
        )
    if FIRST in file.tensors:
        _load_imagenet(network, name, file)
    else:
        load_tensors(network, file.tensors, path)
    source = "imagenet" if FIRST in file.tensors else "file"
    return network, FirstWeights(source=source, file=str(path), sha256=file.sha256)


def save_weights(path: Path, network: nn.Module, info: WeightsInfo) -> None:
    """Write a weights file, atomically.

    Raises:
        WorkspaceError: the disk is full or the folder cannot be written.
    """
    metadata = {INFO: json.dumps(asdict(info)), CLASSES: json.dumps(CLASS_NAMES)}
    write_tensors(path, network.state_dict(), metadata)


def open_network(path: Path) -> tuple[Network, WeightsInfo]:
    """Build the network that a weights file was saved from, in evaluation mode.

    Raises:
        CheckpointError: the file is missing, damaged, not one of ours or does not fit.
    """
    file = read_tensors(path, checksum=True)
    info = _info(path, file.metadata)
    with torch.random.fork_rng(devices=[]):
        network = ARCHITECTURES[info.model].build()
    load_tensors(network, file.tensors, path)
    return network.eval(), info


def load_tensors(module: nn.Module, tensors: Mapping[str, Tensor], path: Path) -> None:
    """Copy tensors into a module, all of them or none.

    Raises:
        CheckpointError: naming the first tensor that is missing, unknown or of another shape.
    """
    own = module.state_dict()
    for name, value in own.items():
        if name not in tensors:
            raise CheckpointError(f"{path} lacks the tensor {name!r} {tuple(value.shape)}.")
        if tensors[name].shape != value.shape:
            raise CheckpointError(
                f"{path}: the tensor {name!r} has the shape {tuple(tensors[name].shape)}, "
                f"the network expects {tuple(value.shape)}; choose weights of the same network."
            )
    if unknown := sorted(set(tensors) - set(own)):
        raise CheckpointError(f"{path} has a tensor {unknown[0]!r} that the network does not know.")
    module.load_state_dict(dict(tensors))


def _load_imagenet(network: Network, name: str, file: TensorFile) -> None:
    if name != "bninception":
        raise CheckpointError(
            f"{file.path} holds weights of BN-Inception, the network is {name!r}; "
            "choose the model 'bninception' or other weights."
        )
    if file.tensors[FIRST].shape != (64, 3, 7, 7):
        found = tuple(file.tensors[FIRST].shape)
        raise CheckpointError(
            f"{file.path}: the tensor {FIRST!r} has the shape {found}, expected (64, 3, 7, 7)."
        )
    load_tensors(network.body, body_weights(file.tensors), file.path)


def _download_imagenet() -> Path:
    """Fetch ImageNet's weights to torch's cache, once."""
    address = imagenet_address()
    path = Path(torch.hub.get_dir()) / "checkpoints" / address.rpartition("/")[2]
    if path.is_file():
        return path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.hub.download_url_to_file(
            address, str(path), hash_prefix=_checksum_in_name(path), progress=False
        )
    except (URLError, TimeoutError, ConnectionError, RuntimeError) as error:
        raise ConfigError(
            f"ImageNet weights cannot be fetched from {address} ({error}); put the file at {path}, "
            "or start with weights 'random' or a file of your own."
        ) from None
    return path


def _checksum_in_name(path: Path) -> str:
    """Return the first digits of the SHA-256, which stand at the end of the file's name."""
    return path.stem.rpartition("-")[2]


def _info(path: Path, metadata: Mapping[str, str]) -> WeightsInfo:
    known = {item.name for item in fields(WeightsInfo)}
    try:
        values = json.loads(metadata[INFO])
        info = WeightsInfo(**{key: value for key, value in values.items() if key in known})
    except (KeyError, ValueError, TypeError, AttributeError):
        raise CheckpointError(f"{path} does not say which network it fits.") from None
    if info.model not in ARCHITECTURES:
        raise CheckpointError(f"{path} is for the network {info.model!r}, which is not known.")
    return info
