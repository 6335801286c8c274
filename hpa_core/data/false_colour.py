"""The Human Protein Atlas's own images: one false-colour JPEG a stain -> one grey channel.

Axes: H = W pixels, values 0 to 255. A file shows its stain in its own colour: `<id>_red.jpg` in
red, green in green, blue in blue, and yellow in red and green alike. Yellow becomes their **mean**.
Both show the same signal (their correlation in the two real files is 0.992 and 0.999) with
separate errors of compression, so that their mean is nearest to the truth: real yellow channels,
coloured and compressed as the atlas did (quality 50, colour at half the resolution), come back
with a root mean square error of 1.0 grey levels by the mean, 1.3 by the smaller, the larger or red
alone; the smaller is also too dark by 0.6. (`benchmarks/false_colour.py` measures all of this.)

**Scaling**: libjpeg averages blocks of 2, 4 or 8 pixels as it decodes, which takes a third to two
thirds of the time; `downscaled` does the rest. Against the exact area average of the whole image
the ten real files differ by at most 0.93 grey levels (root mean square) at 512 pixels, with the
mean intensity within 0.21; scaling a wholly decoded image differs by 0.79, and at 224 pixels by
more (2.4 against 1.1).

**What is refused**: a file that is no JPEG or was cut off; grey, CMYK or 12-bit; not square (the
atlas's images are square; cutting would lose cells and stretching would bend them), over
`MAX_SIDE`; four files of unequal size; and a stain whose light is in another colour than its name
says, which a grey image saved as RGB is as well. The last cannot be told of an image without a
pixel brighter than `DIM`: what compression leaves there is as strong as the stain.
"""

from io import BytesIO
from math import ceil
from pathlib import Path

import numpy as np
from jaxtyping import Int
from PIL import Image, UnidentifiedImageError

from hpa_core.classes import CHANNELS
from hpa_core.data.channels import Channel, Layout, check_square, read_content
from hpa_core.data.downscaling import REDUCING_GAP, downscaled
from hpa_core.data.jpeg import Jpeg, check_end, read_jpeg
from hpa_core.errors import ImageError

COLOURS = CHANNELS[:3]
WEIGHTS = {"red": (1, 0, 0), "green": (0, 1, 0), "blue": (0, 0, 1), "yellow": (0.5, 0.5, 0)}
"""What red, green and blue of a file give to its grey channel."""

DIM = 32
STAIN_SHARE = 0.6
"""Of an image's energy (sum of squares) in the stain's own colour, at least. Grey has 1/3 there and
yellow 1/2; the real files have 0.93 to 1.00."""

YELLOW_BLUE_SHARE, YELLOW_EACH_SHARE = 0.2, 0.25
"""Blue's share of a yellow file, at most, and red's and green's, at least; the real files have 0.01
and 0.48."""


def read_false_colour(path: Path, channel: str, side: int | None = None) -> Channel:
    """Decode one false-colour JPEG to its stain's grey channel.

    Args:
        path: the file.
        channel: whose stain it shows.
        side: pixels a side that will be wanted: the result is scaled down to it where the file is
            larger. The file's own if None.

    Raises:
        ImageError: the file breaks the contract above; the sentence says how.
    """
    content = read_content(path)
    jpeg = read_jpeg(content, name=path.name)
    _check_header(jpeg, path.name)
    check_end(content, name=path.name)
    image = _decoded(jpeg, min(side or jpeg.width, jpeg.width), path.name)
    counts = np.array(image.histogram()).reshape(3, 256)
    if problem := wrong_colour(counts, channel):
        raise ImageError(problem, file=path.name)
    grey = image.convert("L", (*WEIGHTS[channel], 0))
    if side is not None and side < grey.width:
        grey = downscaled(grey, side)
    return Channel(grey, jpeg.checksum, file_side=jpeg.width)


def read_side(path: Path) -> int:
    """Return the pixels a side that a JPEG's header claims, without decoding it.

    Raises:
        ImageError: the file is missing or its header breaks the contract.
    """
    jpeg = read_jpeg(read_content(path), name=path.name)
    _check_header(jpeg, path.name)
    return jpeg.width


def wrong_colour(counts: Int[np.ndarray, "3 256"], channel: str) -> str:
    """Say in what colours the light of a file is, if not in its stain's; empty if it is.

    Args:
        counts: how many pixels have each value, in red, green and blue.
        channel: the stain.
    """
    values = np.arange(256.0)
    if not counts[:, DIM:].any():
        return ""
    energies = counts @ values**2
    shares = dict(zip(COLOURS, (energies / energies.sum()).tolist(), strict=True))
    if channel == "yellow":
        each = min(shares["red"], shares["green"])
        right = shares["blue"] <= YELLOW_BLUE_SHARE and each >= YELLOW_EACH_SHARE
    else:
        right = shares[channel] >= STAIN_SHARE
    if right:
        return ""
    found = ", ".join(f"{colour} {100 * share:.0f} %" for colour, share in shares.items())
    expected = "red and green alike" if channel == "yellow" else channel
    return f"shows its light in {found}; expected {expected}."


def _check_header(jpeg: Jpeg, name: str) -> None:
    if jpeg.components != 3 or jpeg.bits != 8:
        raise ImageError(f"is {jpeg.kind}; expected false colour, 8-bit RGB.", file=name)
    check_square(jpeg.width, jpeg.height, name=name)


def _decoded(jpeg: Jpeg, side: int, name: str) -> Image.Image:
    """Decode to RGB, at a half, a quarter or an eighth where that is enough for `side`."""
    try:
        with Image.open(BytesIO(jpeg.data), formats=["JPEG"]) as image:
            if image.size != (jpeg.width, jpeg.height):
                raise ImageError("states two sizes; copy the file again.", file=name)
            image.draft("RGB", (_decoding_side(jpeg.width, side),) * 2)
            return image.convert("RGB")
    except UnidentifiedImageError:
        raise ImageError("has a damaged header; copy or download it again.", file=name) from None
    except OSError as error:
        raise ImageError(
            f"has damaged pixels ({error}); copy or download it again.", file=name
        ) from None


def _decoding_side(width: int, side: int) -> int:
    """Return the least side to decode at: the one wanted if that is a half, a quarter, an eighth.

    Else enough larger that the filter which follows has something to average.
    """
    exact = width % side == 0 and width // side in {1, 2, 4, 8}
    return side if exact else min(width, ceil(side * REDUCING_GAP))


EXTERNAL = Layout(source="external", suffix="jpg", read=read_false_colour, read_side=read_side)
