"""Any convolutional network of timm as `timm:<name>`: an extra (`requirements-timm.txt`).

timm imports torchvision, which works only beside the torch build that it was made for: beside a
CPU-only torch, PyPI's torchvision fails, and timm with it. What then can be done is said in one
sentence.
"""

from importlib import import_module
from typing import Any

from jaxtyping import Float
from torch import Tensor, nn

from hpa_core.choices import TIMM
from hpa_core.errors import ConfigError
from hpa_core.models.network import Network
from hpa_core.models.pooling import Pool
from hpa_core.models.pretrained import public_head


class Body(nn.Module):
    """A network of timm for four channels, without its head."""

    def __init__(self, net: nn.Module, name: str) -> None:
        super().__init__()
        self.net, self.name = net, name

    def forward(self, images: Float[Tensor, "B 4 S S"]) -> Float[Tensor, "B K H W"]:
        """Turn scaled images into maps.

        Raises:
            ConfigError: the network gives something else, as transformers do.
        """
        maps: Tensor = self.net(images)
        if maps.ndim != 4 or maps.shape[1] != self.net.num_features:
            raise ConfigError(
                f"The network {self.name!r} ends in features of shape {tuple(maps.shape[1:])}, not "
                "in maps (features, height, width); choose a convolutional network of timm."
            )
        return maps


def is_timm(name: str) -> bool:
    """Return whether a model's name asks for timm."""
    return name.startswith(TIMM)


def build_timm(name: str, pool: str) -> Network:
    """Build `timm:<name>` with random weights.

    Raises:
        ConfigError: timm cannot be imported, or has no such network.
    """
    timm, own = _import_timm(name), name.removeprefix(TIMM)
    if not timm.is_model(own):
        near = ", ".join(timm.list_models(f"*{own[:6]}*")[:5]) or "see timm.list_models()"
        raise ConfigError(f"timm has no network {own!r}; near it: {near}.")
    net = timm.create_model(own, pretrained=False, in_chans=4, num_classes=0, global_pool="")
    pooling, settings = Pool(pool), pretrained_settings(name)
    return Network(
        body=Body(net, name),
        pool=pooling,
        head=public_head(pooling.features(net.num_features)),
        mean=_for_brightness(settings["mean"]),
        std=_for_brightness(settings["std"]),
    )


def pretrained_settings(name: str) -> dict[str, Any]:
    """Return what timm says of a network's weights: `first_conv`, `classifier`, `mean`, ...

    Raises:
        ConfigError: timm cannot be imported.
    """
    settings: dict[str, Any] = (
        _import_timm(name).get_pretrained_cfg(name.removeprefix(TIMM)).to_dict()
    )
    return settings


def _for_brightness(values: tuple[float, ...]) -> list[float]:
    """Turn numbers for red, green, blue from 0 to 1 into four for 0 to 255."""
    scaled = [255 * value for value in values]
    return [*scaled, sum(scaled) / len(scaled)]


def _import_timm(name: str) -> Any:
    try:
        return import_module("timm")
    except (ImportError, RuntimeError) as error:
        raise ConfigError(
            f"The network {name!r} needs timm, which cannot be imported here ({error}): run `pip "
            "install -r requirements-timm.txt`, with the torchvision build that belongs to this "
            "torch (a CPU-only torch needs a CPU-only torchvision), or choose another model."
        ) from None
