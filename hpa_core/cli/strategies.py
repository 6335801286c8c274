"""Commands: thresholds fit (one strategy, saved as a set), thresholds estimate (many, compared)."""

from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from jaxtyping import Bool
from rich.console import Console
from rich.table import Table

from hpa_core.classes import CLASS_NAMES
from hpa_core.cli.app import app, print_json, workspace_of
from hpa_core.cli.duplicates import plain_leaks
from hpa_core.cli.scores import AsJson, RunId, Split, warn_of_leaks
from hpa_core.data.dataset import SPLITS, open_dataset
from hpa_core.data.prevalence import Shares, read_prevalence, split_prevalence
from hpa_core.errors import ConfigError
from hpa_core.evaluation.calls import apply_thresholds
from hpa_core.evaluation.estimates import (
    Estimates,
    estimate_strategies,
    plain_estimate,
)
from hpa_core.evaluation.honesty import UNFITTED, Honest, cross_fitted
from hpa_core.evaluation.options import FORM, Options, parse_constraint
from hpa_core.evaluation.strategies import STRATEGIES, ready_strategies, strategy_named
from hpa_core.imbalance.leaks import score_leaks
from hpa_core.progress import terminal_progress
from hpa_core.runs.folder import RunFolder, open_run
from hpa_core.runs.predictions import predictions_hash, read_predictions
from hpa_core.runs.thresholds import Fallback, check_free, chosen_on, save_thresholds
from hpa_core.workspace import Workspace

thresholds_app = typer.Typer(no_args_is_help=True, help="Choose thresholds.")
app.add_typer(thresholds_app, name="thresholds")

Calls = Bool[np.ndarray, "N C"]
NAMES = ", ".join(STRATEGIES)
Prevalence = Annotated[
    str,
    typer.Option(
        metavar="SPLIT|FILE|NUMBERS",
        help="Shares for prevalence-target: those of a split of the run's dataset, of a CSV with "
        "one line a class, or 28 numbers separated by commas.",
    ),
]
Column = Annotated[str, typer.Option(help="The column of the CSV, where it has several.")]
Constraints = Annotated[
    list[str] | None,
    typer.Option("--constraint", metavar="CLASS:WISHES", help=f"For constrained: {FORM}; repeat."),
]
Rule = Annotated[Fallback, typer.Option(help="What becomes of a sample without a call.")]


@thresholds_app.command("fit")
def fit(  # noqa: PLR0913 - one parameter for each option
    run_id: RunId,
    *,
    strategy: Annotated[str, typer.Option(help=f"One of: {NAMES}.")],
    name: Annotated[str, typer.Option(help="The set's name.")],
    over: Annotated[
        bool, typer.Option("--replace", help="Replace a saved set of the same name.")
    ] = False,
    prevalence: Prevalence = "",
    column: Column = "",
    constraint: Constraints = None,
    fallback: Rule = "none",
    split: Split = "validation",
    as_json: AsJson = False,
) -> None:
    """Choose thresholds by a strategy, save them, and say what to expect of them on new data.

    Without truth, strategies that need none still choose; nothing can then be scored.
    """
    workspace = workspace_of()
    run = open_run(workspace, run_id)
    check_free(run, name, over=over)
    predictions = read_predictions(run, split)
    chosen = strategy_named(strategy)
    told = _options(workspace, run, prevalence, column, constraint)
    chosen.check(told)
    honest = None
    if predictions.targets is None:
        thresholds = chosen.fit(predictions.probs, None, told)
    else:
        with terminal_progress() as progress:
            honest = cross_fitted(
                predictions.probs,
                predictions.targets,
                strategy=chosen,
                options=told,
                fallback=fallback,
                progress=progress,
            )
        thresholds = honest.thresholds
    save_thresholds(
        run,
        chosen_on(
            run,
            split,
            thresholds,
            strategy=strategy,
            data_hash=predictions_hash(run, split),
            fallback=fallback,
            name=name,
            fixed=chosen.fixed,
        ),
        over=over,
    )
    calls = apply_thresholds(predictions.probs, thresholds, fallback=fallback)
    leaks = score_leaks(workspace, run, split) if honest else None
    if as_json:
        print_json(
            {
                "thresholds": thresholds.tolist(),
                **_plain_honest(honest),
                **_plain_calls(calls),
                "leaks": plain_leaks(leaks),
            }
        )
        return
    typer.echo(f"Saved {name}: {_calls_sentence(calls)}")
    if honest is None:
        typer.echo(f"Split {split} has no truth: nothing of it can be scored.")
        return
    low, high = honest.interval
    typer.echo(
        f"Macro F1 {honest.in_sample:.4f} on these samples; on new ones expect "
        f"{honest.expected:.3f} (95 %: {low:.3f} to {high:.3f})."
    )
    _print_noise(honest)
    warn_of_leaks(leaks)


