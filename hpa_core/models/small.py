"""The small network: 0.4 M parameters, made for fine dots at 128 px on two CPU cores.

A 5 x 5 first convolution sees every pixel before the first halving; maximum beside average pooling
keeps a single bright dot from being averaged away.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from hpa_core.classes import N_CLASSES
from hpa_core.models.network import Network, convolution, start_at_prevalence
from hpa_core.models.pooling import Pool

MEAN = (20.5, 12.5, 14.6, 20.9)
STD = (37.6, 28.4, 40.7, 37.1)
"""Brightness of 60 of the competition's training images, per channel, 0 to 255."""


class Residual(nn.Module):
    """Two 3 x 3 convolutions around a shortcut."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = convolution(channels, channels)
        self.second = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels)
        )

    def forward(self, features: Float[Tensor, "B K H W"]) -> Float[Tensor, "B K H W"]:
        """Refine the features; their shape stays."""
        return torch.relu(features + self.second(self.first(features)))


def build_small(pool: str) -> Network:
    """Build the small network with random weights; it has 128 maps."""
    pooling = Pool(pool)
    body = nn.Sequential(
        convolution(4, 24, kernel=5, stride=2),  # S / 2
        convolution(24, 48, stride=2),  # S / 4
        Residual(48),
        convolution(48, 96, stride=2),  # S / 8
        Residual(96),
        convolution(96, 128, stride=2),  # S / 16
    )
    layer = start_at_prevalence(nn.Linear(pooling.features(128), N_CLASSES))
    head = nn.Sequential(nn.Dropout(0.2), layer)
    return Network(body=body, pool=pooling, head=head, mean=MEAN, std=STD)
