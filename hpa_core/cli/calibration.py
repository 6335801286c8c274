"""Command: whether a run's scores mean what they say, class by class."""

from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from hpa_core.classes import CLASS_NAMES
from hpa_core.cli.app import app, print_json, workspace_of
from hpa_core.cli.duplicates import plain_leaks
from hpa_core.cli.scores import AsJson, RunId, Split, truth_of, warn_of_leaks
from hpa_core.evaluation.calibration import Calibration, Reliability, measure_calibration
from hpa_core.imbalance.leaks import score_leaks
from hpa_core.runs.folder import open_run
from hpa_core.runs.predictions import read_predictions


@app.command("calibration")
def calibration(run_id: RunId, *, split: Split = "validation", as_json: AsJson = False) -> None:
    """Say how far a score is the share of positives, and what recalibration would mend.

    The JSON has each class's bins of equally many samples, ten, from the lowest scores up.
    """
    workspace = workspace_of()
    run = open_run(workspace, run_id)
    predictions = read_predictions(run, split)
    truth = truth_of(run, split, predictions)
    found = measure_calibration(predictions.probs, truth)
    leaks = score_leaks(workspace, run, split)
    positives = truth.sum(axis=0).tolist()
    if as_json:
        print_json({**_plain(found, positives), "leaks": plain_leaks(leaks)})
        return
    typer.echo(
        f"Log loss {found.loss_before:.4f}, after recalibrating each class "
        f"{found.loss_after:.4f} (each half by what the other taught); temperature "
        f"{found.temperature:.2f}: the scores are {found.verdict}."
    )
    _print_classes(found, positives)
    warn_of_leaks(leaks)


def _plain(found: Calibration, positives: list[int]) -> dict[str, Any]:
    rows = zip(CLASS_NAMES, positives, found.before, found.after, strict=True)
    return {
        "temperature": found.temperature,
        "log_loss": found.loss_before,
        "recalibrated_log_loss": found.loss_after,
        "per_class": [
            {
                "id": number,
                "name": name,
                "positives": count,
                "error": before.error,
                "recalibrated_error": after.error,
                "bins": _plain_bins(before),
                "recalibrated_bins": _plain_bins(after),
            }
            for number, (name, count, before, after) in enumerate(rows)
        ],
    }


def _plain_bins(reliability: Reliability) -> list[dict[str, float]]:
    columns = {name: values.tolist() for name, values in vars(reliability).items()}
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def _print_classes(found: Calibration, positives: list[int]) -> None:
    table = Table("class", "positives", "calibration error", "recalibrated", box=None)
    for number, name in enumerate(CLASS_NAMES):
        errors = (found.before[number].error, found.after[number].error)
        told = (f"{error:.4f}" for error in errors)
        table.add_row(f"{number} {name}", f"{positives[number]:,}", *told)
    Console().print(table)
