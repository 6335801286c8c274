"""What predictions together are worth: several epochs of a run, several views, several runs.

    python -m benchmarks.ensembles [--seeds 3] [--epochs 10] [--keep-best 5]

Trains the small network at 64 px by the preset `demo` on 900 rendered cells, choosing epochs on 300
others, and judges on 600 more: macro average precision, which needs no thresholds, and macro F1
with each class's best threshold on the 300. Cells are synthetic: directions at most carry over.
Prints the mean over the seeds, and what each seed gains over its own best epoch.
"""

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from sklearn.metrics import average_precision_score

from hpa_core.config import PRESETS
from hpa_core.data.dataset import Dataset
from hpa_core.data.synthetic.packing import write_synthetic
from hpa_core.evaluation.curves import best_thresholds
from hpa_core.evaluation.metrics import evaluate
from hpa_core.inference import Views, open_members, predict_together
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.predictions import Predictions, read_predictions
from hpa_core.runs.training import create_training_run
from hpa_core.training import train
from hpa_core.workspace import Workspace

SPLITS = {"train": 900, "validation": 300}
FRESH = {"test": 600}
SIZE = 64
PLAIN, TURNS = Views(), Views("turns")


def main() -> None:
    """Train, predict in every way, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--keep-best", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder)).create()
        learnt = write_synthetic(workspace, "learnt", splits=SPLITS, size=SIZE)
        fresh = write_synthetic(workspace, "fresh", splits=FRESH, size=SIZE)
        runs = [trained(workspace, learnt, options, seed) for seed in range(options.seeds)]
        ways = {
            "the best epoch": [([run.id], PLAIN) for run in runs],
            "the last epoch": [([f"{run.id}:last"], PLAIN) for run in runs],
            f"the {options.keep_best} best epochs": [([f"{run.id}:top"], PLAIN) for run in runs],
            "the best epoch, 8 views": [([run.id], TURNS) for run in runs],
            "both": [([f"{run.id}:top"], TURNS) for run in runs],
            "the best epoch of every run": [([run.id for run in runs], PLAIN)],
        }
        scores = {
            way: np.array([score(workspace, learnt, fresh, *one) for one in asked])
            for way, asked in ways.items()
        }
    best = scores["the best epoch"]
    for way, found in scores.items():
        gains = " ".join(f"{gain:+.3f}/{f1:+.3f}" for gain, f1 in found - best[: len(found)])
        precision, f1 = found.mean(axis=0)
        print(f"{way:28s} average precision {precision:.3f}, macro F1 {f1:.3f}; gains {gains}")


def trained(
    workspace: Workspace, learnt: Dataset, options: argparse.Namespace, seed: int
) -> RunFolder:
    """Train one run."""
    config = replace(
        PRESETS["demo"](learnt.info.name),
        image_size=SIZE,
        epochs=options.epochs,
        keep_best=options.keep_best,
        seed=seed,
    )
    run = create_training_run(
        workspace, config, name=f"seed-{seed}", dataset_hash=learnt.info.hash, synthetic=True
    )
    train(workspace, run)
    return run


def score(
    workspace: Workspace, learnt: Dataset, fresh: Dataset, names: list[str], views: Views
) -> tuple[float, float]:
    """Return macro average precision and macro F1 on the fresh cells."""
    members = open_members(workspace, names)
    word = "-".join([views.name, *names]).replace(":", "-")[-80:]

    def predicted(dataset: Dataset, split: str) -> Predictions:
        name = f"{dataset.info.name}-{word}"
        run = predict_together(workspace, members, dataset, split, name=name, views=views)
        return read_predictions(run, split)

    fitted, judged = predicted(learnt, "validation"), predicted(fresh, "test")
    thresholds = best_thresholds(fitted.probs, fitted.targets).thresholds
    there = judged.targets.any(axis=0)
    precision = average_precision_score(
        judged.targets[:, there], judged.probs[:, there], average="macro"
    )
    return float(precision), evaluate(judged.targets, judged.probs > thresholds).macro_f1


if __name__ == "__main__":
    main()
