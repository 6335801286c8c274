"""Small pictures for lists and charts: the four channels in their colours, added up.

Axes: N images, 4 channels in the order red, green, blue, yellow, S pixels a side. Where a person
mixes channels, the browser does it (`dashboard/components/channel_viewer`); these stand still.
"""

from io import BytesIO

import numpy as np
from jaxtyping import UInt8
from PIL import Image

COLOURS = np.array([[0.45, 0, 0], [0, 1, 0], [0, 0, 0.8], [0.25, 0.25, 0]], dtype=np.float32)
"""Protein full, the other stains dimmed, so that a small picture shows where the protein is."""
DARK, BRIGHT = 0.5, 99.8
"""Percentiles of a channel's pixels that become black and full."""
SMALLEST_SPAN = 32
"""A channel of mere noise is not stretched until it looks like signal."""


def compose(images: UInt8[np.ndarray, "N 4 S S"]) -> UInt8[np.ndarray, "N S S 3"]:
    """Return each image as red, green and blue, every channel stretched by itself."""
    low, high = np.percentile(images, [DARK, BRIGHT], axis=(2, 3), keepdims=True)
    span = np.maximum(high - low, SMALLEST_SPAN)
    levels = np.clip((images - low) / span, 0, 1).astype(np.float32)
    mixed = np.einsum("nchw,ck->nhwk", levels, COLOURS)
    return np.asarray((255 * np.clip(mixed, 0, 1)).round().astype(np.uint8))


def encode_jpeg(picture: UInt8[np.ndarray, "S S 3"], *, side: int, quality: int = 85) -> bytes:
    """Write one picture as a JPEG of `side` pixels."""
    buffer = BytesIO()
    Image.fromarray(picture).resize((side, side), Image.Resampling.LANCZOS).save(
        buffer, "JPEG", quality=quality
    )
    return buffer.getvalue()
