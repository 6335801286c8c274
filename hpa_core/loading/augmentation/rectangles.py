"""Rectangles in an image: drawn as shares of its side, so that they fit every size.

Axes: N positions or B samples; a rectangle is (top, bottom, left, right), each from 0 to 1.

References:
    DeVries, Taylor (2017), Improved regularization of CNNs with cutout.
    Zhong et al. (2020), Random erasing data augmentation.
"""

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

LARGEST = 0.5
"""Share of the image that a rectangle of any shape below may have and still lie within it."""


def rectangles(
    areas: Float[np.ndarray, " N"], uniform: Float[np.ndarray, "N 3"]
) -> Float[np.ndarray, "N 4"]:
    """Return rectangles of given area that lie wholly within the image.

    Args:
        areas: shares of the image, 0 to `LARGEST`; 0 gives a rectangle without pixels.
        uniform: numbers in [0, 1) that decide shape (height over width, 1/2 to 2), top and left.
    """
    ratio = 2.0 ** (2 * uniform[:, 0] - 1)
    heights, widths = np.sqrt(areas * ratio), np.sqrt(areas / ratio)
    top, left = uniform[:, 1] * (1 - heights), uniform[:, 2] * (1 - widths)
    return np.stack([top, top + heights, left, left + widths], axis=1)


def inside(boxes: Float[Tensor, "B 4"], size: int) -> Bool[Tensor, "B 1 S S"]:
    """Mark the pixels whose centres lie in each rectangle."""
    centres = (torch.arange(size, device=boxes.device) + 0.5) / size
    top, bottom, left, right = boxes[:, :, None].unbind(1)  # (B, 1) each
    rows = (top <= centres) & (centres < bottom)  # (B, S)
    columns = (left <= centres) & (centres < right)
    return (rows[:, :, None] & columns[:, None, :])[:, None]


def cut_out(images: Float[Tensor, "B 4 S S"], boxes: Float[Tensor, "B 4"]) -> Tensor:
    """Blacken each rectangle in all channels, in place."""
    return images.masked_fill_(inside(boxes, images.shape[-1]), 0)
