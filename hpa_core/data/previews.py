"""A preview of augmentation on disk: one sample, its variants, and the partners mixed into them.

Axes: N pictures, 4 channels in the order red, green, blue, yellow, S pixels a side, C classes (28).

One `.npz` holds `images` (N, 4, S, S), `thumbnails` (N, 4, T, T), both uint8, and `about`: JSON.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from hpa_core.data.dataset import THUMBNAIL_SIZE
from hpa_core.data.downscaling import downscaled
from hpa_core.errors import WorkspaceError
from hpa_core.files import write_atomic

SUFFIX, FILE = ".npz", "preview.npz"
"""How a preview's file ends, and what it is called in the folder of the job that made it."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One picture of a preview.

    Attributes:
        sample: id of the sample that it shows, or of which it is a variant.
        targets: what a network is told of it, (C,) from 0 to 1.
        epoch: from 1; 0 where it is no variant but a sample as it is stored.
        copy: from 1, among the copies that an epoch shows of the sample.
        partner: id of the sample that is mixed into it; empty where none is.
        own_share: how much of it is the sample's own, 0 to 1.
        pasted: whether the partner's part is a rectangle, else it is blended.
    """

    sample: str
    targets: tuple[float, ...]
    epoch: int = 0
    copy: int = 0
    partner: str = ""
    own_share: float = 1.0
    pasted: bool = False


@dataclass(frozen=True, kw_only=True)
class Preview:
    """The original, then its variants, then their partners.

    Attributes:
        settings: of the training that would show these variants.
        copies: how often one epoch shows the sample.
    """

    dataset: str
    dataset_hash: str
    sample: str
    settings: dict[str, Any]
    epochs: int
    copies: int
    pictures: tuple[Picture, ...]
    images: UInt8[np.ndarray, "N 4 S S"]

    @property
    def variants(self) -> list[Picture]:
        """Those that are variants, by epoch and copy."""
        return [picture for picture in self.pictures if picture.epoch]


@dataclass(frozen=True, kw_only=True)
class StoredPreview:
    """A preview as it lies on disk.

    Attributes:
        written: when, in nanoseconds of the system's clock.
    """

    preview: Preview
    thumbnails: UInt8[np.ndarray, "N 4 T T"]
    written: int


def write_preview(path: Path, preview: Preview) -> None:
    """Write a preview, atomically.

    Raises:
        WorkspaceError: the disk is full or the folder cannot be written.
    """
    about = {name: value for name, value in vars(preview).items() if name != "images"}
    about["pictures"] = [asdict(picture) for picture in preview.pictures]
    content = BytesIO()
    np.savez(
        content,
        images=preview.images,
        thumbnails=_thumbnails(preview.images),
        about=np.frombuffer(json.dumps(about, allow_nan=False).encode(), dtype=np.uint8),
    )
    write_atomic(path, content.getvalue())


def read_preview(path: Path) -> StoredPreview:
    """Read a preview.

    Raises:
        WorkspaceError: the file is missing or damaged.
    """
    try:
        written = path.stat().st_mtime_ns
        with np.load(BytesIO(path.read_bytes()), allow_pickle=False) as arrays:
            about = json.loads(arrays["about"].tobytes())
            images, thumbnails = arrays["images"], arrays["thumbnails"]
    except FileNotFoundError:
        raise WorkspaceError(f"There is no preview at {path}; make it again.") from None
    except (OSError, EOFError, ValueError, KeyError, BadZipFile) as error:
        raise WorkspaceError(f"{path} is no whole preview ({error}); make it again.") from None
    pictures = tuple(
        Picture(**{**values, "targets": tuple(values["targets"])})
        for values in about.pop("pictures")
    )
    preview = Preview(**about, pictures=pictures, images=images)
    return StoredPreview(preview=preview, thumbnails=thumbnails, written=written)


def contact_sheet(images: UInt8[np.ndarray, "N 4 S S"], *, columns: int) -> Image.Image:
    """Draw pictures as composites, row by row: each channel in its colour, added up."""
    colours = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0]])
    composites = np.einsum("nchw,ck->nhwk", images.astype(int), colours).clip(max=255)
    side, rows = images.shape[-1], -(-len(images) // columns)
    sheet = Image.new("RGB", (columns * side, rows * side))
    for place, composite in enumerate(composites.astype(np.uint8)):
        sheet.paste(Image.fromarray(composite), (place % columns * side, place // columns * side))
    return sheet


def labels_of(targets: Sequence[float]) -> dict[int, float]:
    """Return the classes that are true at all, with how true they are.

    >>> labels_of([0, 0.7, 1])
    {1: 0.7, 2: 1}
    """
    return {number: share for number, share in enumerate(targets) if share > 0}


def _thumbnails(images: UInt8[np.ndarray, "N 4 S S"]) -> UInt8[np.ndarray, "N 4 T T"]:
    side = min(THUMBNAIL_SIZE, images.shape[-1])
    planes = images.reshape(-1, *images.shape[2:])
    small = [np.asarray(downscaled(Image.fromarray(plane), side)) for plane in planes]
    return np.stack(small).reshape(*images.shape[:2], side, side)
