"""Brightness of each channel as a microscope varies it: gain, background, photon noise.

Axes: B samples, 4 channels, S pixels a side; brightness from 0 to 255. All work in place.
"""

from functools import cache

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

FULL = 255.0
TABLE_SIZE = 1024


def scale(images: Float[Tensor, "B 4 S S"], gains: Float[Tensor, "B 4"]) -> Tensor:
    """Multiply each channel, as exposure and laser power do."""
    return images.mul_(gains[:, :, None, None])


def shift(images: Float[Tensor, "B 4 S S"], offsets: Float[Tensor, "B 4"]) -> Tensor:
    """Add a background (share of full brightness) to each channel; nothing falls below black."""
    return images.add_(FULL * offsets[:, :, None, None]).clamp_(min=0)


def add_grain(images: Float[Tensor, "B 4 S S"], grain: Float[Tensor, "B 4 3"]) -> Tensor:
    """Add photon noise, whose variance is proportional to the brightness; black stays black.

    Drawing every pixel's deviate would cost more than the rest of the augmentation and depend on
    the device, so each channel takes a window of one fixed table.

    Args:
        images: changed in place.
        grain: per channel: the standard deviation at full brightness (share of it), and the row
            and column of the table where its window begins.
    """
    deviation, row, column = grain.unbind(2)  # (B, 4) each
    steps = torch.arange(images.shape[-1], device=images.device)
    rows = (row.long()[:, :, None] + steps) % TABLE_SIZE  # (B, 4, S)
    columns = (column.long()[:, :, None] + steps) % TABLE_SIZE
    deviates = _table(images.device)[rows[:, :, :, None], columns[:, :, None, :]]
    spread = images.mul(FULL).sqrt_().mul_(deviation[:, :, None, None])
    return images.addcmul_(spread, deviates).clamp_(min=0)


@cache
def _table(device: torch.device) -> Float[Tensor, "T T"]:
    """Return standard normal deviates, the same in every process."""
    table = np.random.default_rng(0).standard_normal((TABLE_SIZE, TABLE_SIZE), dtype=np.float32)
    return torch.from_numpy(table).to(device)
