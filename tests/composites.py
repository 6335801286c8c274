"""The additive composite in numpy, written from its formula: the oracle for Node and Chromium."""

from typing import Any

import numpy as np

Channel = dict[str, Any]
ROUNDING = 2**-13 + 1e-6
"""What the sum of four channels may be off, each in steps of 2 ** -14."""


def channel(
    color: str, *, on: bool = True, lo: int = 0, hi: int = 255, gamma: float = 1
) -> Channel:
    """The settings of one channel."""
    return {"on": on, "color": color, "lo": lo, "hi": hi, "gamma": gamma}


def random_channels(rng: np.random.Generator) -> list[Channel]:
    """Any settings of the four channels that the mixer can have."""
    found = []
    for _ in range(4):
        lo = int(rng.integers(0, 250))
        found.append(
            channel(
                f"#{rng.integers(0, 2**24):06x}",
                on=bool(rng.random() < 0.75),
                lo=lo,
                hi=int(rng.integers(lo + 1, 256)),
                gamma=float(rng.uniform(0.2, 3)),
            )
        )
    return found


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
) -> None:
    """Every pixel is the exact composite, rounded to the nearest level."""
    exact = exact_composite(planes, channels)
    difference = np.abs(pixels[..., :3].astype(float) - (255 - exact if inverted else exact))
    assert difference.max() <= 0.5 + ROUNDING
    assert (pixels[..., 3] == 255).all()
