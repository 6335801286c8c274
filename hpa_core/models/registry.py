"""The networks by name: how to build each (docs/models.md: how to add another)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from hpa_core.choices import MODELS
from hpa_core.models.network import Network
from hpa_core.models.pretrained import build_pretrained
from hpa_core.models.small import build_small
from hpa_core.models.timm_networks import build_timm, is_timm
from hpa_core.models.wide import build_wide


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """One network of the registry.

    Attributes:
        make: takes the pool and makes it with random weights, from torch's global generator.
        pool: its own, which `default` means.
        parameters: how many numbers are learnt, with its own pool.
        embedding: features before the head, with its own pool.
    """

    name: str
    make: Callable[[str], Network]
    pool: str = "average"
    parameters: int
    embedding: int

    @property
    def description(self) -> str:
        """One line for people."""
        return MODELS[self.name]

    def build(self, pool: str = "default") -> Network:
        """Build it, with another pool where one is named."""
        return self.make(self.pool if pool == "default" else pool)


def _pretrained(name: str, *, parameters: int, embedding: int) -> Architecture:
    make = partial(build_pretrained, name)
    return Architecture(name=name, make=make, parameters=parameters, embedding=embedding)


ARCHITECTURES = {
    item.name: item
    for item in (
        Architecture(
            name="small", make=build_small, pool="both", parameters=380_556, embedding=256
        ),
        Architecture(name="wide", make=build_wide, parameters=3_473_756, embedding=512),
        _pretrained("bninception", parameters=10_304_124, embedding=1024),
        _pretrained("xception", parameters=20_868_708, embedding=2048),
        _pretrained("inceptionv4", parameters=41_189_212, embedding=1536),
        _pretrained("se_resnext50", parameters=25_575_500, embedding=2048),
    )
}


def build(name: str, *, pool: str = "default") -> Network:
    """Build a network by the name that `TrainConfig.model` takes, with random weights.

    Raises:
        ConfigError: the package that it comes from is not installed.
    """
    if is_timm(name):
        return build_timm(name, "average" if pool == "default" else pool)
    return ARCHITECTURES[name].build(pool)
