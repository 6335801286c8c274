"""ImageNet weights for four channels: fetched to torch's cache, or read from a file, and converted.

The first convolution's three kernels go to red, green and blue; yellow starts as their mean. The
layer of 1,000 classes is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import torch
from jaxtyping import Float
from torch import Tensor

from hpa_core.errors import CheckpointError, ConfigError
from hpa_core.models.network import Network
from hpa_core.models.pretrained import BACKBONES, HEADS
from hpa_core.models.tensorfile import TensorFile, load_tensors
from hpa_core.models.timm_networks import is_timm, pretrained_settings


@dataclass(frozen=True, kw_only=True)
class Origin:
    """How the ImageNet weights of a network are laid out.

    Attributes:
        first: tensor of the first convolution.
        head: what the names of the last layer's tensors begin with.
        bgr: whether the channels are blue, green, red instead of red, green, blue.
    """

    first: str
    head: tuple[str, ...]
    bgr: bool = False


def origin(name: str) -> Origin | None:
    """Return the layout of a network's ImageNet weights; None where it has none."""
    if is_timm(name):
        settings = pretrained_settings(name)
        first, head = settings["first_conv"], settings["classifier"]
        plain = isinstance(first, str) and isinstance(head, str)
        return Origin(first=f"{first}.weight", head=(f"{head}.",)) if plain else None
    if name not in BACKBONES:
        return None
    backbone = BACKBONES[name]
    head = tuple(f"{layer}." for layer in HEADS)
    bgr = backbone.imagenet["input_space"] == "BGR"
    return Origin(first=f"{backbone.first}.weight", head=head, bgr=bgr)


def load_imagenet(network: Network, file: TensorFile, layout: Origin) -> None:
    """Convert ImageNet weights and load them into `network.body`.

    Raises:
        CheckpointError: the first convolution has not three channels, or a tensor does not fit.
    """
    kernel = file.tensors[layout.first]
    if kernel.ndim != 4 or kernel.shape[1] != 3:
        raise CheckpointError(
            f"{file.path}: the tensor {layout.first!r} has the shape {tuple(kernel.shape)}, "
            "expected 3 in the second place."
        )
    kept = {key: v for key, v in file.tensors.items() if not key.startswith(layout.head)}
    kept[layout.first] = four_channels(kernel, bgr=layout.bgr)
    named = {f"net.{key}": value for key, value in kept.items()}
    load_tensors(network.body, _completed(named, network.body.state_dict()), file.path)


def four_channels(kernel: Float[Tensor, "K 3 H W"], *, bgr: bool) -> Float[Tensor, "K 4 H W"]:
    """Turn a first convolution for three colours into one for red, green, blue, yellow.

    Args:
        kernel: for red, green, blue.
        bgr: or for blue, green, red.
    """
    colours = kernel.flip(1) if bgr else kernel
    return torch.cat([colours, colours.mean(1, keepdim=True)], dim=1)


def download_imagenet(name: str) -> Path:
    """Fetch a network's ImageNet weights to torch's cache, once.

    Raises:
        ConfigError: they cannot be fetched.
    """
    address = str(BACKBONES[name].imagenet["url"])
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


def check_download(file: TensorFile) -> None:
    """Refuse another file in the place of a download, whose name ends with its SHA-256's start.

    Raises:
        CheckpointError: it is another file.
    """
    if not file.sha256.startswith(_checksum_in_name(file.path)):
        raise CheckpointError(
            f"{file.path} is not the file that its name says: its SHA-256 starts with "
            f"{file.sha256[:9]}; delete it and start again."
        )


def _checksum_in_name(path: Path) -> str:
    return path.stem.rpartition("-")[2]


def _completed(tensors: Mapping[str, Tensor], own: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Add the counters of batch norm that older files lack, and flatten what they store as rows."""
    counters = {name: v for name, v in own.items() if name.endswith("num_batches_tracked")}
    return {
        name: value.reshape(own[name].shape) if _is_row_of(value, own.get(name)) else value
        for name, value in {**counters, **tensors}.items()
    }


def _is_row_of(value: Tensor, own: Tensor | None) -> bool:
    return own is not None and own.ndim <= 1 and value.numel() == own.numel()
