"""One shard of a packing: some consecutive samples, decoded, scaled, hashed and written.

Axes: N samples, 4 channels, S pixels a side (T for thumbnails), uint8.
"""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from hpa_core.classes import CHANNELS
from hpa_core.data.dataset import IMAGES, THUMBNAIL_SIZE, THUMBNAILS
from hpa_core.data.downscaling import downscaled
from hpa_core.data.images import Channel, channel_files, read_quartet
from hpa_core.data.journal import SampleRecord, ShardRecord, shard_checksum
from hpa_core.data.rowfile import RowFile
from hpa_core.data.sources import file_stamps
from hpa_core.errors import ImageError

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

    def __init__(
        self, source: Path, ids: np.ndarray, target: Path, *, side: int, scale: bool
    ) -> None:
        """Make both files, or take up those that were left behind.

        Args:
            source: the folder of PNGs.
            ids: (N,) of str.
            target: the folder to pack into.
            side: pixels a side of the packed images.
            scale: whether larger images are scaled down rather than refused.
        """
        self.side = side
        self.samples = len(ids)
        self._source, self._ids, self._scale = source, ids, scale
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
        hashes: list[str] = []
        thumbnails: list[np.ndarray] = []
        records = []
        for row in rows:
            record, thumbnail = self._pack_sample(row)
            records.append(record)
            if thumbnail is not None:
                hashes.append(record.sha256)
                thumbnails.append(thumbnail)
        return ShardRecord(shard, tuple(records), shard_checksum(hashes, thumbnails))

    def _pack_sample(self, row: int) -> tuple[SampleRecord, np.ndarray | None]:
        stamps = file_stamps(self._source, self._ids[row])
        try:
            quartet = read_scaled(self._source, self._ids[row], side=self.side, scale=self._scale)
        except ImageError as error:
            return SampleRecord(stamps=stamps, file=error.file, reason=str(error)), None
        pixels = stacked(quartet)
        thumbnail = np.stack(
            [np.asarray(downscaled(channel.image, self._thumbnail_side)) for channel in quartet]
        )
        self._images.write(row, pixels)
        self._thumbnails.write(row, thumbnail)
        return SampleRecord(
            stamps=stamps,
            sha256=pixel_hash(pixels),
            sixteen_bit=any(channel.sixteen_bit for channel in quartet),
        ), thumbnail

    def _holds(self, rows: range, known: ShardRecord) -> bool:
        """Tell whether a shard's pixels and files are still what its record says."""
        if len(known.samples) != len(rows):
            return False
        hashes, thumbnails = [], []
        for row, sample in zip(rows, known.samples, strict=True):
            if file_stamps(self._source, self._ids[row]) != sample.stamps:
                return False
            if not sample.refused:
                hashes.append(pixel_hash(self._images.read(row)))
                thumbnails.append(self._thumbnails.read(row))
        return shard_checksum(hashes, thumbnails) == known.checksum

    def _row_file(self, path: Path, side: int) -> RowFile:
        file = RowFile(path, rows=self.samples, shape=(len(CHANNELS), side, side))
        file.prepare()
        return file


def read_scaled(source: Path, sample_id: str, *, side: int, scale: bool) -> tuple[Channel, ...]:
    """Read a quartet at `side` pixels a side.

    Args:
        source: the folder of PNGs.
        sample_id: whose.
        side: pixels a side.
        scale: whether larger images are scaled down rather than refused.

    Raises:
        ImageError: a file breaks its contract, or its size cannot become `side`.
    """
    quartet = read_quartet(source, sample_id)
    found = quartet[0].side
    if found < side or (found > side and not scale):
        raise ImageError(
            f"is {found} px a side, the dataset's images {side} px; choose a size that all images "
            "can be scaled down to.",
            file=channel_files(sample_id)[0],
        )
    return tuple(replace(channel, image=downscaled(channel.image, side)) for channel in quartet)


def stacked(quartet: tuple[Channel, ...]) -> UInt8[np.ndarray, "4 S S"]:
    """Return the pixels of four channels as one array."""
    return np.stack([channel.pixels for channel in quartet])


def pixel_hash(pixels: UInt8[np.ndarray, "4 S S"]) -> str:
    """Return the SHA-256 of the pixels, whatever file they came from."""
    return sha256(pixels.data).hexdigest()
