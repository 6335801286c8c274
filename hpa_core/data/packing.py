"""Packing quartets of image files into two memory-mapped arrays, on every core, resumably.

Axes: N samples, 4 channels, S pixels a side (T for thumbnails), uint8.

Samples are packed in shards. A shard that the journal knows is believed after a crash if its pixels
have the checksum written there and its files have not changed; else it is packed again. A refused
sample leaves a gap; at the end the last samples are moved into the gaps, so that the rows are the
table's order but for those. What comes out depends on the input alone: not on the number of cores,
nor on how often the packing was killed.

Threads, not processes: Pillow, the checksums and file writes all release the interpreter's lock
(two threads decode 1.01 times what two processes do, and the 0.3 ms of a sample's 7 that hold it
leave room for some 20 cores), and threads start in no time on every system.
"""

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Int

from hpa_core.data.channels import MAX_SIDE, Layout
from hpa_core.data.images import KAGGLE
from hpa_core.data.journal import SampleRecord, ShardRecord, append_record, read_journal
from hpa_core.data.rowfile import RowFile
from hpa_core.data.shards import ShardPacker
from hpa_core.errors import ConfigError, DatasetError, ImageError
from hpa_core.progress import Progress, quiet

JOURNAL = "journal.jsonl"
SIDE_SAMPLES = 101
"""How many headers are read to learn the size that most images have."""


@dataclass(frozen=True, eq=False)
class Packing:
    """What lies in `images.npy` now.

    Attributes:
        rows: (n,) for every packed row, which of the ids it is.
        records: what became of every id, in the order of the ids.
        side: pixels a side.
    """

    rows: Int[np.ndarray, " n"]
    records: tuple[SampleRecord, ...]
    side: int


def pack_quartets(  # noqa: PLR0913 - the keyword-only options of one packing
    source: Path,
    ids: np.ndarray,
    target: Path,
    *,
    layout: Layout = KAGGLE,
    size: int | None = None,
    progress: Progress = quiet,
) -> Packing:
    """Pack the four files of every id into `images.npy` and `thumbnails.npy`.

    Memory stays at a few samples a core. Called again after it was ended in any way, it goes on.

    Args:
        source: the folder of the files.
        ids: (N,) of str.
        target: the folder to pack into; it must exist, and belong to this call alone.
        layout: what the files are called and how they are read.
        size: pixels a side to scale down to; the size that most files have if None.
        progress: told the samples done.

    Raises:
        ConfigError: the size cannot be meant.
        DatasetError: not one sample could be packed.
        WorkspaceError: the disk is full or the folder cannot be written; go on after mending it.
    """
    if size is not None and not 1 <= size <= MAX_SIDE:
        raise ConfigError(f"Images cannot have {size} px a side; expected 1 to {MAX_SIDE}.")
    side = size or _usual_side(source, ids, layout)
    shards = ShardPacker(source, ids, target, layout=layout, side=side, scale=bool(size))
    records = _pack_shards(shards, target / JOURNAL, progress)
    refused = np.array([record.refused for record in records])
    if refused.all():
        raise DatasetError(
            f"Not one of {len(ids)} samples in {source} could be packed; the first: "
            f"{records[0].reason}"
        )
    return Packing(_close_up(shards.files, refused), tuple(records), shards.side)


def _pack_shards(shards: ShardPacker, journal: Path, progress: Progress) -> list[SampleRecord]:
    """Pack every shard that is not done yet; return the record of every sample."""
    known = read_journal(journal)
    records: dict[int, ShardRecord] = {}
    packed = 0
    # One more than there are cores: a thread that waits for the disk leaves no core idle.
    with ThreadPoolExecutor(core_count() + 1) as pool:
        futures = [pool.submit(shards.pack, shard, known.get(shard)) for shard in shards.numbers]
        try:
            for future in as_completed(futures):
                record = future.result()
                if record is not known.get(record.shard):
                    # This thread has nothing else to do: the disk works while the others decode.
                    for file in shards.files:
                        file.sync()
                    append_record(journal, record)
                records[record.shard] = record
                packed += len(record.samples)
                progress(packed, shards.samples, unit="samples")
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return [sample for shard in shards.numbers for sample in records[shard].samples]


def _close_up(files: tuple[RowFile, ...], refused: Bool[np.ndarray, " N"]) -> Int[np.ndarray, " n"]:
    """Move the last samples into the gaps; return which sample each row is."""
    count = int((~refused).sum())
    gaps = np.flatnonzero(refused[:count])
    last = count + np.flatnonzero(~refused[count:])
    for file in files:
        file.finish(count, zip(last.tolist(), gaps.tolist(), strict=True))
    rows = np.arange(count)
    rows[gaps] = last
    return rows


def core_count() -> int:
    """Return how many cores this process may run on."""
    if hasattr(os, "sched_getaffinity"):  # a container or `taskset` may allow fewer than there are
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _usual_side(source: Path, ids: np.ndarray, layout: Layout) -> int:
    """Return the side that most of some samples spread over the table have."""
    sides: Counter[int] = Counter()
    reason = ""
    for row in np.unique(np.linspace(0, len(ids) - 1, SIDE_SAMPLES).astype(int)):
        try:
            sides[layout.read_side(source / layout.files(ids[row])[0])] += 1
        except ImageError as error:
            reason = reason or str(error)
    if not sides:
        raise DatasetError(f"No image of {source} can be read: {reason} Or say the size wanted.")
    return sides.most_common(1)[0][0]
