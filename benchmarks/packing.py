"""Packing rate against the bare decode rate of the same files, on every core, in one run.

    python benchmarks/packing.py [--copies 5] [--rounds 5] [--quartets DIR]

Bar: >= 0.9. Bare decoding is Pillow opening the four PNGs of a sample and NumPy stacking them, on
every core; packing also compares checksums, makes thumbnails, writes, and is durable at the end.
The two take turns, so that other work on the machine touches both; the ratio is that of the
medians. Processor time (user and system) tells the same where the machine is busy.
"""

import argparse
import os
import platform
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path

import numpy as np
from PIL import Image

from hpa_core.data.images import channel_files
from hpa_core.data.packing import core_count, pack_quartets

QUARTETS = Path(os.environ.get("HPA_REALDATA", "../shared/realdata")) / "quartets"


def copied_quartets(source: Path, target: Path, *, copies: int) -> np.ndarray:
    """Copy every quartet `copies` times under new ids; return the ids."""
    ids = sorted({file.name.rpartition("_")[0] for file in source.glob("*.png")})
    for file in source.glob("*.png"):
        for copy in range(copies):
            shutil.copyfile(file, target / f"{copy}-{file.name}")
    return np.array([f"{copy}-{sample_id}" for copy in range(copies) for sample_id in ids])


def decode(folder: Path, sample_id: str) -> np.ndarray:
    """Decode one sample as a loader without a pack would: four PNGs to one array (4, S, S)."""
    channels = []
    for file in channel_files(sample_id):
        with Image.open(folder / file) as image:
            channels.append(np.asarray(image))
    return np.stack(channels)


def decode_all(folder: Path, ids: np.ndarray) -> None:
    """Decode every sample, on every core."""
    with ThreadPoolExecutor(core_count()) as pool:
        for _ in pool.map(decode, repeat(folder), ids):
            pass


def pack_all(source: Path, ids: np.ndarray, target: Path) -> None:
    """Pack every sample into a new folder."""
    target.mkdir()
    pack_quartets(source, ids, target)


def rates(work: Callable[[], None], samples: int) -> tuple[float, float]:
    """Return samples per second of one call: by the clock, and by processor time on one core."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return samples / (time.perf_counter() - wall), samples / (time.process_time() - processor)


def main() -> None:
    """Run both in turns and print the ratio of their rates."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--copies", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quartets", type=Path, default=QUARTETS)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "png", Path(folder) / "packed"
        source.mkdir()
        ids = copied_quartets(arguments.quartets, source, copies=arguments.copies)
        pack_all(source, ids, target)  # both start with warm caches and imports
        bare, packed = [], []
        for _ in range(arguments.rounds):
            bare.append(rates(lambda: decode_all(source, ids), len(ids)))
            shutil.rmtree(target)
            packed.append(rates(lambda: pack_all(source, ids, target), len(ids)))
    print(f"data     {len(ids)} samples, copies of {arguments.quartets.resolve().name}")
    print(f"machine  {platform.processor() or platform.machine()}, {core_count()} cores")
    for index, clock in enumerate(("wall", "processor")):
        print_ratio(clock, [pair[index] for pair in bare], [pair[index] for pair in packed])


def print_ratio(clock: str, bare: list[float], packed: list[float]) -> None:
    """Print both rates by one clock, and the ratio of their medians."""
    for name, values in (("decoding", bare), ("packing", packed)):
        every = ", ".join(f"{rate:.0f}" for rate in values)
        print(f"{clock:9} {name:8} {statistics.median(values):6.1f} samples/s (all: {every})")
    print(
        f"{clock:9} ratio    {statistics.median(packed) / statistics.median(bare):6.3f} (bar 0.9)"
    )


if __name__ == "__main__":
    main()
