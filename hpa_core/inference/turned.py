"""Test-time augmentation: look at an image flipped and turned as well, and answer once.

Axes: B samples, 4 channels, S pixels a side, C classes (28), E embedding features.
"""

from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from jaxtyping import UInt8
from torch import Tensor, nn

from hpa_core.loading.augmentation.turns import turn
from hpa_core.models.network import Network, Output

CODES = {"none": (0,), "flips": (0, 4, 2, 6), "turns": (0, 1, 2, 3, 4, 5, 6, 7)}
"""Codes of `turn` for each of `choices.VIEWS`; the flips are left-right, both, and up-down."""


@dataclass(frozen=True)
class Views:
    """Which views of an image are scored, and what joins their probabilities.

    The mean is the steadier; the maximum finds what only one view shows, and raises every score.
    """

    name: str = "none"
    by: str = "mean"

    def __str__(self) -> str:
        """Say it in a few words; nothing where there is one view."""
        return f"{self.by} of {len(CODES[self.name])} views" if self.name != "none" else ""


class TurnedNetwork(nn.Module):
    """A network whose answer joins those to several views of each image."""

    def __init__(self, network: Network, views: Views) -> None:
        super().__init__()
        self.network, self._views = network, views

    def forward(self, images: UInt8[Tensor, "B 4 S S"]) -> Output:
        """Score images; the embeddings are the mean over the views."""
        outputs = [
            self.network(turn(images, np.full(len(images), code)))
            for code in CODES[self._views.name]
        ]
        logits = torch.stack([output.logits.float() for output in outputs])  # (V, B, C)
        embeddings = torch.stack([output.embeddings.float() for output in outputs]).mean(0)
        if self._views.by == "max":
            return Output(logits.amax(0), embeddings)
        return Output(torch.logit(logits.sigmoid().mean(0)), embeddings)


def with_views(network: Network, views: Views) -> Network:
    """Return what scores by `views`; the network itself where there is one view."""
    if views.name == "none":
        return network
    return cast("Network", TurnedNetwork(network, views))
