"""Networks of `pretrainedmodels` for four channels and 28 classes; BN-Inception is model 1 (R-6).

The package imports torchvision at its top, which fails beside a CPU-only torch; its networks' own
files need torch alone, so those files are loaded and the package never imported.

References:
    Ioffe, Szegedy (2015), Batch Normalization (BN-Inception).
    Chollet (2017), Xception. Szegedy et al. (2017), Inception-v4. Hu et al. (2018),
    Squeeze-and-excitation networks; Xie et al. (2017), ResNeXt.
    The public kernel that the report starts from (Kaggle discussion 72812): the head.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import torch
from jaxtyping import Float
from torch import Tensor, nn

from hpa_core.classes import N_CLASSES
from hpa_core.errors import ConfigError
from hpa_core.models.network import Network
from hpa_core.models.pooling import Pool


@dataclass(frozen=True, kw_only=True)
class Backbone:
    """One network of the package.

    Attributes:
        name: in our registry.
        file: of the package, `models/<file>.py`.
        settings: its key in the file's `pretrained_settings`.
        make: builds it from the loaded file, with random weights.
        first: path of its first convolution.
        maps: K, how many maps its features are.
        relu: whether the package leaves the last ReLU to its head.
    """

    name: str
    file: str
    settings: str
    make: Callable[[ModuleType], nn.Module]
    first: str
    maps: int
    relu: bool = False

    @property
    def imagenet(self) -> dict[str, Any]:
        """What the package says of its ImageNet weights: `url`, `mean`, `input_space`, ..."""
        settings: dict[str, Any] = package_file(self.file).pretrained_settings
        found: dict[str, Any] = settings[self.settings]["imagenet"]
        return found

    def scaling(self, name: str) -> list[float]:
        """Return `mean` or `std` for brightness of 0 to 255 in red, green, blue, yellow.

        Yellow takes the mean of the others.
        """
        settings = self.imagenet
        to_brightness = 255 / settings["input_range"][1]
        values = [value * to_brightness for value in settings[name]]
        ordered = values if settings["input_space"] == "RGB" else values[::-1]
        return [*ordered, sum(ordered) / 3]


BACKBONES = {
    item.name: item
    for item in (
        Backbone(
            name="bninception",
            file="bninception",
            settings="bninception",
            make=lambda file: file.BNInception(num_classes=1),
            first="conv1_7x7_s2",
            maps=1024,
        ),
        Backbone(
            name="xception",
            file="xception",
            settings="xception",
            make=lambda file: file.Xception(num_classes=1),
            first="conv1",
            maps=2048,
            relu=True,
        ),
        Backbone(
            name="inceptionv4",
            file="inceptionv4",
            settings="inceptionv4",
            make=lambda file: file.InceptionV4(num_classes=1),
            first="features.0.conv",
            maps=1536,
        ),
        Backbone(
            name="se_resnext50",
            file="senet",
            settings="se_resnext50_32x4d",
            make=lambda file: file.se_resnext50_32x4d(num_classes=1, pretrained=None),
            first="layer0.conv1",
            maps=2048,
        ),
    )
}
HEADS = ("last_linear", "fc")
"""What the package calls its layer of 1,000 classes."""


class Body(nn.Module):
    """The package's network up to its last maps, with a first convolution of four channels."""

    def __init__(self, backbone: Backbone) -> None:
        super().__init__()
        self.net = backbone.make(package_file(backbone.file))
        widen_first(self.net, backbone.first)
        for name in HEADS:
            if hasattr(self.net, name):
                delattr(self.net, name)
        self.relu = backbone.relu

    def forward(self, images: Float[Tensor, "B 4 S S"]) -> Float[Tensor, "B K H W"]:
        """Turn scaled images into maps."""
        features = cast("Callable[[Tensor], Tensor]", self.net.features)
        maps = features(images)
        return torch.relu(maps) if self.relu else maps


def build_pretrained(name: str, pool: str) -> Network:
    """Build a network of `BACKBONES` with random weights.

    Raises:
        ConfigError: the package is not installed.
    """
    backbone = BACKBONES[name]
    pooling = Pool(pool)
    return Network(
        body=Body(backbone),
        pool=pooling,
        head=public_head(pooling.features(backbone.maps)),
        mean=backbone.scaling("mean"),
        std=backbone.scaling("std"),
    )


def public_head(features: int) -> nn.Sequential:
    """Return the head of the public kernel."""
    return nn.Sequential(nn.BatchNorm1d(features), nn.Dropout(0.5), nn.Linear(features, N_CLASSES))


def widen_first(net: nn.Module, path: str) -> None:
    """Replace the convolution at `path` by one of four channels, with random weights."""
    found = cast("nn.Conv2d", net.get_submodule(path))
    geometry: dict[str, Any] = {
        name: getattr(found, name) for name in ("out_channels", "kernel_size", "stride", "padding")
    }
    net.set_submodule(path, nn.Conv2d(4, **geometry, bias=found.bias is not None))


@cache
def package_file(name: str) -> ModuleType:
    """Load `pretrainedmodels/models/<name>.py` and nothing else of the package.

    Raises:
        ConfigError: the package is not installed.
    """
    package = find_spec("pretrainedmodels")
    if package is None or not package.submodule_search_locations:
        raise ConfigError(
            f"The network {name!r} needs the package pretrainedmodels, which is not installed; "
            "run `pip install pretrainedmodels==0.7.4` or choose the model 'small'."
        )
    path = Path(package.submodule_search_locations[0]) / "models" / f"{name}.py"
    spec = spec_from_file_location(f"hpa_core_{name}_source", path)
    if spec is None or spec.loader is None:
        raise ValueError(f"no loader for {path}")
    module = module_from_spec(spec)
    sys.modules[spec.name] = module  # torch.compile looks for its functions there.
    spec.loader.exec_module(module)
    return module
