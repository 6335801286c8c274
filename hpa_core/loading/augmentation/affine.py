"""Zoom, rotation and shift as one resampling; beyond the border the image is mirrored."""

import numpy as np
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample


def affine_matrices(amounts: Float[np.ndarray, "N 4"]) -> Float[np.ndarray, "N 2 3"]:
    """Say where each output pixel looks, in coordinates from -1 to 1 (x, y, 1).

    Args:
        amounts: zoom (share), angle (radians), shift in x and in y (share of half a side), each
            around 0.
    """
    zoom, angle, shift_x, shift_y = amounts.T  # (N,) each
    cosine, sine = (1 + zoom) * np.cos(angle), (1 + zoom) * np.sin(angle)
    rows = [[cosine, -sine, shift_x], [sine, cosine, shift_y]]
    return np.moveaxis(np.array(rows), 2, 0)  # (2, 3, N) -> (N, 2, 3)


def warp(
    images: Float[Tensor, "B 4 S S"], matrices: Float[Tensor, "B 2 3"]
) -> Float[Tensor, "B 4 S S"]:
    """Resample each image through its matrix, bilinearly."""
    grid = affine_grid(matrices, list(images.shape), align_corners=False)  # (B, S, S, 2)
    return grid_sample(images, grid, padding_mode="reflection", align_corners=False)
