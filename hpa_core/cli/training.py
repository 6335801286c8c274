"""Command: train a network. Torch is imported by the command alone."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from hpa_core.choices import MODELS
from hpa_core.cli.app import app, workspace_of
from hpa_core.config import PRESETS, TrainConfig, parse_settings
from hpa_core.data.dataset import open_dataset
from hpa_core.data.folds import fold_split
from hpa_core.errors import ConfigError
from hpa_core.imbalance.plan_runs import create_planned_run
from hpa_core.progress import JOB_FOLDER_VARIABLE, terminal_progress
from hpa_core.runs.folder import RunFolder, open_run
from hpa_core.runs.stopping import listen, stop_requested
from hpa_core.workspace import Workspace


@app.command()
def train(  # noqa: PLR0913 - one argument an option
    dataset: Annotated[str | None, typer.Argument(help="Dataset to learn from.")] = None,
    *,
    preset: Annotated[str, typer.Option(help=f"One of: {', '.join(PRESETS)}.")] = "demo",
    model: Annotated[str | None, typer.Option(help=f"One of: {', '.join(MODELS)}.")] = None,
    epochs: Annotated[int | None, typer.Option(help="Passes over the data.")] = None,
    learning_rate: Annotated[float | None, typer.Option(help="Highest learning rate.")] = None,
    batch_size: Annotated[int | None, typer.Option(help="Samples a step.")] = None,
    image_size: Annotated[int | None, typer.Option(help="Pixels a side.")] = None,
    plan: Annotated[str | None, typer.Option(help="Resampling plan of DATASET.")] = None,
    fold: Annotated[
        str | None, typer.Option(help="Measure on this fold, cv.fold-3, and learn from the others.")
    ] = None,
    weights: Annotated[str | None, typer.Option(help="random, imagenet or a file.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of everything drawn.")] = None,
    device: Annotated[str | None, typer.Option(help="auto, cpu or cuda.")] = None,
    settings: Annotated[
        str, typer.Option(help='Any other setting, as JSON: \'{"loss": "focal", "mixup": 0.3}\'.')
    ] = "{}",
    name: Annotated[str, typer.Option(help="A word for the new run's id.")] = "train",
    run: Annotated[str | None, typer.Option(help="Train this run, made before.")] = None,
    resume: Annotated[str | None, typer.Option(help="Go on with this run.")] = None,
    processes: Annotated[int, typer.Option(min=1, help="Processes that share each batch.")] = 1,
) -> None:
    """Train a network on DATASET; or a run that exists, by --run or --resume."""
    listen()
    workspace = workspace_of()
    if sum(item is not None for item in (dataset, run, resume)) != 1:
        raise typer.BadParameter("name a DATASET, or --run RUN, or --resume RUN: exactly one.")
    if dataset is None:
        folder = open_run(workspace, run or resume or "")
        TrainConfig.from_dict(folder.info.settings)  # Refused before torch is imported.
    else:
        changes = {
            "model": model,
            "epochs": epochs,
            "learning_rate": learning_rate,
            "batch_size": batch_size,
            "image_size": image_size,
            "plan": plan,
            "weights": weights,
            "seed": seed,
            "device": device,
            **_fold_settings(fold),
        }
        config = base_config(dataset, preset, settings, changes)
        folder = create_planned_run(
            workspace, open_dataset(workspace, config.dataset), config, name=name
        )
    if processes > 1:
        _train_by_processes(folder, processes=processes, resume=resume is not None)
    else:
        _train(workspace, folder, resume=resume is not None)


def base_config(
    dataset: str, preset: str, settings: str, changes: dict[str, Any] | None = None
) -> TrainConfig:
    """Return a preset's settings for a dataset, changed by JSON and then by single options."""
    if preset not in PRESETS:
        raise ConfigError(f"preset must be one of {', '.join(PRESETS)}; found {preset!r}.")
    given = {key: value for key, value in (changes or {}).items() if value is not None}
    own = PRESETS[preset](dataset).to_dict()
    return TrainConfig.from_dict({**own, **parse_settings(settings), **given, "dataset": dataset})


def _fold_settings(name: str | None) -> dict[str, str]:
    if name is None:
        return {}
    fold = fold_split(name)
    if fold is None or not fold.inside:
        raise ConfigError(
            f"--fold takes a fold of a set, such as cv.fold-3; found {name!r:.80}. "
            "`python -m hpa_core folds DATASET` lists them."
        )
    return {"train_split": str(fold.complement), "validation_split": str(fold)}


def _train_by_processes(folder: RunFolder, *, processes: int, resume: bool) -> None:
    from hpa_core.training.launching import train_by_processes  # noqa: PLC0415 - imports torch

    train_by_processes(folder, processes=processes, resume=resume)
    sys.stdout.write(f"{folder.id}\n")


def _train(workspace: Workspace, folder: RunFolder, *, resume: bool) -> None:
    from hpa_core.training import train as train_run  # noqa: PLC0415 - imports torch

    rank = os.environ.get("RANK")
    if rank is not None:
        _train_as_rank(workspace, folder, resume=resume, first=rank == "0")
        return
    with terminal_progress() as progress, _logged_to(folder):
        train_run(workspace, folder, resume=resume, progress=progress, stop=stop_requested)
    sys.stdout.write(f"{folder.id}\n")


def _train_as_rank(workspace: Workspace, folder: RunFolder, *, resume: bool, first: bool) -> None:
    from hpa_core.training import train as train_run  # noqa: PLC0415 - imports torch
    from hpa_core.training.launching import (  # noqa: PLC0415 - imports torch
        end_with_launcher,
        leave_at_once,
        told_to_launcher,
    )

    end_with_launcher()
    with told_to_launcher():
        if first:
            with terminal_progress() as progress, _logged_to(folder):
                train_run(workspace, folder, resume=resume, progress=progress, stop=stop_requested)
        else:
            train_run(workspace, folder, resume=resume, stop=stop_requested)
    leave_at_once()


@contextmanager
def _logged_to(folder: RunFolder) -> Iterator[None]:
    """Show the training's lines on stderr, and keep them in the run's log.

    A job's output goes to that log already.
    """
    logger = logging.getLogger("hpa_core")
    handlers: list[logging.Handler] = [logging.StreamHandler()]
    if JOB_FOLDER_VARIABLE not in os.environ:
        handlers.append(logging.FileHandler(folder.log, encoding="utf-8"))
    logger.setLevel(logging.INFO)
    for handler in handlers:
        logger.addHandler(handler)
    try:
        yield
    finally:
        for handler in handlers:
            logger.removeHandler(handler)
            handler.close()
