"""Make the shipped checkpoint: render cells, train the small network, measure it on other cells.

    OMP_NUM_THREADS=1 python -m checkpoints.make_demo

Renders `demo-training` (6,000 samples; another name than the demo's, so other seeds, so no image
of the demo is ever learnt from), trains the preset `demo` on it for 16 epochs, and writes beside
this `demo.safetensors`, `demo.json` (figures) and `demo.metrics.jsonl` (one line an epoch). Work
lies in `build/demo-checkpoint`; an interrupted call goes on where it stopped.
"""

import json
import logging
import os
import platform
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch

from checkpoints.measure_demo import measure
from hpa_core.config import PRESETS, TrainConfig
from hpa_core.data.dataset import INFO, Dataset, open_dataset
from hpa_core.data.synthetic.packing import write_demo, write_synthetic
from hpa_core.data.synthetic.randomness import RECIPE
from hpa_core.files import write_atomic, write_json
from hpa_core.models.tensorfile import read_tensors, write_tensors
from hpa_core.progress import Progress, terminal_progress
from hpa_core.runs.folder import CONFIG, RunFolder, RunInfo, create_run, open_run
from hpa_core.runs.metrics import METRICS, read_metrics
from hpa_core.runs.status import read_status
from hpa_core.training import train
from hpa_core.workspace import Workspace

HERE = Path(__file__).parent
WEIGHTS, FIGURES, HISTORY = (
    HERE / name for name in ("demo.safetensors", "demo.json", "demo.metrics.jsonl")
)
TRAINING = "demo-training"
SPLITS = {"train": 5400, "validation": 600}
EPOCHS = 16


def make(workspace: Workspace, progress: Progress) -> None:
    """Render, train, export and measure; every finished step is skipped when repeated."""
    learnt = _dataset(workspace, TRAINING, progress)
    config = replace(PRESETS["demo"](TRAINING), epochs=EPOCHS, device="cpu")
    run = _trained(workspace, learnt, config, progress)
    _export(run, learnt, config)
    shown = _dataset(workspace, "demo", progress)
    history = read_metrics(run.path / METRICS)
    figures: dict[str, Any] = {
        "command": "OMP_NUM_THREADS=1 python -m checkpoints.make_demo",
        "recipe": RECIPE,
        "training": {"dataset": TRAINING, "samples": SPLITS, "hash": learnt.info.hash},
        "demo": {"hash": shown.info.hash},
        "config": config.to_dict(),
        "machine": _machine(),
        "training_seconds": round(sum(line["time/epoch(s)"] for line in history)),
        "epochs": [_epoch(line) for line in history],
        "scores": measure(WEIGHTS, shown, progress=progress),
    }
    write_json(FIGURES, figures)


def _dataset(workspace: Workspace, name: str, progress: Progress) -> Dataset:
    if (workspace.dataset(name) / INFO).is_file():
        return open_dataset(workspace, name)
    if name == TRAINING:
        return write_synthetic(workspace, name, splits=SPLITS, progress=progress)
    return write_demo(workspace, name=name, progress=progress)


def _trained(
    workspace: Workspace, learnt: Dataset, config: TrainConfig, progress: Progress
) -> RunFolder:
    if (workspace.run(TRAINING) / CONFIG).is_file():
        run = open_run(workspace, TRAINING)
    else:
        info = RunInfo(
            id=TRAINING,
            kind="train",
            dataset=TRAINING,
            dataset_hash=learnt.info.hash,
            synthetic=True,
            settings=config.to_dict(),
        )
        run = create_run(workspace, info)
    status = read_status(run.path)
    if status is None or status.state != "finished":
        train(workspace, run, resume=True, progress=progress)
    return run


def _export(run: RunFolder, learnt: Dataset, config: TrainConfig) -> None:
    """Copy the weights of the best epoch, and say in them how they came about."""
    best = read_tensors(run.best_weights, checksum=True)
    origin = {"recipe": RECIPE, "data": asdict(learnt.info), "config": config.to_dict()}
    write_atomic(HISTORY, (run.path / METRICS).read_bytes())
    write_tensors(WEIGHTS, best.tensors, {**best.metadata, "origin": json.dumps(origin)})


def _epoch(line: dict[str, Any]) -> dict[str, float]:
    """Keep what a reader wants of one line of metrics, rounded."""
    names = ("epoch", "loss/train", "loss/validation", "f1_macro/train", "f1_macro/validation")
    return {name: round(line[name], 4) for name in names}


def _machine() -> str:
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"torch {torch.__version__}, {torch.get_num_threads()} thread(s)"
    )


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(message)s")
    with terminal_progress() as bar:
        make(Workspace(HERE.parent / "build" / "demo-checkpoint").create(), bar)
