"""The networks by name: how to build each, and what it expects."""

from collections.abc import Callable
from dataclasses import dataclass

from hpa_core.choices import MODELS
from hpa_core.models.bninception import build_bninception
from hpa_core.models.network import Network
from hpa_core.models.small import build_small
from hpa_core.models.wide import build_wide


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """One network of the registry.

    Attributes:
        build: makes it with random weights, drawn from torch's global generator.
        parameters: how many numbers are learnt.
        embedding: features before the head.
        image_size: pixels a side it was made for; others work from 32 px on.
    """

    name: str
    build: Callable[[], Network]
    parameters: int
    embedding: int
    image_size: int

    @property
    def description(self) -> str:
        """One line for people."""
        return MODELS[self.name]


ARCHITECTURES = {
    item.name: item
    for item in (
        Architecture(
            name="small", build=build_small, parameters=380_556, embedding=256, image_size=128
        ),
        Architecture(
            name="bninception",
            build=build_bninception,
            parameters=10_304_124,
            embedding=1024,
            image_size=512,
        ),
        Architecture(
            name="wide", build=build_wide, parameters=3_473_756, embedding=512, image_size=512
        ),
    )
}
