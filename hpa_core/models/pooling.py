"""From a network's last maps to one vector an image."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from hpa_core.choices import POOLS


class Pool(nn.Module):
    """Average over the image, its maximum, or both side by side; any size of image.

    The average tells how much of something there is, the maximum whether it is there at all: a
    single bright dot survives only the maximum.
    """

    def __init__(self, kind: str) -> None:
        super().__init__()
        if kind not in POOLS or kind == "default":
            raise ValueError(f"no pool is called {kind!r}")
        self.kind = kind

    def forward(self, maps: Float[Tensor, "B K H W"]) -> Float[Tensor, "B E"]:
        """Pool K maps to E = K features, or 2 K of both."""
        if self.kind == "average":
            return maps.mean((2, 3))
        if self.kind == "max":
            return maps.amax((2, 3))
        return torch.cat([maps.mean((2, 3)), maps.amax((2, 3))], dim=1)

    def features(self, maps: int) -> int:
        """Return E for K maps."""
        return 2 * maps if self.kind == "both" else maps
