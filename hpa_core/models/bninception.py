"""Model 1 of the report (R-6): BN-Inception of `pretrainedmodels` for four channels, 28 classes.

The package imports torchvision at its top, which fails beside a CPU-only torch; its BN-Inception
file needs torch alone, so that one file is loaded and the package never imported.

References:
    Ioffe, Szegedy (2015), Batch Normalization.
    The public kernel that the report starts from (Kaggle discussion 72812).
"""

from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from hpa_core.classes import N_CLASSES
from hpa_core.errors import ConfigError
from hpa_core.models.network import Network

FIRST = "conv1_7x7_s2.weight"
EMBEDDING = 1024

# The weights expect blue, green, red from 0 to 255 less these means (`pretrained_settings`).
BLUE_MEAN, GREEN_MEAN, RED_MEAN = 104.0, 117.0, 128.0
MEAN = (RED_MEAN, GREEN_MEAN, BLUE_MEAN, (RED_MEAN + GREEN_MEAN + BLUE_MEAN) / 3)
STD = (1.0, 1.0, 1.0, 1.0)


class Body(nn.Module):
    """The package's network up to its last feature map, then average pooling of any size."""

    def __init__(self) -> None:
        super().__init__()
        net = package_file().BNInception(num_classes=1)
        net.conv1_7x7_s2 = nn.Conv2d(4, 64, kernel_size=7, stride=2, padding=3)
        del net.global_pool, net.last_linear  # Its head: a fixed 7 x 7 pool and 1,000 classes.
        self.net = net

    def forward(self, images: Float[Tensor, "B 4 S S"]) -> Float[Tensor, "B 1024"]:
        """Turn scaled images into 1,024 features each."""
        features: Tensor = self.net.features(images)
        return features.mean((2, 3))


def build_bninception() -> Network:
    """Build model 1 with random weights: 10.4 M parameters, 1,024 embedding features."""
    head = nn.Sequential(
        nn.BatchNorm1d(EMBEDDING), nn.Dropout(0.5), nn.Linear(EMBEDDING, N_CLASSES)
    )
    return Network(body=Body(), head=head, mean=MEAN, std=STD)


def four_channels(kernel: Float[Tensor, "K 3 7 7"]) -> Float[Tensor, "K 4 7 7"]:
    """Turn a first convolution for blue, green, red into one for red, green, blue, yellow.

    Yellow starts as the mean of the others.
    """
    blue, green, red = kernel.unbind(dim=1)  # 3 x (K, 7, 7)
    return torch.stack([red, green, blue, (red + green + blue) / 3], dim=1)


def body_weights(imagenet: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Convert the package's ImageNet weights into those of `Network.body`; its head is left out."""
    kept = {name: value for name, value in imagenet.items() if not name.startswith("last_linear.")}
    # Older copies of these weights store batch norm as (1, K).
    flat = {name: value.reshape(-1) if "_bn." in name else value for name, value in kept.items()}
    flat[FIRST] = four_channels(flat[FIRST])
    counters = [name for name in flat if name.endswith("_bn.weight")]
    for name in counters:
        flat.setdefault(name.replace("_bn.weight", "_bn.num_batches_tracked"), torch.tensor(0))
    return {
        f"net.{name}": value.reshape(()) if name.endswith("num_batches_tracked") else value
        for name, value in flat.items()
    }


def imagenet_address() -> str:
    """Return the package's own address of the ImageNet weights."""
    settings: dict[str, Any] = package_file().pretrained_settings["bninception"]["imagenet"]
    return str(settings["url"])


@cache
def package_file() -> ModuleType:
    """Load `pretrainedmodels/models/bninception.py` and nothing else of the package.

    Raises:
        ConfigError: the package is not installed.
    """
    package = find_spec("pretrainedmodels")
    if package is None or not package.submodule_search_locations:
        raise ConfigError(
            "The model 'bninception' needs the package pretrainedmodels, which is not installed; "
            "run `pip install pretrainedmodels==0.7.4` or choose the model 'small'."
        )
    path = Path(package.submodule_search_locations[0]) / "models" / "bninception.py"
    spec = spec_from_file_location("hpa_core_bninception_source", path)
    if spec is None or spec.loader is None:
        raise ValueError(f"no loader for {path}")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
