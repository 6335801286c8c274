"""What reading labels costs as history grows: processor time, SQLite, one process.

    python -m benchmarks.label_history [--events 10000 100000]

Two people label images of a dataset of one image for every ten events, in acts of 50; a
twentieth of the images get a blind opinion. Each line is the median of
some repetitions of what a page, the pad's route or a command asks the store for.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from hpa_core.labeling import (
    SHARED,
    DatasetRef,
    Decision,
    LabelStore,
    blind_track,
    new_key,
    open_store,
)
from hpa_core.labeling.quality.noise import RANDOM
from hpa_core.workspace import Workspace

DATASET = DatasetRef("large", "0" * 64)
ACT, PASSES, REPEATS = 50, 10, 5
PEOPLE = ("Ana", "Bo")


def main() -> None:
    """Fill a store with each number of events and time what reads them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, nargs="+", default=[10_000, 100_000])
    for events in parser.parse_args().events:
        with (
            tempfile.TemporaryDirectory() as folder,
            open_store(Workspace(Path(folder)).create()) as store,
        ):
            fill(store, events)
            print(f"{events:,} events of {events // PASSES:,} images")
            for name, read in reads(store).items():
                print(f"  {name:34s} {1000 * cost(read):8.1f} ms")


def fill(store: LabelStore, events: int) -> None:
    """Let two people change the labels of every image in turn, and some look at it blind."""
    images = [f"image-{number:06d}" for number in range(events // PASSES)]
    for turn in range(PASSES):
        by = PEOPLE[turn % 2]
        for start in range(0, len(images), ACT):
            part = images[start : start + ACT]
            blind = turn == PASSES - 1 and start < len(images) // 20
            track, base = (blind_track(by), 0) if blind else (SHARED, turn)
            record(store, [decision(each, track, base, turn) for each in part], by)


def decision(sample: str, track: str, base: int, turn: int) -> Decision:
    """Return what is said of a sample on a turn."""
    return Decision(sample=sample, base=base, kind="label", labels=(turn, 25), track=track)


def record(store: LabelStore, decisions: list[Decision], by: str) -> None:
    """Record one act."""
    store.record(decisions, by=by, dataset=DATASET, key=new_key())


def reads(store: LabelStore) -> dict[str, Callable[[], object]]:
    """Return what is asked of the store, by who asks."""
    store.watch(DATASET)
    return {
        "status: labels in force": lambda: store.opinions(DATASET),
        "status: counts": lambda: store.counts(DATASET),
        "status, page: asked at random": lambda: store.history(DATASET, reasons=RANDOM),
        "page: agreement's events": lambda: store.compared(DATASET),
        "page: one image's history": lambda: store.history(DATASET, samples=["image-000500"]),
        "history --last 50": lambda: store.history(DATASET, last=50),
        "history --by Ana --last 50": lambda: store.history(DATASET, annotator="Ana", last=50),
        "pad: the last acts, to undo": lambda: store.steps(DATASET, "Ana", limit=50),
        "pad: what is new since last time": lambda: store.watch(DATASET),
        "labels check (all of history)": lambda: store.check(DATASET),
    }


def cost(read: Callable[[], object]) -> float:
    """Return the median processor time in seconds."""
    times = []
    for _ in range(REPEATS):
        start = time.process_time()
        read()
        times.append(time.process_time() - start)
    return statistics.median(times)


if __name__ == "__main__":
    main()