@thresholds_app.command("estimate")
def estimate(  # noqa: PLR0913 - one parameter for each option
    run_id: RunId,
    *,
    strategy: Annotated[
        list[str] | None,
        typer.Option(help=f"One of: {NAMES}; repeat. By default all that need nothing more."),
    ] = None,
    prevalence: Prevalence = "",
    column: Column = "",
    constraint: Constraints = None,
    fallback: Rule = "none",
    split: Split = "validation",
    as_json: AsJson = False,
) -> None:
    """Say side by side what each strategy claims here and is expected to give on new data."""
    workspace = workspace_of()
    run = open_run(workspace, run_id)
    told = _options(workspace, run, prevalence, column, constraint)
    named = [strategy_named(each) for each in strategy or ()] or ready_strategies(told)
    with terminal_progress() as progress:
        for found in estimate_strategies(
            run, split, named, options=told, fallback=fallback, progress=progress
        ):
            estimates = found
    leaks = score_leaks(workspace, run, split)
    if as_json:
        strategies = {name: plain_estimate(each) for name, each in estimates.found.items()}
        print_json({**vars(estimates), "found": strategies, "leaks": plain_leaks(leaks)})
        return
    _print_estimates(estimates)
    warn_of_leaks(leaks)


def _options(
    workspace: Workspace, run: RunFolder, prevalence: str, column: str, constraint: list[str] | None
) -> Options:
    return Options(
        prevalence=_shares(workspace, run, prevalence, column) if prevalence else None,
        constraints=tuple(parse_constraint(each) for each in constraint or ()),
    )


def _shares(workspace: Workspace, run: RunFolder, words: str, column: str) -> Shares:
    """Read numbers, else a split of the run's dataset, else a file."""
    if words.count(","):
        try:
            return tuple(float(word) for word in words.split(","))
        except ValueError:
            raise ConfigError("A prevalence of numbers has 28 of them, with commas.") from None
    if words in SPLITS and not run.info.dataset:
        raise ConfigError(
            f"Run {run.id!r} names no dataset, so the share of each class in {words!r} is not "
            "known; give a CSV."
        )
    if words in SPLITS:
        return split_prevalence(open_dataset(workspace, run.info.dataset), words)
    return read_prevalence(Path(words), column)


def _plain_honest(honest: Honest | None) -> dict[str, object]:
    """Return the figures as JSON takes them, each null where there is no truth."""
    return {
        "macro_f1": honest and honest.in_sample,
        "expected_macro_f1": honest and honest.expected,
        "interval": honest and list(honest.interval),
        "noise": honest and honest.gains.noise.nonzero()[0].tolist(),
    }


def _plain_calls(calls: Calls) -> dict[str, object]:
    return {
        "samples": len(calls),
        "calls": calls.sum(axis=0).tolist(),
        "without_call": int((~calls.any(axis=1)).sum()),
    }


def _calls_sentence(calls: Calls) -> str:
    silent = int((~calls.any(axis=1)).sum())
    return (
        f"{calls.sum() / max(len(calls), 1):.2f} calls an image, {silent:,} of {len(calls):,} "
        "images without one."
    )


def _print_noise(honest: Honest) -> None:
    noise = honest.gains.noise.nonzero()[0].tolist()
    if noise:
        typer.echo(
            f"Over {UNFITTED} for all, choosing shows a gain or loss in "
            f"{len(CLASS_NAMES) - len(noise)} of {len(CLASS_NAMES)} classes; it is noise in "
            f"{', '.join(map(str, noise))}."
        )


def _print_estimates(estimates: Estimates) -> None:
    columns = ("strategy", "in-sample", "expected", "95 %", "noise in classes")
    table = Table(*columns, box=None)
    ordered = sorted(estimates.found.items(), key=lambda item: -item[1].honest.expected)
    for name, each in ordered:
        honest = each.honest
        low, high = honest.interval
        table.add_row(
            name,
            f"{honest.in_sample:.4f}",
            f"{honest.expected:.4f}",
            f"{low:.3f} to {high:.3f}",
            str(int(honest.gains.noise.sum())),
        )
    Console().print(table)
