"""Commands: compare two threshold sets, sweep a threshold, score a submission, look for a shift."""

from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from hpa_core.classes import CLASS_NAMES, N_CLASSES
from hpa_core.cli.app import app, print_json, workspace_of
from hpa_core.cli.duplicates import plain_leaks
from hpa_core.cli.scores import (
    AsJson,
    Chosen,
    FallbackOption,
    RunId,
    Split,
    decide,
    plain_scores,
    print_scores,
    truth_of,
    warn_of_leaks,
)
from hpa_core.data.submission import ordered_like, read_submission
from hpa_core.errors import ConfigError
from hpa_core.evaluation.bootstrap import Comparison, compare_calls
from hpa_core.evaluation.metrics import evaluate
from hpa_core.evaluation.shift import estimate_shift
from hpa_core.evaluation.sweeps import GRID, sweep_threshold
from hpa_core.imbalance.leaks import score_leaks
from hpa_core.runs.folder import open_run
from hpa_core.runs.predictions import read_predictions
from hpa_core.runs.thresholds import Fallback


@app.command("compare")
def compare(  # noqa: PLR0913 - one parameter for each option
    run_id: RunId,
    *,
    thresholds: Chosen,
    against: Annotated[
        str, typer.Option(metavar="SET|FILE|NUMBER", help="The set that is compared with.")
    ],
    fallback: FallbackOption = None,
    split: Split = "validation",
    as_json: AsJson = False,
) -> None:
    """Say what one threshold set gains over another, by a paired bootstrap over the images."""
    workspace = workspace_of()
    run = open_run(workspace, run_id)
    first, second = (decide(run, split, name, fallback) for name in (against, thresholds))
    truth = truth_of(run, split, first.predictions)
    compared = compare_calls(truth, first.calls, second.calls)
    leaks = score_leaks(workspace, run, split)
    if as_json:
        print_json({**_plain_comparison(compared), "leaks": plain_leaks(leaks)})
        return
    low, high = compared.interval
    typer.echo(
        f"Macro F1 {compared.difference:+.4f} (95 %: {low:+.4f} to {high:+.4f}) over {against} "
        f"on {len(truth)} images; higher in {100 * compared.wins:.0f} % of the redraws."
    )
    _print_classes(compared)
    warn_of_leaks(leaks)


@app.command("sweep")
def sweep(  # noqa: PLR0913 - one parameter for each option
    run_id: RunId,
    *,
    classes: Annotated[
        str, typer.Option(help="Class numbers that move, separated by commas; all by default.")
    ] = "",
    base: Annotated[
        float, typer.Option(min=0, max=1, help="Where the other classes stand.")
    ] = 0.15,
    fallback: Annotated[
        Fallback, typer.Option(help="What becomes of a sample without a call.")
    ] = "none",
    split: Split = "validation",
    as_json: AsJson = False,
) -> None:
    """Move one threshold for several classes over a grid: the report's experiments R-12, R-13."""
    workspace = workspace_of()
    run = open_run(workspace, run_id)
    predictions = read_predictions(run, split)
    truth = truth_of(run, split, predictions)
    swept = sweep_threshold(
        predictions.probs,
        truth,
        classes=_class_numbers(classes),
        base=base,
        values=GRID,
        fallback=fallback,
    )
    leaks = score_leaks(workspace, run, split)
    if as_json:
        columns = {name: values.tolist() for name, values in vars(swept).items()}
        print_json({**columns, "leaks": plain_leaks(leaks)})
        return
    table = Table("threshold", "macro F1", "95 %", box=None)
    for value, score, low, high in zip(*vars(swept).values(), strict=True):
        mark = " best here" if value == swept.best else ""
        table.add_row(f"{value:g}", f"{score:.4f}", f"{low:.4f} to {high:.4f}{mark}")
    Console().print(table)
    warn_of_leaks(leaks)


@app.command("score")
def score(
    file: Annotated[Path, typer.Argument(metavar="CSV", help="A submission: Id,Predicted.")],
    *,
    against: Annotated[Path, typer.Option(help="A solution (Id,Target), or another submission.")],
    as_json: AsJson = False,
) -> None:
    """Score a submission against a solution file, or against another submission."""
    ids, calls = read_submission(file)
    known, truth = read_submission(against)
    _, calls = ordered_like(known, ids, calls, name=against.name)
    scores = evaluate(truth, calls)
    differ = int((truth != calls).any(axis=1).sum())
    if as_json:
        print_json({"samples": len(known), "differ": differ, **plain_scores(scores)})
        return
    typer.echo(f"{differ} of {len(known)} images are called otherwise than in {against.name}.")
    print_scores(scores)


@app.command("shift")
def shift(
    run_id: RunId,
    *,
    against: Annotated[
        str, typer.Option(metavar="RUN[:SPLIT]", help="The new scores, of the same model.")
    ],
    split: Split = "validation",
    as_json: AsJson = False,
) -> None:
    """Say whether new scores, which need no truth, come from where the labelled ones came from."""
    workspace = workspace_of()
    run = open_run(workspace, run_id)
    predictions = read_predictions(run, split)
    other, _, other_split = against.partition(":")
    new = read_predictions(open_run(workspace, other), other_split or split)
    found = estimate_shift(predictions.probs, truth_of(run, split, predictions), new.probs)
    if as_json:
        prevalence = {"known": found.known, "em": found.em, "counted": found.counted}
        columns = {**prevalence, **found.apart._asdict()}
        plain = {name: _nullable(values) for name, values in columns.items()}
        print_json({**plain, "shifted": found.apart.shifted.tolist()})
        return
    table = Table("class", "labelled", "by EM", "by counting", "distance", "", box=None)
    for number, name in enumerate(CLASS_NAMES):
        shares = (found.known[number], found.em[number], found.counted[number])
        told = "scores differ" if found.apart.shifted[number] else ""
        table.add_row(
            f"{number} {name}",
            *(f"{each:.2%}" for each in shares),
            f"{found.apart.distance[number]:.3f}",
            told,
        )
    Console().print(table)


def _nullable(values: np.ndarray) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in values]


def _class_numbers(text: str) -> list[int] | None:
    words = [word.strip() for word in text.split(",") if word.strip()]
    known = {str(number) for number in range(N_CLASSES)}
    if unknown := [word for word in words if word not in known]:
        raise ConfigError(
            f"{unknown[0]!r} is no class; name numbers from 0 to {N_CLASSES - 1}, as in 0,25."
        )
    return [int(word) for word in words] or None


def _plain_comparison(compared: Comparison) -> dict[str, object]:
    low, high = compared.interval
    columns = (compared.support, compared.by_class, compared.low, compared.high)
    return {
        "difference": compared.difference,
        "interval": [low, high],
        "wins": compared.wins,
        "per_class": [
            {"id": number, "support": int(count), "difference": by, "interval": [lowest, highest]}
            for number, (count, by, lowest, highest) in enumerate(
                zip(*(column.tolist() for column in columns), strict=True)
            )
        ],
    }


def _print_classes(compared: Comparison) -> None:
    table = Table("class", "positives", "F1", "95 %", "", box=None)
    for number in np.argsort(-np.abs(compared.by_class)):
        low, high = compared.low[number], compared.high[number]
        table.add_row(
            f"{number} {CLASS_NAMES[number]}",
            str(compared.support[number]),
            f"{compared.by_class[number]:+.3f}",
            f"{low:+.3f} to {high:+.3f}",
            "" if low > 0 or high < 0 else "no difference shown",
        )
    Console().print(table)
