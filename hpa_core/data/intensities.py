"""How bright images are, channel by channel.

Axes: N images, 4 channels in the order red, green, blue, yellow, T pixels a side.
"""

import numpy as np
from jaxtyping import Float, Int, UInt8

BLOCK = 1024
"""Images read at a time, so that a memory map never lies in memory whole."""


def mean_intensities(
    thumbnails: UInt8[np.ndarray, "N 4 T T"], rows: Int[np.ndarray, " n"]
) -> Float[np.ndarray, "n 4"]:
    """Return the mean level of every channel of the images at `rows`, from 0 to 255."""
    parts = [
        thumbnails[rows[start : start + BLOCK]].mean(axis=(2, 3), dtype=np.float64)
        for start in range(0, len(rows), BLOCK)
    ]
    return np.concatenate(parts) if parts else np.zeros((0, thumbnails.shape[1]))
