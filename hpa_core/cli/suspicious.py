"""Command: the labels of a run's split that are probably wrong, with what speaks against each."""

from typing import Annotated, Any, Literal

import typer

from hpa_core.classes import CLASS_NAMES
from hpa_core.cli.app import app, print_json, workspace_of
from hpa_core.cli.duplicates import plain_leaks
from hpa_core.cli.scores import (
    AsJson,
    RunId,
    Split,
    chosen_thresholds,
    truth_of,
    warn_of_leaks,
)
from hpa_core.evaluation.suspicious.ranking import Suspicions
from hpa_core.evaluation.suspicious.wording import (
    GAIN_DIGITS,
    expected_wrong,
    reason_of,
    rounded_gains,
)
from hpa_core.imbalance.leaks import has_learnt, score_leaks
from hpa_core.progress import terminal_progress
from hpa_core.runs.folder import open_run
from hpa_core.runs.predictions import Predictions, read_predictions
from hpa_core.selections.neighbours import find_neighbours
from hpa_core.selections.samples import outside_samples
from hpa_core.selections.suspicion import suspicious_labels


@app.command("suspicious")
def suspicious(  # noqa: PLR0913 - one parameter for each option
    run_id: RunId,
    *,
    split: Split = "validation",
    thresholds: Annotated[
        str,
        typer.Option(
            metavar="SET|FILE|NUMBER",
            help="Whose F1 is meant; by default each class's best on these images.",
        ),
    ] = "",
    order: Annotated[
        Literal["gain", "suspicion"],
        typer.Option(help="First what changes macro F1 most, or what is most probably wrong."),
    ] = "gain",
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List the labels that are probably wrong, and why; of images the run has not learnt from."""
    workspace = workspace_of()
    run = open_run(workspace, run_id)
    predictions = read_predictions(run, split)
    truth_of(run, split, predictions)  # Refuses where there is none.
    samples = outside_samples(predictions, split)
    if thresholds:
        samples = samples.called(chosen_thresholds(run, thresholds))
    with terminal_progress() as progress:
        near = find_neighbours(run, split, samples, progress=progress)
    nearest = near.nearest if near else None
    found = suspicious_labels(samples, nearest, order=order, limit=limit)
    learnt, leaks = has_learnt(run, split), score_leaks(workspace, run, split)
    if as_json:
        about = {"run": run.id, "split": split, "thresholds": thresholds, "order": order}
        counts = {"samples": found.samples, "neighbours": found.neighbours, "learnt": learnt}
        cells = _plain_cells(found, predictions)
        print_json({**about, **counts, "cells": cells, "leaks": plain_leaks(leaks)})
        return
    _print_cells(found, predictions)
    if learnt:
        typer.echo(f"Beware: the run has learnt these labels of {split}, wrong ones included.")
    warn_of_leaks(leaks)


def _plain_cells(found: Suspicions, predictions: Predictions) -> list[dict[str, Any]]:
    return [
        {
            "id": str(predictions.ids[found.row[place]]),
            "class": int(found.class_id[place]),
            "name": CLASS_NAMES[found.class_id[place]],
            "kind": found.kind(place),
            "suspicion": float(found.suspicion[place]),
            "gain": float(found.gain[place]),
            "prob": float(found.prob[place]),
            "reason": reason_of(found, place, CLASS_NAMES),
        }
        for place in range(len(found.row))
    ]


def _print_cells(found: Suspicions, predictions: Predictions) -> None:
    """Print a line a label; fitting a table takes a minute for a hundred thousand."""
    cells, gains = _plain_cells(found, predictions), rounded_gains(found.gain).tolist()
    if not cells:
        typer.echo("Nothing speaks against any label.")
        return
    width = max(len(cell["id"]) for cell in cells)
    lines = [f"{'image':{width}}  suspicion  macro F1  reason"]
    lines += [
        f"{cell['id']:{width}}  {cell['suspicion']:9.2f}  {gain:+.{GAIN_DIGITS}f}  {cell['reason']}"
        for cell, gain in zip(cells, gains, strict=True)
    ]
    typer.echo("\n".join([*lines, expected_wrong(found.suspicion)]))
