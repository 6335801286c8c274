"""Command: demo. Rendered cells, and what the shipped network says of them.

Every step leaves something whole behind and is skipped when that is there, so an interrupted
demo is taken up again and a finished one is left alone, without importing torch.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from hpa_core.cli.app import app, workspace_of
from hpa_core.data.dataset import Dataset, info_path, list_datasets, open_dataset
from hpa_core.data.synthetic.packing import write_demo
from hpa_core.errors import CheckpointError, RunError
from hpa_core.evaluation.strategies import strategy_named
from hpa_core.files import write_atomic
from hpa_core.progress import Progress, quiet, terminal_progress
from hpa_core.runs.folder import CONFIG, RunFolder, RunInfo, create_run, open_run
from hpa_core.runs.metrics import METRICS
from hpa_core.runs.predictions import predictions_hash, predictions_path, read_predictions
from hpa_core.runs.thresholds import ThresholdSet, chosen_on, list_thresholds, save_thresholds
from hpa_core.workspace import Workspace

NAME = "demo"
"""Of the dataset and of the run."""

SHIPPED = Path(__file__).parents[2] / "checkpoints"
WEIGHTS, FIGURES, HISTORY = "demo.safetensors", "demo.json", "demo.metrics.jsonl"

TUNED_ON = "validation"
SETS = {f"exact-on-{TUNED_ON}": "exact"}
"""Name of each threshold set that the demo comes with -> strategy."""

NOTE = "The shipped network, which learnt from other rendered cells (checkpoints/README.md)."


@app.command()
def demo(
    *,
    if_empty: Annotated[
        bool, typer.Option("--if-empty", help="Do nothing beside datasets of your own.")
    ] = False,
) -> None:
    """Build the built-in data: rendered cells, predictions, embeddings and thresholds."""
    workspace = workspace_of()
    if if_empty and any(info.name != NAME for info in list_datasets(workspace)):
        return
    with terminal_progress() as progress:
        build_demo(workspace, progress=progress)


def build_demo(
    workspace: Workspace, *, samples: int = 2000, progress: Progress = quiet
) -> RunFolder:
    """Make what is missing of the demo's dataset and run.

    Args:
        workspace: where.
        samples: to render, if the dataset is not there yet.
        progress: told of rendered and predicted samples.

    Raises:
        DatasetError: another process is rendering the demo.
        RunError: the run belongs to another version of the dataset.
        CheckpointError: the shipped network is missing or damaged.
        WorkspaceError: the disk is full or the workspace cannot be written.
    """
    dataset = _dataset(workspace, samples, progress)
    run = _run(workspace, dataset)
    missing = [split for split in dataset.splits if not predictions_path(run, split).is_file()]
    if missing:
        _predict(workspace, run, missing, progress)
    if not list_thresholds(run):
        for chosen in _threshold_sets(run):
            save_thresholds(run, chosen)
    return run


def _dataset(workspace: Workspace, samples: int, progress: Progress) -> Dataset:
    if info_path(workspace, NAME).is_file():
        return open_dataset(workspace, NAME)
    return write_demo(workspace, name=NAME, samples=samples, progress=progress)


def _run(workspace: Workspace, dataset: Dataset) -> RunFolder:
    """Open or make the run, with the shipped network and the history of its training in it."""
    if (workspace.run(NAME) / CONFIG).is_file():
        run = open_run(workspace, NAME)
    else:
        info = RunInfo(
            id=NAME,
            kind="demo",
            dataset=NAME,
            dataset_hash=dataset.info.hash,
            synthetic=True,
            note=NOTE,
            settings=json.loads(_shipped(FIGURES))["config"],
        )
        run = create_run(workspace, info)
    if run.info.dataset_hash != dataset.info.hash:
        raise RunError(
            f"Run {NAME!r} belongs to another version of dataset {NAME!r}; "
            f"delete {run.path} and try again."
        )
    for name, path in ((WEIGHTS, run.best_weights), (HISTORY, run.path / METRICS)):
        if not path.is_file():
            write_atomic(path, _shipped(name))
    return run


def _shipped(name: str) -> bytes:
    try:
        return (SHIPPED / name).read_bytes()
    except FileNotFoundError:
        raise CheckpointError(
            f"{SHIPPED / name} is missing, which comes with this project; restore it with git, or "
            "make it again with `python -m checkpoints.make_demo`."
        ) from None


def _predict(
    workspace: Workspace, run: RunFolder, splits: Sequence[str], progress: Progress
) -> None:
    from hpa_core.inference import predict_dataset  # noqa: PLC0415 - imports torch

    for split in splits:
        predict_dataset(workspace, run, split, progress=progress)


def _threshold_sets(run: RunFolder) -> list[ThresholdSet]:
    """Return the sets the demo comes with: one number for all, and each class's own optimum."""
    tuned = read_predictions(run, TUNED_ON)
    if tuned.targets is None:
        raise ValueError("the demo's samples have labels")
    return [
        chosen_on(
            run,
            TUNED_ON,
            strategy_named(strategy).fit(tuned.probs, tuned.targets),
            strategy=strategy,
            data_hash=predictions_hash(run, TUNED_ON),
            name=name,
        )
        for name, strategy in SETS.items()
    ]
