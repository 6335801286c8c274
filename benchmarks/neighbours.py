"""How long the job takes that finds the neighbours of every labelled sample, and its memory.

    OMP_NUM_THREADS=1 python -m benchmarks.neighbours [--samples 113446] [--features 256]

Random embeddings, all of them labelled: what they are changes neither time nor memory. One run of
the command as the page starts it, from the interpreter's start to the file in the run; peak memory
is that of the whole process. The last line is the largest split of so many features that a page
compares by itself, median of five.
"""

import argparse
import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.commands import command
from dashboard.neighbours import AT_ONCE
from hpa_core.evaluation.neighbours import nearest_rows
from hpa_core.evaluation.suspicious.ranking import NEIGHBOURS
from hpa_core.runs.folder import RunInfo, create_run
from hpa_core.runs.predictions import Predictions, write_predictions
from hpa_core.workspace import Workspace

UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes that one unit of `ru_maxrss` is."""


def main() -> None:
    """Print what the job took, and what a page takes at most."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=113_446)
    parser.add_argument("--features", type=int, default=256)
    asked = parser.parse_args()
    rng = np.random.default_rng(0)
    print(f"{asked.samples:,} samples, {asked.features} features", flush=True)
    with TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder)).create()
        make_run(workspace, rng, asked.samples, asked.features)
        began = time.perf_counter()
        print(command(workspace, "neighbours", "random").strip())
        seconds = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"the job: {seconds:.0f} s, {used.ru_utime + used.ru_stime:.0f} processor seconds, peak "
        f"{used.ru_maxrss * UNIT / 2**20:.0f} MiB"
    )
    few = int((AT_ONCE / asked.features) ** 0.5)
    embeddings = draw(rng, few, asked.features)
    nearest_rows(embeddings, NEIGHBOURS)  # Imports scikit-learn.
    took = []
    for _ in range(5):
        began = time.perf_counter()
        nearest_rows(embeddings, NEIGHBOURS)
        took.append(time.perf_counter() - began)
    print(f"a page by itself: {few:,} samples at most, {np.median(took):.2f} s")


def make_run(workspace: Workspace, rng: np.random.Generator, samples: int, features: int) -> None:
    """Write a run of random predictions, with truth and embeddings."""
    targets = np.eye(28, dtype=bool)[rng.integers(0, 28, samples)]
    predictions = Predictions(
        ids=np.array([f"00000000-0000-0000-0000-{row:012}" for row in range(samples)]),
        probs=rng.random((samples, 28), dtype=np.float32),
        targets=targets,
        embeddings=draw(rng, samples, features),
    )
    run = create_run(workspace, RunInfo(id="random", kind="scores"))
    write_predictions(run, "validation", predictions)


def draw(rng: np.random.Generator, samples: int, features: int) -> np.ndarray:
    """Draw embeddings in half precision, as predictions keep them."""
    return rng.normal(size=(samples, features)).astype(np.float16)


if __name__ == "__main__":
    main()
