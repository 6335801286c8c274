"""Labels acknowledged a second, beside the bare database; and what the next sample costs.

    python benchmarks/labels.py [--acts 400] [--writers 8] [--samples 31072]

The yardstick is SQLite itself: one row inserted and committed with synchronous=FULL, through the
standard library, on the same disk in the same run. HPA_DATABASE_URL names a PostgreSQL to measure
too (an empty database; this fills it).
"""

import argparse
import os
import platform
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path

from hpa_core.labeling import (
    DatasetRef,
    Decision,
    LabelStore,
    Queue,
    QueueSettings,
    new_key,
    next_samples,
    open_store,
)
from hpa_core.labeling.database.location import URL_VARIABLE
from hpa_core.workspace import Workspace

DATASET = DatasetRef("benchmark", "0" * 64)
LABELS = (0, 25)


def bare_commits(folder: Path, *, acts: int) -> float:
    """Return commits a second of one row each."""
    connection = sqlite3.connect(folder / "bare.sqlite", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE labels (sample TEXT, labels TEXT)")
    start = time.perf_counter()
    for number in range(acts):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO labels VALUES (?, ?)", (f"s{number}", "0 25"))
        connection.execute("COMMIT")
    return acts / (time.perf_counter() - start)


def label(store: LabelStore, prefix: str, *, acts: int) -> list[float]:
    """Label samples one act each; return the seconds of every act."""
    seconds = []
    for number in range(acts):
        decision = Decision(sample=f"{prefix}-{number}", base=0, kind="label", labels=LABELS)
        start = time.perf_counter()
        store.record([decision], by=prefix, dataset=DATASET, key=new_key())
        seconds.append(time.perf_counter() - start)
    return seconds


def write(folder: str, url: str, prefix: str, acts: int, together: Barrier) -> None:
    """Label as one of several processes that begin together."""
    os.environ[URL_VARIABLE] = url
    with open_store(Workspace(Path(folder)), lock_seconds=60) as store:
        store.role(prefix)
        together.wait()
        label(store, prefix, acts=acts)


def together(folder: Path, *, writers: int, acts: int, prefix: str) -> float:
    """Return labels a second of several processes."""
    context = get_context("spawn")
    begin = context.Barrier(writers + 1)
    url = os.environ.get(URL_VARIABLE, "")
    names = [f"{prefix}{number}" for number in range(writers)]
    arguments = [(str(folder), url, name, acts // writers, begin) for name in names]
    processes = [context.Process(target=write, args=one) for one in arguments]
    for process in processes:
        process.start()
    begin.wait()
    start = time.perf_counter()
    for process in processes:
        process.join()
    assert all(process.exitcode == 0 for process in processes)
    return acts // writers * writers / (time.perf_counter() - start)


def next_sample_seconds(store: LabelStore, *, samples: int) -> tuple[float, float]:
    """Return the seconds of the first next sample of a half labelled dataset, and of later ones."""
    ids = [f"q-{number:08d}" for number in range(samples)]
    for start in range(0, samples // 2, 1000):
        grid = [
            Decision(sample=name, base=0, kind="label", labels=LABELS)
            for name in ids[start : min(start + 1000, samples // 2)]
        ]
        store.record(grid, by="Ana", dataset=DATASET, key=new_key())
    queue = Queue(order=ids, reason="rare", settings=QueueSettings(control_share=0.1), control=ids)

    def ask() -> float:
        start = time.perf_counter()
        (lease,) = next_samples(store, queue, by="Bo", dataset=DATASET, count=1)
        seconds = time.perf_counter() - start
        decision = Decision(sample=lease.sample, base=0, kind="label", labels=LABELS)
        store.record([decision], by="Bo", dataset=DATASET, key=new_key())
        return seconds

    return ask(), statistics.median(ask() for _ in range(30))


def measure(name: str, folder: Path, arguments: argparse.Namespace, bare: float) -> None:
    """Print one database's figures."""
    with open_store(Workspace(folder)) as store:
        label(store, "warm", acts=20)
        seconds = label(store, "one", acts=arguments.acts)
        rate = len(seconds) / sum(seconds)
        p95 = statistics.quantiles(seconds, n=20)[-1]
        print(
            f"{name}, 1 writer    {rate:,.0f} labels/s, {rate / bare:.2f} of bare SQLite;", end=""
        )
        print(f" one act p50 {statistics.median(seconds) * 1e3:.1f}, p95 {p95 * 1e3:.1f} ms")
        several = together(folder, writers=arguments.writers, acts=arguments.acts, prefix="w")
        print(f"{name}, {arguments.writers} writers   {several:,.0f} labels/s in all")
        first, later = next_sample_seconds(store, samples=arguments.samples)
        half = arguments.samples // 2
        print(f"{name}, next sample with {half} labelled: first {first * 1e3:.0f} ms, ", end="")
        print(f"then {later * 1e3:.0f} ms")


def on_disk(work: Callable[[Path], None]) -> None:
    """Do work in a folder beside this file: a temporary folder may lie in memory."""
    with tempfile.TemporaryDirectory(dir=Path(__file__).parents[1]) as folder:
        work(Path(folder))


def main() -> None:
    """Measure SQLite, and PostgreSQL where one is named."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--acts", type=int, default=400)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--samples", type=int, default=31_072)
    arguments = parser.parse_args()
    url = os.environ.pop(URL_VARIABLE, "")

    def work(folder: Path) -> None:
        bare = bare_commits(folder, acts=arguments.acts)
        print(f"machine  {platform.processor() or platform.machine()}, {os.cpu_count()} cores")
        print(f"bare SQLite         {bare:,.0f} commits/s")
        measure("SQLite", folder, arguments, bare)
        if url:
            os.environ[URL_VARIABLE] = url
            measure("PostgreSQL", folder, arguments, bare)

    on_disk(work)


if __name__ == "__main__":
    main()
