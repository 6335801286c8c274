"""Time and memory of reading a label table of a million rows.

    python benchmarks/label_table.py [--rows 1000000] [--seed 0]

Bar: < 5 s and < 1 GB. The ids are UUIDs as in the competition, the targets 1 to 4 random classes in
random order, so that nearly half of them differ: harder than real tables, where a few hundred do.
"""

import argparse
import platform
import resource
import sys
import tempfile
import time
from pathlib import Path
from uuid import UUID

import numpy as np

from hpa_core.data.labels import read_label_table


def write_table(path: Path, *, rows: int, seed: int) -> None:
    """Write a random label table."""
    rng = np.random.default_rng(seed)
    with path.open("w") as file:
        file.write("Id,Target\n")
        for _ in range(rows):
            classes = rng.choice(28, rng.integers(1, 5), replace=False)
            file.write(f"{UUID(bytes=rng.bytes(16))},{' '.join(map(str, classes))}\n")


def peak_mib() -> float:
    """Return the most memory this process has held."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024**2 if sys.platform == "darwin" else 1024)


def main() -> None:
    """Write a table, read it, print what it took."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "labels.csv"
        write_table(path, rows=arguments.rows, seed=arguments.seed)
        megabytes, before = path.stat().st_size / 1e6, peak_mib()
        start = time.perf_counter()
        table = read_label_table(path)
        seconds = time.perf_counter() - start
    print(f"data     {len(table.ids)} rows, {megabytes:.0f} MB, seed {arguments.seed}")
    print(f"machine  {platform.processor() or platform.machine()}, 1 core")
    print(f"time     {seconds:.2f} s (bar 5)")
    print(f"memory   {peak_mib():.0f} MiB at the most, {before:.0f} before reading (bar 1,000 MB)")


if __name__ == "__main__":
    main()
