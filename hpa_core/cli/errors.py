"""Command: the error atlas of a run's split as numbers, for scripts."""

from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from hpa_core.classes import CLASS_NAMES
from hpa_core.cli.app import app, print_json, workspace_of
from hpa_core.cli.duplicates import plain_leaks
from hpa_core.cli.scores import (
    AsJson,
    Chosen,
    Decided,
    FallbackOption,
    RunId,
    Split,
    decide,
    truth_of,
    warn_of_leaks,
)
from hpa_core.evaluation.averages import average_intervals
from hpa_core.evaluation.class_scores import Measured, score_class
from hpa_core.evaluation.errors.confusion import Confusions, count_confusions, mlcm
from hpa_core.evaluation.errors.groups import GroupErrors, count_group_errors
from hpa_core.evaluation.errors.label_sets import LabelSetErrors, count_label_set_errors
from hpa_core.evaluation.metrics import evaluate
from hpa_core.evaluation.mistakes import rank_mistakes
from hpa_core.imbalance.leaks import score_leaks
from hpa_core.runs.folder import open_run
from hpa_core.selections.identities import Identities


@app.command("errors")
def errors(  # noqa: PLR0913 - one parameter for each option
    run_id: RunId,
    *,
    thresholds: Chosen,
    fallback: FallbackOption = None,
    split: Split = "validation",
    limit: Annotated[int, typer.Option(min=1, help="Mistakes, label sets, pairs at most.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Say what goes wrong: class by class, pair by pair, label set by label set, plate by plate."""
    workspace = workspace_of()
    run = open_run(workspace, run_id)
    decided = decide(run, split, thresholds, fallback)
    truth = truth_of(run, split, decided.predictions)
    leaks = score_leaks(workspace, run, split)
    if as_json:
        about = {"run": run.id, "split": split, "thresholds": thresholds, "samples": len(truth)}
        print_json({**about, **_atlas(decided, truth, limit), "leaks": plain_leaks(leaks)})
        return
    _print_classes(truth, decided.calls)
    _print_pairs(count_confusions(truth, decided.calls), limit)
    warn_of_leaks(leaks)


def _atlas(decided: Decided, truth: np.ndarray, limit: int) -> dict[str, Any]:
    calls = decided.calls
    confusions, averages = count_confusions(truth, calls), average_intervals(truth, calls)
    plates = Identities(decided.predictions.ids).atlas_parts[:, 1]
    return {
        "macro_f1": evaluate(truth, calls).macro_f1,
        "intervals": {name: list(ends) for name, ends in vars(averages).items()},
        "per_class": [_plain_class(truth, calls, number) for number in range(len(CLASS_NAMES))],
        "missed_false": {
            "swapped": confusions.swapped.tolist(),
            "only_missed": confusions.only_missed.tolist(),
            "only_false": confusions.only_false.tolist(),
            "expected": confusions.expected.tolist(),
            "residual": confusions.residual.tolist(),
        },
        "mlcm": mlcm(truth, calls).tolist(),
        "mistakes": _plain_mistakes(decided, truth, limit),
        "label_sets": _plain_sets(count_label_set_errors(truth, calls), limit),
        "plates": _plain_groups(count_group_errors(truth, calls, plates)) if plates.any() else None,
    }


def _plain_class(truth: np.ndarray, calls: np.ndarray, number: int) -> dict[str, Any]:
    scores = score_class(truth[:, number], calls[:, number])
    counts = {"tp": scores.tp, "fp": scores.fp, "fn": scores.fn}
    return {"id": number, "name": CLASS_NAMES[number], **counts, **_plain_f1(scores.f1)}


def _plain_f1(f1: Measured) -> dict[str, Any]:
    return {"f1": f1.value, "interval": None if f1.interval is None else list(f1.interval)}


def _plain_mistakes(decided: Decided, truth: np.ndarray, limit: int) -> list[dict[str, Any]]:
    predictions = decided.predictions
    found = rank_mistakes(
        predictions.probs, decided.thresholds, targets=truth, calls=decided.calls, limit=limit
    )
    return [
        {
            "id": str(predictions.ids[row]),
            "class": number,
            "kind": "missed" if missed else "false",
            "prob": float(predictions.probs[row, number]),
            "confidence": confidence,
        }
        for row, number, missed, confidence in zip(
            *(values.tolist() for values in vars(found).values()), strict=True
        )
    ]


def _plain_sets(found: LabelSetErrors, limit: int) -> dict[str, Any]:
    pairs = zip(found.truth[:limit], found.called[:limit], found.counts[:limit], strict=True)
    return {
        "right": found.right,
        "wrong": found.wrong,
        "pairs": [
            {
                "true": np.flatnonzero(truth).tolist(),
                "called": np.flatnonzero(called).tolist(),
                "samples": int(count),
            }
            for truth, called, count in pairs
        ],
    }


def _plain_groups(found: GroupErrors) -> list[dict[str, Any]]:
    columns = {name: values.tolist() for name, values in vars(found).items()}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _print_classes(truth: np.ndarray, calls: np.ndarray) -> None:
    table = Table("class", "found", "missed", "false", "F1", "95 %", box=None)
    for number, name in enumerate(CLASS_NAMES):
        scores = score_class(truth[:, number], calls[:, number])
        f1, ends = scores.f1.value, scores.f1.interval
        told = ("-", "") if f1 is None or ends is None else (f"{f1:.3f}", _range(*ends))
        counts = map(str, (scores.tp, scores.fn, scores.fp))
        table.add_row(f"{number} {name}", *counts, *told)
    Console().print(table)


def _range(low: float, high: float) -> str:
    return f"{low:.3f} to {high:.3f}"


def _print_pairs(found: Confusions, limit: int) -> None:
    """Print the pairs confused more often than by chance, the least likely by it first."""
    p = found.p
    table = Table("missed", "false", "images", "by chance", "p (Holm)", box=None)
    for row, column in zip(*found.likeliest(limit), strict=True):
        counts = (f"{found.swapped[row, column]}", f"{found.expected[row, column]:.2g}")
        table.add_row(CLASS_NAMES[row], CLASS_NAMES[column], *counts, f"{p[row, column]:.2g}")
    Console().print(table)
    typer.echo(
        f"{found.beyond} of {found.more} pairs confused more often than chance gives are beyond it "
        "at 5 % over all pairs together."
    )
