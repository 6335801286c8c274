"""Model 2 of the report (R-7): three convolutions, four parallel branches, further convolutions.

The report gives the plan and no sizes; the sizes here are ours. The branches look at one map with
kernels of 1, 3, 5 and 7 pixels. The last convolution to 28 maps is 1 x 1 and its average is the
logit: averaging first and multiplying after gives the same number, and leaves an embedding.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from hpa_core.classes import N_CLASSES
from hpa_core.models.network import Network, convolution, start_at_prevalence
from hpa_core.models.pooling import Pool
from hpa_core.models.small import MEAN, STD


class Branches(nn.Module):
    """Four convolution branches of one map, concatenated."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.branches = nn.ModuleList(
            nn.Sequential(
                convolution(inputs, outputs, kernel=kernel),
                convolution(outputs, outputs, kernel=3),
            )
            for kernel in (1, 3, 5, 7)
        )

    def forward(self, features: Float[Tensor, "B K H W"]) -> Float[Tensor, "B L H W"]:
        """Return the branches' maps side by side: L = 4 x outputs."""
        return torch.cat([branch(features) for branch in self.branches], dim=1)


def build_wide(pool: str) -> Network:
    """Build model 2 with random weights; it has 512 maps."""
    pooling = Pool(pool)
    body = nn.Sequential(
        convolution(4, 64, kernel=7, stride=2),  # S / 2
        convolution(64, 96, stride=2),  # S / 4
        convolution(96, 128, stride=2),  # S / 8
        Branches(128, 128),  # (B, 512, S / 8, S / 8)
        convolution(512, 256, kernel=1),
        convolution(256, 512, stride=2),  # S / 16
    )
    head = start_at_prevalence(nn.Linear(pooling.features(512), N_CLASSES))
    return Network(body=body, pool=pooling, head=head, mean=MEAN, std=STD)
