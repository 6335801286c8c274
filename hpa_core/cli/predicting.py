"""Command: predict, by one run or several, a split or a folder of new images."""

from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import typer

from hpa_core.cli.app import app, print_json, workspace_of
from hpa_core.data.dataset import open_dataset
from hpa_core.data.unlabelled import import_unlabelled
from hpa_core.errors import ConfigError
from hpa_core.progress import Progress, terminal_progress
from hpa_core.runs.folder import RunFolder, new_run_id, open_run
from hpa_core.runs.predictions import read_predictions
from hpa_core.workspace import Workspace


@app.command()
def predict(  # noqa: PLR0913 - one argument an option
    runs: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN...", help="Runs whose networks predict; RUN:best, RUN:last, RUN:top."
        ),
    ],
    *,
    split: Annotated[
        str | None, typer.Option(help="Split, fold or `all`; validation by default.")
    ] = None,
    images: Annotated[
        Path | None, typer.Option(help="Folder of new images; becomes a dataset.")
    ] = None,
    dataset: Annotated[
        str | None, typer.Option(help="Another dataset than the one the runs belong to.")
    ] = None,
    checkpoint: Annotated[
        Literal["best", "last", "top"],
        typer.Option(help="Best epoch, the last one, or the mean of all that keep_best kept."),
    ] = "best",
    views: Annotated[
        Literal["none", "flips", "turns"],
        typer.Option(help="Test-time augmentation: 4 flips, or all 8 flips and quarter turns."),
    ] = "none",
    views_by: Annotated[
        Literal["mean", "max"], typer.Option(help="What joins the views.")
    ] = "mean",
    name: Annotated[
        str | None, typer.Option(help="Name of what is made; the time otherwise.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Predict. One run's own split goes into that run, anything else into a run of its own.

    Several runs are averaged, each sample over those that have not learnt from it: the runs of all
    folds score every sample by the one that it was held back from.
    """
    workspace = workspace_of()
    if images and (split or dataset):
        raise ConfigError("--images takes all of a folder; leave --split and --dataset out.")
    own = len(runs) == 1 and ":" not in runs[0] and not (images or dataset or name)
    with terminal_progress() as progress:
        if own and views == "none" and checkpoint != "top":
            run, split = open_run(workspace, runs[0]), split or "validation"
            samples = _predict_own(workspace, run, split, checkpoint, progress)
        else:
            asked = _Asked(runs, checkpoint, dataset, images, views, views_by)
            split = "test" if images else split or "validation"
            run = _predict_together(
                workspace, asked, split, name or new_run_id("predicted"), progress
            )
            samples = len(read_predictions(run, split).ids)
    if as_json:
        print_json({"run": run.id, "split": split, "samples": samples})
    else:
        typer.echo(f"Run {run.id} has {samples} predictions of {split}.")


class _Asked(NamedTuple):
    runs: list[str]
    checkpoint: str
    dataset: str | None
    images: Path | None
    views: str
    views_by: str


def _predict_own(
    workspace: Workspace,
    run: RunFolder,
    split: str,
    checkpoint: Literal["best", "last"],
    progress: Progress,
) -> int:
    from hpa_core.inference import predict_dataset  # noqa: PLC0415 - imports torch

    done = predict_dataset(workspace, run, split, checkpoint=checkpoint, progress=progress)
    return len(done.ids)


def _predict_together(
    workspace: Workspace, asked: _Asked, split: str, name: str, progress: Progress
) -> RunFolder:
    from hpa_core.inference import (  # noqa: PLC0415 - imports torch
        Views,
        open_members,
        predict_together,
    )

    members = open_members(workspace, asked.runs, checkpoint=asked.checkpoint)
    owners = {member.run.info.dataset for member in members}
    if asked.images:
        dataset = import_unlabelled(workspace, asked.images, name=name, progress=progress)
    elif asked.dataset is None and len(owners) > 1:
        raise ConfigError(
            f"These runs belong to the datasets {', '.join(sorted(owners))}; say --dataset."
        )
    else:
        dataset = open_dataset(workspace, asked.dataset or owners.pop())
    views = Views(asked.views, asked.views_by)
    return predict_together(
        workspace, members, dataset, split, name=name, views=views, progress=progress
    )
