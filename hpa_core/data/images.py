"""Image files: one sample is four files, `<id>_{red,green,blue,yellow}.<suffix>`, of one size.

A `Layout` says what such files are called and how one becomes a grey channel. Here is that of the
competition, grey PNGs; `false_colour` has that of the atlas's own images.

Axes: H = W pixels, values 0 to 255. A 16-bit channel is scaled to 8 bit by `round(v / 257)`, which
maps 0 to 0 and 65535 to 255 and keeps the order; whatever its brightest pixel is, it is not
stretched, so that intensities of different samples stay comparable.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
from jaxtyping import UInt8, UInt16
from PIL import Image

from hpa_core.classes import CHANNELS
from hpa_core.data.channels import Channel, Layout, check_square, read_content
from hpa_core.data.downscaling import downscaled
from hpa_core.data.png import GREY, HEADER_BYTES, PngHeader, read_header, read_pixels
from hpa_core.errors import ImageError

# For each depth, what Pillow calls the image and the order of the bytes in the file.
_PILLOW_MODES = {8: ("L", "L"), 16: ("I;16", "I;16B")}


def channel_files(sample_id: str) -> tuple[str, ...]:
    """Return the names of a sample's four PNGs, in channel order.

    >>> channel_files("a")[0]
    'a_red.png'
    """
    return KAGGLE.files(sample_id)


def read_quartet(
    folder: Path,
    sample_id: str,
    *,
    side: int | None = None,
    scale: bool = False,
    layout: Layout | None = None,
) -> Iterator[Channel]:
    """Decode the four channels of a sample, one at a time, in channel order.

    Args:
        folder: where the files lie.
        sample_id: whose.
        side: pixels a side that are wanted; whatever the red channel has if None.
        scale: whether larger images are scaled down to `side` rather than refused.
        layout: of the files; `KAGGLE` if None.

    Raises:
        ImageError: a file is missing, breaks the contract of its layout, is of another size than
            the red one, or of a size that cannot become `side`.
    """
    layout = layout or KAGGLE
    first = None
    for name, file in zip(CHANNELS, layout.files(sample_id), strict=True):
        channel = layout.read(folder / file, name, side if scale else None)
        first = first or channel.file_side
        if channel.file_side != first:
            raise ImageError(
                f"is {channel.file_side} px a side, the red channel {first} px; expected four "
                "channels of one size.",
                file=file,
            )
        wanted = side or first
        if first < wanted or (first > wanted and not scale):
            raise ImageError(
                f"is {first} px a side, the dataset's images {wanted} px; choose a size that all "
                "images can be scaled down to.",
                file=file,
            )
        yield replace(channel, image=downscaled(channel.image, wanted))


def read_channel(path: Path) -> Channel:
    """Decode one grey PNG, 8 or 16 bit, square, interlaced or not.

    The header is judged before anything is unpacked, and every checksum is compared.

    Raises:
        ImageError: the file is missing, empty, cut off, damaged, not a PNG, not grey, not square,
            or larger than `MAX_SIDE`.
    """
    content = read_content(path)
    header = read_header(content, name=path.name)
    _check_header(header, path.name)
    mode, order = _PILLOW_MODES[header.bits]
    shape = (header.width, header.height)
    compressed = read_pixels(content, name=path.name)
    try:
        image = Image.frombytes(mode, shape, compressed.data, "zip", order, int(header.interlaced))
    except ValueError as error:
        raise ImageError(
            f"has damaged pixels ({error}); copy the file again.", file=path.name
        ) from None
    if header.bits == 16:
        image = Image.fromarray(eight_bit(np.asarray(image)))
    sixteen_bit = header.bits == 16
    return Channel(image, compressed.checksums, header.width, sixteen_bit=sixteen_bit)


def read_side(path: Path) -> int:
    """Return the pixels a side that a PNG's header claims, without decoding it.

    Raises:
        ImageError: the file is missing or its header breaks the contract of `read_channel`.
    """
    header = read_header(read_content(path, limit=HEADER_BYTES), name=path.name)
    _check_header(header, path.name)
    return header.width


def content_hash(checksums: Sequence[bytes]) -> str:
    """Return what identifies a sample's images: SHA-256 over `Channel.checksums` of all four.

    The files' CRC-32 (at least 8 of them, each compared with the bytes it stands for) stand for the
    pixels: a hash over the pixels themselves takes 7 % to 30 % of the time of decoding them. It
    finds files with the same pixels in the same compression, and is no proof against forgery.
    """
    return sha256(b"".join(checksums)).hexdigest()


def eight_bit(pixels: UInt16[np.ndarray, "H W"]) -> UInt8[np.ndarray, "H W"]:
    """Scale 16-bit pixels to 8 bit as `round(v / 257)`.

    >>> eight_bit(np.array([[0, 128, 129, 65535]], dtype=np.uint16)).tolist()
    [[0, 0, 1, 255]]
    """
    return ((pixels.astype(np.uint32) + 128) // 257).astype(np.uint8)


def _check_header(header: PngHeader, name: str) -> None:
    if header.colour != GREY or header.bits not in (8, 16):
        raise ImageError(
            f"is {header.kind}; expected one channel, 8-bit or 16-bit grey.", file=name
        )
    check_square(header.width, header.height, name=name)


KAGGLE = Layout(
    source="kaggle",
    suffix="png",
    read=lambda path, _channel, _side: read_channel(path),
    read_side=read_side,
)
"""Grey PNGs, 8 or 16 bit."""
