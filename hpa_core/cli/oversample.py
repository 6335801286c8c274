"""Command: oversample. Does the head of a run gain from rows made for the rare classes?"""

from dataclasses import fields
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from hpa_core.cli.app import app, print_json, workspace_of
from hpa_core.data.dataset import open_dataset
from hpa_core.evaluation.strategies import ready_strategies
from hpa_core.imbalance.mlsmote import LABEL_RULES
from hpa_core.oversampling.judging import compare_on_run
from hpa_core.oversampling.report import FeatureKind, Report, write_report
from hpa_core.oversampling.settings import Settings
from hpa_core.oversampling.wording import SEEN, findings
from hpa_core.progress import terminal_progress
from hpa_core.runs.folder import open_run

HELP = {item.name: f"{item.metadata['help']}." for item in fields(Settings)}
RULES = typer.Option(help=f"{HELP['rule']} One of: {', '.join(LABEL_RULES)}.")
STRATEGY = typer.Option(
    help=f"{HELP['strategy']} One of: {', '.join(item.name for item in ready_strategies())}."
)


@app.command()
def oversample(  # noqa: PLR0913 - one parameter for each option
    run_id: Annotated[str, typer.Argument(metavar="RUN", help="Run whose head is retrained.")],
    *,
    split: Annotated[str, typer.Option(help="Split it is retrained and scored on.")] = "validation",
    features: Annotated[
        FeatureKind, typer.Option(help="The embeddings, or the 28 scores' log-odds.")
    ] = "embeddings",
    folds: Annotated[int, typer.Option(help=HELP["folds"])] = 5,
    repeats: Annotated[int, typer.Option(help=HELP["repeats"])] = 3,
    seed: Annotated[int, typer.Option(help=HELP["seed"])] = 0,
    k: Annotated[int, typer.Option(help=HELP["k"])] = 5,
    times: Annotated[int, typer.Option(help=HELP["times"])] = 1,
    rule: Annotated[str, RULES] = "ranking",
    strategy: Annotated[str, STRATEGY] = "exact",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Retrain a run's head with and without MLSMOTE, score it on samples held back, compare."""
    workspace = workspace_of()
    run = open_run(workspace, run_id)
    settings = Settings(
        folds=folds, repeats=repeats, seed=seed, k=k, times=times, rule=rule, strategy=strategy
    )
    dataset = open_dataset(workspace, run.info.dataset) if run.info.dataset else None
    with terminal_progress() as progress:
        report = compare_on_run(
            run, split, settings=settings, features=features, dataset=dataset, progress=progress
        )
    path = write_report(run, report)
    if as_json:
        print_json({**report.to_dict(), "file": str(path)})
        return
    _print(report)


def _print(report: Report) -> None:
    table = Table("head", "thresholds", "macro F1", "95 % interval", "rows made")
    for score in report.scores:
        low, high = f"{score.macro.low:.3f}", f"{score.macro.high:.3f}"
        figures = (f"{score.macro.value:.4f}", f"{low} to {high}", f"{score.rows_made:.0f}")
        table.add_row(score.variant, score.thresholds, *figures)
    Console().print(table)
    for found in findings(report):
        typer.echo(found)
    if report.seen:
        typer.echo(SEEN)
