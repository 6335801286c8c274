"""The additive composite in numpy, written from its formula: the oracle for Node and Chromium."""

from typing import Any

import numpy as np

Channel = dict[str, Any]


def exact_composite(planes: np.ndarray, channels: list[Channel]) -> np.ndarray:
    """Return what red, green and blue should be before rounding, (H, W, 3) from 0 to 255."""
    total = np.zeros((*planes.shape[1:], 3))
    for plane, channel in zip(planes.astype(float), channels, strict=True):
        if channel["on"]:
            span = channel["hi"] - channel["lo"]
            share = np.clip((plane - channel["lo"]) / span, 0, 1) ** channel["gamma"]
            total += share[..., None] * np.array(list(bytes.fromhex(channel["color"][1:])))
    return np.minimum(total, 255)


def assert_shows(
    pixels: np.ndarray,
    planes: np.ndarray,
    channels: list[Channel],
    *,
    inverted: bool = False,
    rounding: float = 1e-6,
) -> None:
    """Every pixel is the exact composite, rounded to the nearest level.

    `rounding` is what the sum may be off where it is made in numbers of 32 bits.
    """
    exact = exact_composite(planes, channels)
    difference = np.abs(pixels[..., :3].astype(float) - (255 - exact if inverted else exact))
    assert difference.max() <= 0.5 + rounding
    assert (pixels[..., 3] == 255).all()
