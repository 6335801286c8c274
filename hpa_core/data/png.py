"""The container of a PNG file: what its header says, and whether every byte of it arrived.

Pillow stops reading once it has all pixels, so that it opens a file that lost its end, and it does
not look at the checksums of pixel data, so that a flipped bit can change pixels unseen (6 of 600
random flips did, in one of the competition's files). Both are looked for here, before decoding.

References:
    PNG Specification, third edition, https://www.w3.org/TR/png-3/ (sections 5.3 and 11.2.1)
"""

import struct
from dataclasses import dataclass
from zlib import crc32

from hpa_core.errors import ImageError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEADER_BYTES = 33
"""Signature, then the IHDR chunk: length, name, 13 bytes, checksum."""

CHUNK_FRAME_BYTES = 12
"""Length, name and checksum around a chunk's own bytes."""

COLOURS = {0: "grey", 2: "RGB", 3: "palette", 4: "grey with alpha", 6: "RGBA"}
GREY = 0


@dataclass(frozen=True)
class PngHeader:
    """What IHDR says: pixels, bits a sample, PNG's number of the colour type, interlacing."""

    width: int
    height: int
    bits: int
    colour: int
    interlaced: bool

    @property
    def kind(self) -> str:
        """Bits and colour type in words, as in `16-bit RGB`."""
        return f"{self.bits}-bit {COLOURS.get(self.colour, f'colour type {self.colour}')}"


def read_header(content: bytes, *, name: str) -> PngHeader:
    """Read the header at the start of `content`.

    Raises:
        ImageError: the content is empty or is not a PNG.
    """
    if not content:
        raise ImageError("is empty; copy the file again.", file=name)
    if not content.startswith(SIGNATURE) or content[12:16] != b"IHDR":
        raise ImageError("is not a PNG; expected an 8-bit or 16-bit grey PNG.", file=name)
    if len(content) < HEADER_BYTES:
        raise ImageError("is cut off within its header; copy the file again.", file=name)
    width, height, bits, colour, interlacing = struct.unpack(">IIBB2xB", content[16:29])
    return PngHeader(width, height, bits, colour, bool(interlacing))


@dataclass(frozen=True)
class PngPixels:
    """Compressed pixels, and what identifies them: the checksums of the header and of each part."""

    data: bytes | memoryview
    checksums: bytes


def read_pixels(content: bytes, *, name: str) -> PngPixels:
    """Find the compressed pixels, and compare every checksum up to the end mark.

    No other chunk is looked into, so that a compressed text or colour profile cannot blow up.

    Raises:
        ImageError: the file is cut off, or a byte of it was changed.
    """
    view, start, kind = memoryview(content), len(SIGNATURE), b""
    parts, checksums = [], bytearray()
    while kind != b"IEND":
        if start + CHUNK_FRAME_BYTES > len(content):
            raise _cut_off(content, name)
        length, kind = struct.unpack_from(">I4s", content, start)
        end = start + CHUNK_FRAME_BYTES + length
        if end > len(content):
            raise _cut_off(content, name)
        if crc32(view[start + 4 : end - 4]) != struct.unpack_from(">I", content, end - 4)[0]:
            raise ImageError("is damaged: a checksum is wrong; copy the file again.", file=name)
        if kind == b"IDAT":
            parts.append(view[start + 8 : end - 4])
        if kind in {b"IHDR", b"IDAT"}:
            checksums += view[end - 4 : end]
        start = end
    return PngPixels(parts[0] if len(parts) == 1 else b"".join(parts), bytes(checksums))


def _cut_off(content: bytes, name: str) -> ImageError:
    return ImageError(f"is cut off after {len(content)} bytes; copy the file again.", file=name)
