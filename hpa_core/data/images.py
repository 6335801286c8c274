"""Image files: one sample is four grey PNGs, `<id>_{red,green,blue,yellow}.png`, of one size.

Axes: H = W pixels, values 0 to 255. A 16-bit channel is scaled to 8 bit by `round(v / 257)`, which
maps 0 to 0 and 65535 to 255 and keeps the order; whatever its brightest pixel is, it is not
stretched, so that intensities of different samples stay comparable.
"""

import struct
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from jaxtyping import UInt8, UInt16
from PIL import Image

from hpa_core.classes import CHANNELS
from hpa_core.data.png import GREY, HEADER_BYTES, PngHeader, check_chunks, read_header
from hpa_core.errors import ImageError

MAX_SIDE = 8192
"""Pixels a side; four times the largest of the atlas, and below Pillow's own bomb warning."""

MAX_FILE_BYTES = 3 * MAX_SIDE**2
"""A 16-bit image of the largest side, not compressed at all, with room to spare."""

# What Pillow is known to raise on a damaged file; anything else is a fault of ours.
_DECODER_ERRORS = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    OverflowError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True)
class Channel:
    """One decoded channel: a square Pillow image of mode `L`, and whether it had 16 bits."""

    image: Image.Image
    sixteen_bit: bool

    @property
    def side(self) -> int:
        """Pixels a side."""
        return self.image.width

    @property
    def pixels(self) -> UInt8[np.ndarray, "H W"]:
        """The pixels as a read-only array."""
        return np.asarray(self.image)


def channel_files(sample_id: str) -> tuple[str, ...]:
    """Return the names of a sample's four files, in channel order.

    >>> channel_files("a")[0]
    'a_red.png'
    """
    return tuple(f"{sample_id}_{channel}.png" for channel in CHANNELS)


def read_quartet(folder: Path, sample_id: str) -> tuple[Channel, ...]:
    """Decode the four channels of a sample, in channel order.

    Raises:
        ImageError: a file is missing, breaks the contract of `read_channel`, or is of another size
            than the red one.
    """
    channels = tuple(read_channel(folder / file) for file in channel_files(sample_id))
    for file, channel in zip(channel_files(sample_id), channels, strict=True):
        if channel.side != channels[0].side:
            raise ImageError(
                f"is {channel.side} px a side, the red channel {channels[0].side} px; expected "
                "four channels of one size.",
                file=file,
            )
    return channels


def read_channel(path: Path) -> Channel:
    """Decode one grey PNG, 8 or 16 bit, square, interlaced or not.

    The header is judged before anything is unpacked, and every checksum is compared.

    Raises:
        ImageError: the file is missing, empty, cut off, damaged, not a PNG, not grey, not square,
            or larger than `MAX_SIDE`.
    """
    content = _content(path, MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        raise ImageError(
            f"is over {MAX_FILE_BYTES} bytes; no grey channel needs more.", file=path.name
        )
    header = read_header(content, name=path.name)
    _check_header(header, path.name)
    check_chunks(content, name=path.name)
    try:
        with Image.open(BytesIO(content), formats=["PNG"]) as image:
            image.load()
    except _DECODER_ERRORS as error:
        raise ImageError(
            f"cannot be decoded ({error}); copy the file again.", file=path.name
        ) from None
    if header.bits == 8:
        return Channel(image, sixteen_bit=False)
    return Channel(Image.fromarray(eight_bit(np.asarray(image))), sixteen_bit=True)


def read_side(path: Path) -> int:
    """Return the pixels a side that a PNG's header claims, without decoding it.

    Raises:
        ImageError: the file is missing or its header breaks the contract of `read_channel`.
    """
    header = read_header(_content(path, HEADER_BYTES), name=path.name)
    _check_header(header, path.name)
    return header.width


def eight_bit(pixels: UInt16[np.ndarray, "H W"]) -> UInt8[np.ndarray, "H W"]:
    """Scale 16-bit pixels to 8 bit as `round(v / 257)`.

    >>> eight_bit(np.array([[0, 128, 129, 65535]], dtype=np.uint16)).tolist()
    [[0, 0, 1, 255]]
    """
    return ((pixels.astype(np.uint32) + 128) // 257).astype(np.uint8)


def _content(path: Path, limit: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(limit)
    except OSError as error:
        raise ImageError(
            f"{path.name} cannot be read ({error.strerror}); check the file."
        ) from None


def _check_header(header: PngHeader, name: str) -> None:
    if header.colour != GREY or header.bits not in (8, 16):
        raise ImageError(
            f"is {header.kind}; expected one channel, 8-bit or 16-bit grey.", file=name
        )
    if header.width != header.height or not header.width:
        raise ImageError(
            f"is {header.width} x {header.height} px; expected a square image.", file=name
        )
    if header.width > MAX_SIDE:
        raise ImageError(
            f"claims {header.width} x {header.height} px; at most {MAX_SIDE} px a side are read.",
            file=name,
        )
