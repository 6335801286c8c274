"""What every network here is: brightness in, logits and embeddings out.

Axes: B samples, 4 channels in the order red, green, blue, yellow, S pixels a side, C classes (28),
E embedding features.
"""

from collections.abc import Sequence
from typing import NamedTuple, cast

import torch
from jaxtyping import Float, Num
from torch import Tensor, nn

from hpa_core.models.pooling import Pool

MEAN_LABELS_PER_CLASS = 50_782 / 31_072 / 28
"""Share of positives among the competition's N x C decisions: where a fresh bias starts."""


class Output(NamedTuple):
    """Scores before the sigmoid, and the features that the head read."""

    logits: Float[Tensor, "B C"]
    embeddings: Float[Tensor, "B E"]


class Network(nn.Module):
    """A body that turns images into maps, a pool that makes embeddings of them, and a head.

    The scaling of the input belongs to the network, so that no caller can forget it or do it twice.

    Args:
        body: (B, 4, S, S) scaled images -> (B, K, H, W).
        pool: (B, K, H, W) -> (B, E); without weights.
        head: (B, E) -> (B, 28).
        mean: subtracted from the brightness (0 to 255), one a channel.
        std: divides what is left, one a channel.
    """

    mean: Tensor
    std: Tensor

    def __init__(
        self,
        *,
        body: nn.Module,
        pool: Pool,
        head: nn.Module,
        mean: Sequence[float],
        std: Sequence[float],
    ) -> None:
        super().__init__()
        self.body, self.pool, self.head = body, pool, head
        self.register_buffer("mean", torch.tensor(mean).view(1, 4, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(std).view(1, 4, 1, 1), persistent=False)

    def forward(self, images: Num[Tensor, "B 4 S S"]) -> Output:
        """Score images of brightness 0 to 255 (uint8 or float)."""
        return self.read(self.maps(images))

    def maps(self, images: Num[Tensor, "B 4 S S"]) -> Float[Tensor, "B K H W"]:
        """Return the last maps of images, whose pooled values are the embeddings."""
        scaled = ((images - self.mean) / self.std).contiguous(memory_format=torch.channels_last)
        return cast("Tensor", self.body(scaled))

    def read(self, maps: Float[Tensor, "B K H W"]) -> Output:
        """Score images by their last maps."""
        embeddings = self.pool(maps)  # (B, K, H, W) -> (B, E)
        return Output(self.head(embeddings), embeddings)

    def __call__(self, images: Num[Tensor, "B 4 S S"]) -> Output:
        """Typed front of `nn.Module.__call__`."""
        return cast("Output", super().__call__(images))


def convolution(inputs: int, outputs: int, *, kernel: int = 3, stride: int = 1) -> nn.Sequential:
    """Convolution, batch norm, ReLU; the size stays, divided by the stride."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


def start_at_prevalence(layer: nn.Linear) -> nn.Linear:
    """Set the bias so that a fresh network calls about as many labels as there are.

    From a bias of 0 the first epochs are spent on learning that most answers are no.
    """
    prevalence = torch.tensor(MEAN_LABELS_PER_CLASS)
    nn.init.constant_(layer.bias, float(torch.logit(prevalence)))
    return layer
