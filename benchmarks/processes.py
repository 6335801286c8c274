"""How much of a second process's time reaches the training: images/s of one process and of two.

    python -m benchmarks.processes [--samples 512] [--epochs 4] [--device cuda]

One run after the other, in turns, one thread a process: efficiency is the rate of two over twice
the rate of one. Random pixels at 128 px, the small network, batches of 32, seed 0. On GPUs each
process has one of its own. Two logical cores may be siblings of one physical core: the line tells.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from hpa_core.config import TrainConfig
from hpa_core.data.dataset import open_dataset, write_dataset
from hpa_core.runs.metrics import METRICS, read_metrics
from hpa_core.runs.training import create_training_run
from hpa_core.workspace import Workspace

TURNS = 2


def main() -> None:
    """Print both rates and the efficiency."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=512)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        workspace = Workspace(Path(name)).create()
        _write_random(workspace, options.samples)
        rates = np.array(
            [[_rate(workspace, options, processes) for processes in (1, 2)] for _ in range(TURNS)]
        )
    one, two = np.median(rates, axis=0)
    siblings = Path("/sys/devices/system/cpu/cpu0/topology/thread_siblings_list").read_text()
    print(
        f"1 process {one:.1f} images/s, 2 processes {two:.1f} images/s: efficiency "
        f"{two / (2 * one):.2f} (ratio {two / one:.2f}; median of {TURNS} turns, 1 thread each; "
        f"{os.cpu_count()} logical cores, siblings of core 0: {siblings.strip()})"
    )


def _write_random(workspace: Workspace, samples: int) -> None:
    rng = np.random.default_rng(0)
    folder = workspace.dataset("random")
    folder.mkdir(parents=True)
    images = rng.integers(0, 256, (samples + 32, 4, 128, 128), np.uint8)
    np.save(folder / "images.npy", images)
    np.save(folder / "thumbnails.npy", images[:, :, ::2, ::2])
    ids = [f"{row:05d}" for row in range(len(images))]
    manifest = pd.DataFrame(
        {
            "id": ids,
            "targets": [[row % 28] for row in range(len(images))],
            "split": np.where(np.arange(len(images)) < samples, "train", "validation"),
            "group": ids,
            "source": "random",
            "sha256": [f"{row:064x}" for row in range(len(images))],
        }
    )
    write_dataset(folder, manifest, name="random", source="kaggle", image_size=128)


def _rate(workspace: Workspace, options: argparse.Namespace, processes: int) -> float:
    """Return images/s of the epochs behind the first."""
    config = TrainConfig(
        dataset="random", epochs=options.epochs, optimizer="adamw", device=options.device
    )
    info = open_dataset(workspace, "random").info
    run = create_training_run(
        workspace, config, name="bench", dataset_hash=info.hash, synthetic=True
    )
    subprocess.run(
        [sys.executable, "-m", "hpa_core", "train", "--run", run.id, f"--processes={processes}"],
        env={**os.environ, "HPA_WORKSPACE": str(workspace.root), "OMP_NUM_THREADS": "1"},
        check=True,
        capture_output=True,
    )
    records = read_metrics(run.path / METRICS)[1:]
    return float(np.median([record["rate/train(images/s)"] for record in records]))


if __name__ == "__main__":
    main()
