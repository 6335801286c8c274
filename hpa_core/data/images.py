"""Image files: one sample is four files, `<id>_{red,green,blue,yellow}.<suffix>`, of one size.

A `Layout` says what such files are called and how one becomes a grey channel. Here is that of the
competition, grey PNGs; `false_colour` has that of the atlas's own images.

Axes: H = W pixels, values 0 to 255. A 16-bit channel is scaled to 8 bit by `round(v / 257)`, which
maps 0 to 0 and 65535 to 255 and keeps the order; whatever its brightest pixel is, it is not
stretched, so that intensities of different samples stay comparable.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa
from jaxtyping import UInt8, UInt16
from PIL import Image

from hpa_core.classes import CHANNELS
from hpa_core.data.downscaling import downscaled
from hpa_core.data.png import GREY, HEADER_BYTES, PngHeader, read_header, read_pixels
from hpa_core.errors import ImageError

MAX_SIDE = 8192
"""Pixels a side; four times the largest of the atlas, and below Pillow's own bomb warning."""

MAX_FILE_BYTES = 3 * MAX_SIDE**2
"""A 16-bit image of the largest side, not compressed at all, with room to spare."""

# For each depth, what Pillow calls the image and the order of the bytes in the file.
_PILLOW_MODES = {8: ("L", "L"), 16: ("I;16", "I;16B")}


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


def grey_pixels(image: Image.Image) -> UInt8[np.ndarray, "H W"]:
    """Return the pixels of an image of mode `L`, read-only, without copying them where possible.

    NumPy's own way into a Pillow image copies it twice, which costs a tenth of decoding it.
    """
    try:
        pixels: np.ndarray = pa.array(image).to_numpy()
    except ValueError:  # Pillow keeps an image of over 16 MiB in several pieces
        return np.asarray(image)
    return pixels.reshape(image.height, image.width)


def eight_bit(pixels: UInt16[np.ndarray, "H W"]) -> UInt8[np.ndarray, "H W"]:
    """Scale 16-bit pixels to 8 bit as `round(v / 257)`.

    >>> eight_bit(np.array([[0, 128, 129, 65535]], dtype=np.uint16)).tolist()
    [[0, 0, 1, 255]]
    """
    return ((pixels.astype(np.uint32) + 128) // 257).astype(np.uint8)


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


def _check_header(header: PngHeader, name: str) -> None:
    if header.colour != GREY or header.bits not in (8, 16):
        raise ImageError(
            f"is {header.kind}; expected one channel, 8-bit or 16-bit grey.", file=name
        )
    check_square(header.width, header.height, name=name)


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


KAGGLE = Layout(
    source="kaggle",
    suffix="png",
    read=lambda path, _channel, _side: read_channel(path),
    read_side=read_side,
)
"""Grey PNGs, 8 or 16 bit."""
