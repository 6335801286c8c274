"""The whole loop on the demo: correct its known wrong labels, publish, train again, compare.

    python benchmarks/label_loop.py [--epochs 10] [--seeds 1]

The demo's cells are synthetic and their label noise is known, so this shows that the loop closes
and what perfect corrections are worth there; it says nothing of real proteins. Both runs are judged
by the corrected labels of the validation split, on which neither was trained. All of the noise is
corrected, not what a model suspected, so neither run has an advantage.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from hpa_core.data.dataset import Dataset, open_dataset, targets_from_lists
from hpa_core.labeling import Decision, LabelStore, new_key, open_store
from hpa_core.workspace import Workspace

ROOT = Path(__file__).parents[1]
GRID = 48


def command(workspace: Workspace, *arguments: object) -> str:
    """Run one of the project's commands in a workspace and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "hpa_core", *map(str, arguments)],
        env={**os.environ, "HPA_WORKSPACE": str(workspace.root)},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


def correct_noise(store: LabelStore, dataset: Dataset, *, by: str) -> int:
    """Give every sample whose label is known to be wrong the right one, a grid at a time."""
    clean = targets_from_lists(dataset.manifest["clean_targets"])
    wrong = np.flatnonzero((clean != dataset.targets).any(axis=1))
    for start in range(0, len(wrong), GRID):
        decisions = [
            Decision(
                sample=str(dataset.ids[row]),
                base=0,
                kind="label",
                labels=tuple(np.flatnonzero(clean[row]).tolist()),
            )
            for row in wrong[start : start + GRID]
        ]
        store.record(decisions, by=by, dataset=dataset.info, key=new_key())
    return len(wrong)


def trained(workspace: Workspace, dataset: str, *, epochs: int, seed: int) -> str:
    """Train on a dataset and return the run's id."""
    known = {path.name for path in workspace.runs.iterdir()}
    command(workspace, "train", dataset, "--epochs", epochs, "--seed", seed)
    (run,) = {path.name for path in workspace.runs.iterdir()} - known
    return run


def main() -> None:
    """Make the demo, correct, publish, train twice a seed, compare."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder)).create()
        command(workspace, "demo")
        dataset = open_dataset(workspace, "demo")
        with open_store(workspace) as store:
            store.give_role("Rita", "admin", by="Rita")
            corrected = correct_noise(store, dataset, by="Rita")
        command(workspace, "labels", "publish", "demo", "--as", "demo-2", "--by", "Rita")
        print(f"data     demo, {dataset.info.samples} synthetic cells, {corrected} corrected")
        for seed in range(arguments.seeds):
            options = {"epochs": arguments.epochs, "seed": seed}
            runs = [trained(workspace, name, **options) for name in ("demo", "demo-2")]
            compare = ("labels", "compare", *runs, "--truth", "demo-2", "--json")
            found: dict[str, Any] = json.loads(command(workspace, *compare))
            low, high = found["interval"]
            print(
                f"seed {seed}   macro F1 at 0.5 on {found['images']} validation cells: "
                f"{found['before']:.4f} before, {found['after']:.4f} after, "
                f"{found['difference']:+.4f} (95 %: {low:+.4f} to {high:+.4f})",
                flush=True,
            )


if __name__ == "__main__":
    main()
