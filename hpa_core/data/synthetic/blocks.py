"""A block of rendered samples, written to disk by one process.

Kept apart from `packing`, so that a worker starts without pandas.
"""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from hpa_core.data.downscaling import downscaled
from hpa_core.data.rowfile import RowFile
from hpa_core.data.synthetic.rendering import Sample, render


@dataclass(frozen=True, kw_only=True)
class Block:
    """Samples that follow one another in a dataset.

    Attributes:
        first: row of the first sample; `rows` is how many the dataset has.
        size: pixels a side of the images; `thumbnail` of the thumbnails.
        known: their hashes, if they were rendered before.
    """

    images: Path
    thumbnails: Path
    rows: int
    first: int
    samples: tuple[Sample, ...]
    size: int
    thumbnail: int
    known: tuple[str, ...] = ()

    @property
    def image_rows(self) -> RowFile:
        """The file that the images go to."""
        return RowFile(self.images, rows=self.rows, shape=(4, self.size, self.size))

    @property
    def thumbnail_rows(self) -> RowFile:
        """The file that the thumbnails go to."""
        return RowFile(self.thumbnails, rows=self.rows, shape=(4, self.thumbnail, self.thumbnail))


def render_block(block: Block) -> tuple[str, ...]:
    """Render and write a block; return each image's SHA-256.

    Rows that already hold what was rendered before an interruption stay; hashing them is some
    hundred times quicker than rendering, and nothing that a power failure spoilt is believed.
    """
    images, thumbnails = block.image_rows, block.thumbnail_rows
    rows = range(block.first, block.first + len(block.samples))
    if block.known and tuple(_hash(images.read(row)) for row in rows) == block.known:
        return block.known
    hashes = []
    for row, sample in zip(rows, block.samples, strict=True):
        image = render(sample, size=block.size)
        images.write(row, image)
        thumbnails.write(row, _thumbnail(image, block.thumbnail))
        hashes.append(_hash(image))
    return tuple(hashes)


def _hash(image: UInt8[np.ndarray, "4 S S"]) -> str:
    return sha256(np.ascontiguousarray(image).data).hexdigest()


def _thumbnail(image: UInt8[np.ndarray, "4 S S"], side: int) -> UInt8[np.ndarray, "4 T T"]:
    return np.stack([np.asarray(downscaled(Image.fromarray(plane), side)) for plane in image])
