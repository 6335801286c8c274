"""From scores to a submission: `import scores`, `evaluate`, `submit`."""

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from jaxtyping import Bool, Float
from rich.console import Console
from rich.table import Table

from hpa_core.classes import CLASS_NAMES, N_CLASSES
from hpa_core.cli.app import app, import_app, print_json, workspace_of
from hpa_core.cli.duplicates import plain_leaks
from hpa_core.data.dataset import list_datasets, open_dataset
from hpa_core.data.duplicates.leaks import Leaks
from hpa_core.data.submission import ordered_like, write_submission
from hpa_core.errors import RunError, ScoresError
from hpa_core.evaluation.calls import calls_of
from hpa_core.evaluation.metrics import Scores, evaluate
from hpa_core.imbalance.leaks import score_leaks
from hpa_core.runs.folder import RunFolder, list_runs, open_run
from hpa_core.runs.predictions import Predictions, read_predictions
from hpa_core.runs.scores import Owner, import_scores
from hpa_core.runs.thresholds import (
    Fallback,
    ThresholdSet,
    known_thresholds,
    load_thresholds,
    read_thresholds,
)
from hpa_core.targets import read_id_table
from hpa_core.workspace import Workspace

RunId = Annotated[str, typer.Argument(metavar="RUN", help="The run whose scores are meant.")]
Chosen = Annotated[
    str,
    typer.Option(
        "--thresholds",
        metavar="SET|FILE|NUMBER",
        help="The name of a saved set, fixed-0.5 or fixed-0.15, a JSON file of 28 numbers, or one "
        "number for all classes.",
    ),
]
FallbackOption = Annotated[
    Fallback | None,
    typer.Option(help="What becomes of a sample without a call; by default what the set says."),
]
Split = Annotated[str, typer.Option(help="The split whose predictions are meant.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@import_app.command("scores")
def import_scores_command(  # noqa: PLR0913 - one parameter for each option
    file: Annotated[Path, typer.Argument(help="npy, npz, csv or parquet: (N, 28) probabilities.")],
    *,
    ids: Annotated[Path, typer.Option(help="CSV with a column Id, perhaps Target (the truth).")],
    name: Annotated[
        str, typer.Option(help="The run's name; one of outside scores gets one more split.")
    ],
    dataset: Annotated[str, typer.Option(help="The dataset that the samples belong to.")] = "",
    split: Split = "validation",
    as_json: AsJson = False,
) -> None:
    """Bring in probabilities that another program computed, as a run of their own."""
    workspace = workspace_of()
    owner = _owner(workspace, dataset or _dataset_of(workspace, name))
    run = import_scores(workspace, file, ids, name=name, owner=owner, split=split)
    predictions = read_predictions(run, split)
    truth = predictions.targets is not None
    if as_json:
        print_json({"run": run.id, "split": split, "samples": len(predictions.ids), "truth": truth})
        return
    with_truth = "with" if truth else "without"
    typer.echo(f"Run {run.id}: {len(predictions.ids)} samples of {split}, {with_truth} truth.")


def _owner(workspace: Workspace, name: str) -> Owner | None:
    if not name:
        return None
    dataset = open_dataset(workspace, name)
    return Owner(name=name, hash=dataset.info.hash, ids=dataset.ids, targets=dataset.targets)


def _dataset_of(workspace: Workspace, run_id: str) -> str:
    """Return the dataset of the run that the scores would join; empty where there is none."""
    named = {run.info.dataset for run in list_runs(workspace) if run.id == run_id}
    return next((info.name for info in list_datasets(workspace) if info.name in named), "")


@app.command("evaluate")
def evaluate_command(
    run_id: RunId,
    *,
    thresholds: Chosen,
    fallback: FallbackOption = None,
    split: Split = "validation",
    as_json: AsJson = False,
) -> None:
    """Score a run's calls against the truth."""
    workspace = workspace_of()
    run = open_run(workspace, run_id)
    decided = decide(run, split, thresholds, fallback)
    scores = evaluate(truth_of(run, split, decided.predictions), decided.calls)
    leaks = score_leaks(workspace, run, split)
    if as_json:
        print_json({**plain_scores(scores), "leaks": plain_leaks(leaks)})
        return
    print_scores(scores)
    warn_of_leaks(leaks)


@app.command("submit")
def submit(  # noqa: PLR0913 - one parameter for each option
    run_id: RunId,
    *,
    thresholds: Chosen,
    out: Annotated[Path, typer.Option(help="The CSV to write.")],
    fallback: FallbackOption = None,
    split: Split = "validation",
    order: Annotated[
        Path | None, typer.Option(help="CSV whose Id column gives the order, and must match.")
    ] = None,
) -> None:
    """Write a run's calls as Kaggle takes them: Id,Predicted."""
    run = open_run(workspace_of(), run_id)
    decided = decide(run, split, thresholds, fallback)
    ids, calls = decided.predictions.ids.tolist(), decided.calls
    if order is not None:
        ids, calls = ordered_like(read_id_table(order)[0], ids, calls, name=order.name)
    write_submission(out, ids, calls)
    typer.echo(f"Wrote {len(ids)} samples with {int(calls.sum())} calls to {out}.")


def warn_of_leaks(leaks: Leaks | None, *, of: str = "") -> None:
    """Print what makes the scores too high, if anything does; `of` names one run of several."""
    if leaks and leaks.sentence:
        typer.echo(f"Beware{f' of {of}' if of else ''}: {leaks.sentence}")


@dataclass(frozen=True)
class Decided:
    """A run's predictions and the calls that a threshold set makes of them."""

    predictions: Predictions
    calls: Bool[np.ndarray, "N C"]
    thresholds: Float[np.ndarray, " C"]


def decide(run: RunFolder, split: str, chosen: str, fallback: Fallback | None) -> Decided:
    """Apply a saved set, a file or one number to a split's predictions."""
    predictions = read_predictions(run, split)
    rule = chosen_thresholds(run, chosen, fallback).rule
    return Decided(predictions, calls_of(rule, predictions.probs), np.array(rule.thresholds))


def chosen_thresholds(
    run: RunFolder, chosen: str, fallback: Fallback | None = None
) -> ThresholdSet:
    """Read a number, else a built-in set or a saved one of the run, else a file.

    `fallback` takes the place of the set's own, if given.
    """
    found = _named_thresholds(run, chosen)
    return replace(found, fallback=fallback) if fallback else found


def _named_thresholds(run: RunFolder, chosen: str) -> ThresholdSet:
    with suppress(ValueError):
        return _one_number(chosen, float(chosen))
    known = any(chosen == item.name for item in known_thresholds(run))
    if not known and (Path(chosen).is_file() or Path(chosen).name != chosen):
        return read_thresholds(Path(chosen))
    return load_thresholds(run, chosen)


def _one_number(words: str, number: float) -> ThresholdSet:
    if not 0 <= number <= 1:
        raise RunError(f"A threshold lies between 0 and 1; found {words}.")
    return ThresholdSet(name="one-number", thresholds=(number,) * N_CLASSES)


def truth_of(run: RunFolder, split: str, predictions: Predictions) -> Bool[np.ndarray, "N C"]:
    """Return the truth of a split's predictions, or refuse in one sentence."""
    if predictions.targets is None:
        raise ScoresError(
            f"Run {run.id!r} has no truth for {split!r}; import the scores with a table of ids "
            "that has a column Target."
        )
    return predictions.targets


def plain_scores(scores: Scores) -> dict[str, Any]:
    """Return the scores as JSON takes them."""
    columns = {name: values.tolist() for name, values in vars(scores.per_class).items()}
    return {
        "macro_f1": scores.macro_f1,
        "micro_f1": scores.micro_f1,
        "samples_f1": scores.samples_f1,
        "per_class": [
            {
                "id": class_id,
                "name": name,
                **{key: column[class_id] for key, column in columns.items()},
            }
            for class_id, name in enumerate(CLASS_NAMES)
        ],
    }


def print_scores(scores: Scores) -> None:
    """Print the scores and a table of the classes."""
    typer.echo(
        f"macro F1 {scores.macro_f1:.4f}, micro {scores.micro_f1:.4f}, "
        f"samples {scores.samples_f1:.4f}"
    )
    table = Table("class", "positives", "F1", "precision", "recall", box=None)
    per_class = scores.per_class
    for class_id, name in enumerate(CLASS_NAMES):
        ratios = (per_class.f1, per_class.precision, per_class.recall)
        shown = [f"{values[class_id]:.3f}" for values in ratios]
        table.add_row(f"{class_id} {name}", str(per_class.support[class_id]), *shown)
    Console().print(table)
