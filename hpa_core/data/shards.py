"""One shard of a packing: some consecutive samples, decoded, scaled, hashed and written.

Axes: N samples, 4 channels, S pixels a side (T for thumbnails), uint8.
"""

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hpa_core.classes import CHANNELS
from hpa_core.data.channels import Layout, grey_pixels
from hpa_core.data.dataset import IMAGES, THUMBNAIL_SIZE, THUMBNAILS
from hpa_core.data.downscaling import downscaled
from hpa_core.data.images import content_hash, read_quartet
from hpa_core.data.journal import SampleRecord, ShardRecord
from hpa_core.data.rowfile import RowFile
from hpa_core.data.sources import file_stamps
from hpa_core.errors import ImageError

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

SHARD_BYTES = 16 * 1024**2
"""Pixels a shard: what a kill costs at most for each core, 16 samples of 512 px."""


class ShardPacker:
    """Packs any shard of a table, from any thread; shards share no pixel and no state.

    Attributes:
        side: pixels a side of the packed images.
        samples: how many there are in all.
        numbers: of the shards.
        files: images and thumbnails.
    """

    def __init__(  # noqa: PLR0913 - the keyword-only options of one packing
        self,
        source: Path,
        ids: np.ndarray,
        target: Path,
        *,
        layout: Layout,
        side: int,
        scale: bool,
    ) -> None:
        """Make both files, or take up those that were left behind.

        Args:
            source: the folder of image files.
            ids: (N,) of str.
            target: the folder to pack into.
            layout: of the files.
            side: pixels a side of the packed images.
            scale: whether larger images are scaled down rather than refused.
        """
        self.side = side
        self.samples = len(ids)
        self._source, self._ids = source, ids
        self._layout, self._scale = layout, scale
        self._thumbnail_side = min(THUMBNAIL_SIZE, side)
        self._rows = max(1, SHARD_BYTES // (len(CHANNELS) * side**2))
        self.numbers = range(-(-len(ids) // self._rows))
        self._images = self._row_file(target / IMAGES, side)
        self._thumbnails = self._row_file(target / THUMBNAILS, self._thumbnail_side)
        self.files = (self._images, self._thumbnails)

    def pack(self, shard: int, known: ShardRecord | None) -> ShardRecord:
        """Pack one shard, unless `known` still tells the truth about it; then return `known`."""
        rows = range(shard * self._rows, min((shard + 1) * self._rows, self.samples))
        if known and self._holds(rows, known):
            return known
        checksum = sha256()
        records = []
        pixels, thumbnail = (np.empty(file.shape, dtype=np.uint8) for file in self.files)
        for row in rows:
            record = self._pack_sample(row, pixels, thumbnail)
            records.append(record)
            if not record.refused:
                _add(checksum, pixels, thumbnail)
        return ShardRecord(shard, tuple(records), checksum.hexdigest())

    def _pack_sample(self, row: int, pixels: np.ndarray, thumbnail: np.ndarray) -> SampleRecord:
        """Pack one sample by way of the two arrays, whose memory all samples of a shard share."""
        sample_id = self._ids[row]
        stamps = file_stamps(self._source, self._layout.files(sample_id))
        quartet = read_quartet(
            self._source, sample_id, side=self.side, scale=self._scale, layout=self._layout
        )
        checksums, sixteen_bit, file_side = [], False, 0
        try:
            for number, channel in enumerate(quartet):
                pixels[number] = channel.pixels
                small = downscaled(channel.image, self._thumbnail_side)
                thumbnail[number] = grey_pixels(small)
                checksums.append(channel.checksums)
                sixteen_bit |= channel.sixteen_bit
                file_side = channel.file_side
        except ImageError as error:
            return SampleRecord(stamps=stamps, file=error.file, reason=str(error))
        self._images.write(row, pixels)
        self._thumbnails.write(row, thumbnail)
        return SampleRecord(
            stamps=stamps,
            sha256=content_hash(checksums),
            sixteen_bit=sixteen_bit,
            file_side=file_side,
        )

    def _holds(self, rows: range, known: ShardRecord) -> bool:
        """Tell whether a shard's pixels and files are still what its record says."""
        if len(known.samples) != len(rows):
            return False
        checksum = sha256()
        for row, sample in zip(rows, known.samples, strict=True):
            files = self._layout.files(self._ids[row])
            if file_stamps(self._source, files) != sample.stamps:
                return False
            if not sample.refused:
                _add(checksum, self._images.read(row), self._thumbnails.read(row))
        return checksum.hexdigest() == known.checksum

    def _row_file(self, path: Path, side: int) -> RowFile:
        file = RowFile(path, rows=self.samples, shape=(len(CHANNELS), side, side))
        file.prepare()
        return file


def _add(checksum: "Hash", pixels: np.ndarray, thumbnail: np.ndarray) -> None:
    """Add a sample to a shard's checksum.

    Of the pixels, the exclusive or of all rows: it finds what a crash can leave (pages of zeros, of
    another sample, of older content) in a tenth of SHA-256's time.
    """
    rows = pixels.reshape(-1, pixels.shape[-1])
    checksum.update(np.bitwise_xor.reduce(rows, axis=0).data)
    checksum.update(thumbnail.data)
