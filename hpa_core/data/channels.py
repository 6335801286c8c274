"""One decoded channel, and what every kind of image file has in common.

Axes: H = W pixels, values 0 to 255.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from jaxtyping import UInt8
from PIL import Image

from hpa_core.classes import CHANNELS
from hpa_core.errors import ImageError

MAX_SIDE = 8192
"""Pixels a side; four times the largest of the atlas, and below Pillow's own bomb warning."""

MAX_FILE_BYTES = 3 * MAX_SIDE**2
"""A 16-bit image of the largest side, not compressed at all, with room to spare."""


@dataclass(frozen=True)
class Channel:
    """One decoded channel.

    Attributes:
        image: square, of mode `L`.
        checksums: what identifies the file's pixels: of a PNG its own CRC-32 of its header and of
            each part of its pixels.
        file_side: pixels a side of the file, which a reader may have scaled down already.
        sixteen_bit: whether it was scaled from 16 bit.
    """

    image: Image.Image
    checksums: bytes
    file_side: int
    sixteen_bit: bool = False

    @property
    def pixels(self) -> UInt8[np.ndarray, "H W"]:
        """The pixels as a read-only array."""
        return grey_pixels(self.image)


@dataclass(frozen=True, kw_only=True)
class Layout:
    """What the four files of a sample are called, and how one of them is read.

    Attributes:
        source: of a dataset packed from such files, as `DatasetInfo.source` has it.
        suffix: of the file names.
        read: from path, channel and the side wanted (None: the file's own) to the channel. The
            result has at least the side wanted, if the file has.
        read_side: from path to the pixels a side that the file's header claims.
    """

    source: str
    suffix: str
    read: Callable[[Path, str, int | None], Channel]
    read_side: Callable[[Path], int]

    def files(self, sample_id: str) -> tuple[str, ...]:
        """Return the names of a sample's four files, in channel order."""
        return tuple(self.file(sample_id, channel) for channel in CHANNELS)

    def file(self, sample_id: str, channel: str) -> str:
        """Return the name of one of a sample's files."""
        return f"{sample_id}_{channel}.{self.suffix}"


def grey_pixels(image: Image.Image) -> UInt8[np.ndarray, "H W"]:
    """Return the pixels of an image of mode `L`, read-only, without copying them where possible.

    NumPy's own way into a Pillow image copies it twice, which costs a tenth of decoding it.
    """
    try:
        pixels: np.ndarray = pa.array(image).to_numpy()
    except ValueError:  # Pillow keeps an image of over 16 MiB in several pieces
        return np.asarray(image)
    return pixels.reshape(image.height, image.width)


def read_content(path: Path, *, limit: int = -1) -> bytes:
    """Read a file up to `limit` bytes, or all of it; a limit is memory taken at once.

    Raises:
        ImageError: it cannot be read, or is over `MAX_FILE_BYTES`.
    """
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > MAX_FILE_BYTES:
                raise ImageError(
                    f"is over {MAX_FILE_BYTES} bytes; no grey channel needs more.", file=path.name
                )
            return file.read(limit)
    except OSError as error:
        raise ImageError(
            f"cannot be read ({error.strerror}); check the file.", file=path.name
        ) from None


def check_square(width: int, height: int, *, name: str) -> None:
    """Refuse a size that is not square, or that no image has.

    Raises:
        ImageError: naming the file `name`.
    """
    if width != height or not width:
        raise ImageError(f"is {width} x {height} px; expected a square image.", file=name)
    if width > MAX_SIDE:
        raise ImageError(
            f"claims {width} x {height} px; at most {MAX_SIDE} px a side are read.", file=name
        )
