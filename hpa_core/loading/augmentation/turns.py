"""The eight symmetries of a square: flips and quarter turns that move pixels and change none."""

import numpy as np
import torch
from jaxtyping import Int, UInt8
from torch import Tensor

from hpa_core.loading.transfer import to_device


def turn(
    images: UInt8[Tensor, "B 4 S S"], codes: Int[np.ndarray, " B"]
) -> UInt8[Tensor, "B 4 S S"]:
    """Flip and turn each image by its code.

    Args:
        images: on any device.
        codes: 0 to 7: quarter turns in the lowest two bits, a left-right flip first from 4 on.
    """
    turned = torch.empty_like(images)
    for code in np.unique(codes):
        chosen = to_device(np.flatnonzero(codes == code), images.device)
        picked = images[chosen]
        flipped = picked.flip(3) if code >= 4 else picked
        turned[chosen] = torch.rot90(flipped, int(code) % 4, (2, 3))
    return turned
