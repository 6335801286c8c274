"""Commands: start an experiment, show what it has shown."""

from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from hpa_core.cli.app import app, print_json, workspace_of
from hpa_core.cli.duplicates import plain_leaks
from hpa_core.cli.scores import warn_of_leaks
from hpa_core.cli.training import base_config
from hpa_core.config import PRESETS
from hpa_core.data.dataset import open_dataset
from hpa_core.data.duplicates.leaks import Leaks
from hpa_core.errors import ConfigError
from hpa_core.experiments.experiment import (
    Experiment,
    create_experiment,
    read_experiment,
    start_experiment,
)
from hpa_core.experiments.kinds import KINDS, kind_named
from hpa_core.experiments.results import VariantResult, judge, read_results
from hpa_core.imbalance.leaks import score_leaks
from hpa_core.jobs import open_backend
from hpa_core.runs.folder import open_run
from hpa_core.workspace import Workspace

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.command("experiment")
def experiment(  # noqa: PLR0913 - one argument an option
    dataset: Annotated[str, typer.Argument(help="Dataset to learn from.")],
    *,
    kind: Annotated[str, typer.Option(help=f"One of: {', '.join(KINDS)}.")],
    name: Annotated[str, typer.Option(help="Name of the experiment.")],
    preset: Annotated[str, typer.Option(help=f"One of: {', '.join(PRESETS)}.")] = "demo",
    settings: Annotated[str, typer.Option(help="Settings of all runs, as JSON.")] = "{}",
    seeds: Annotated[str, typer.Option(help="Seeds, separated by commas.")] = "0",
    as_json: AsJson = False,
) -> None:
    """Queue the trainings that answer one of the report's questions."""
    workspace = workspace_of()
    opened = open_dataset(workspace, dataset)
    made = create_experiment(
        workspace,
        opened,
        kind_named(kind),
        base=base_config(dataset, preset, settings),
        seeds=_numbers(seeds),
        name=name,
    )
    start_experiment(workspace, made, open_backend(workspace))
    if as_json:
        print_json(asdict(made))
        return
    typer.echo(f"Queued {len(made.members)} trainings; `experiments {name}` shows their scores.")


@app.command("experiments")
def experiments(
    name: Annotated[str, typer.Argument(help="Name of an experiment.")], as_json: AsJson = False
) -> None:
    """Show an experiment's scores beside the report's."""
    workspace = workspace_of()
    found = read_experiment(workspace, name)
    results, kind = read_results(workspace, found), kind_named(found.kind)
    verdict = judge(results)
    leaks = _leaks(workspace, found)
    if as_json:
        print_json(
            {
                "experiment": found.name,
                "kind": found.kind,
                "variants": [asdict(result) for result in results],
                "verdict": verdict and {**asdict(verdict), "told": verdict.told},
                "leaks": {run: plain_leaks(one) for run, one in leaks.items()},
            }
        )
        return
    table = Table("variant", "seeds", "macro F1 at 0.5", "95 %", "the report", box=None)
    for result in results:
        table.add_row(result.variant, f"{len(result.scores)} of {result.runs}", *_figures(result))
    Console().print(table)
    if verdict:
        sure = "" if verdict.told else "; these seeds do not tell it from the next"
        typer.echo(f"Best here: {verdict.best}{sure}. The report: {kind.finding}.")
    for run, one in leaks.items():
        warn_of_leaks(one, of=run)


def _leaks(workspace: Workspace, found: Experiment) -> dict[str, Leaks | None]:
    """Return what leaks into each run's scores."""
    runs = [open_run(workspace, member.run) for member in found.members]
    split = "validation_split"
    return {
        run.id: score_leaks(workspace, run, run.info.settings.get(split, "validation"))
        for run in runs
    }


def _figures(result: VariantResult) -> tuple[str, str, str]:
    mean = "-" if result.mean is None else f"{result.mean:.4f}"
    interval = "-" if result.low is None else f"{result.low:.4f} to {result.high:.4f}"
    return mean, interval, "-" if result.reported is None else f"{result.reported:.4f}"


def _numbers(text: str) -> list[int]:
    words = [word.strip() for word in text.split(",")]
    if not all(word.isdecimal() and len(word) < 10 for word in words):
        raise ConfigError(
            f"Seeds are whole numbers separated by commas, as in 0,1,2; found {text!r:.80}."
        )
    return [int(word) for word in words]
