"""The container of a JPEG file: what its header says, and whether its end arrived.

Only what decides the pixels is kept and handed on: texts, thumbnails, colour profiles and camera
data are left out, so that nothing in them can blow up or make two files of the same pixels differ.
Unlike a PNG, a JPEG has no checksum: a bit that flipped inside it shows as other pixels, unseen.
The checksums of the download are what finds that.

References:
    ITU-T T.81 (JPEG), annex B: markers and their order.
"""

import struct
from dataclasses import dataclass
from hashlib import sha256

from hpa_core.errors import ImageError

START, END = b"\xff\xd8", b"\xff\xd9"
MARKER = 0xFF
SCAN = 0xDA
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""SOF0 to SOF15; the three in between are tables."""

COLOUR_NOTES = (0xE0, 0xEE)
"""JFIF and Adobe: the two notes that say what the components mean."""

NOTES = frozenset(range(0xE0, 0xF0)) | {0xFE}
COMPONENTS = {1: "grey", 3: "RGB", 4: "CMYK"}


@dataclass(frozen=True)
class Jpeg:
    """One JPEG without its notes.

    Attributes:
        width: pixels, as the header claims.
        height: pixels, as the header claims.
        bits: of a component.
        components: 1 for grey, 3 for colour, 4 for print.
        data: the file without its notes.
    """

    width: int
    height: int
    bits: int
    components: int
    data: bytes

    @property
    def kind(self) -> str:
        """Bits and colours in words, as in `8-bit CMYK`."""
        return f"{self.bits}-bit {COMPONENTS.get(self.components, f'{self.components} components')}"

    @property
    def checksum(self) -> bytes:
        """What identifies the pixels: SHA-256 of all that decides them."""
        return sha256(self.data).digest()


def read_jpeg(content: bytes, *, name: str) -> Jpeg:
    """Read the header of a JPEG, up to its pixels, and leave its notes out.

    Raises:
        ImageError: the content is empty, is not a JPEG or is cut off within its header.
    """
    if not content:
        raise ImageError("is empty; copy the file again.", file=name)
    if not content.startswith(START + b"\xff"):
        raise ImageError("is not a JPEG; expected a false-colour JPEG.", file=name)
    parts, frame, kind, start = [START], b"", 0, len(START)
    while kind != SCAN:
        kind, end = _segment(content, start, name)
        if kind in FRAMES:
            frame = content[start + 4 : start + 10]
        if kind not in NOTES or kind in COLOUR_NOTES:
            parts.append(content[start:end])
        start = end
    if len(frame) < 6:
        raise ImageError("has pixels before their size; copy the file again.", file=name)
    bits, height, width, components = struct.unpack(">BHHB", frame)
    return Jpeg(width, height, bits, components, b"".join([*parts, content[start:]]))


def check_end(content: bytes, *, name: str) -> None:
    """Refuse a JPEG whose end mark is not where its content ends.

    Raises:
        ImageError: it is cut off, or something follows it.
    """
    if not content.endswith(END):
        where = content.rfind(END)
        rest = len(content) - where - len(END)
        found = f"has {rest} bytes after its end mark" if where >= 0 else "is cut off"
        raise ImageError(
            f"{found} ({len(content)} bytes in all); copy or download it again.", file=name
        )


def _segment(content: bytes, start: int, name: str) -> tuple[int, int]:
    """Return the kind of the segment at `start`, and where it ends."""
    if start + 4 > len(content):
        raise ImageError(
            f"is cut off within its header, after {len(content)} bytes; copy the file again.",
            file=name,
        )
    mark, kind, length = struct.unpack_from(">BBH", content, start)
    if mark != MARKER or length < 2:
        raise ImageError("has a damaged header; copy the file again.", file=name)
    return kind, start + 2 + length
