"""Commands: why a network says what it says. Heat maps, and scores without a channel."""

from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from hpa_core.classes import CHANNELS, CLASS_NAMES, N_CLASSES
from hpa_core.cli.app import app, print_json, workspace_of
from hpa_core.cli.duplicates import plain_leaks
from hpa_core.cli.scores import (
    AsJson,
    Chosen,
    FallbackOption,
    RunId,
    Split,
    chosen_thresholds,
    warn_of_leaks,
)
from hpa_core.errors import ConfigError, ScoresError
from hpa_core.evaluation.ablation import ChannelEffect, Leaning, channel_effects, leanings
from hpa_core.evaluation.calls import calls_of
from hpa_core.evaluation.metrics import evaluate
from hpa_core.imbalance.leaks import score_leaks
from hpa_core.progress import terminal_progress
from hpa_core.runs.ablations import FILLS, AblationSettings, Fill
from hpa_core.runs.explanations import METHODS, Explanation, Method
from hpa_core.runs.folder import RunFolder, open_run
from hpa_core.runs.predictions import read_predictions


def _listed(options: Mapping[Any, str]) -> str:
    return "; ".join(f"{name}: {meaning}" for name, meaning in options.items()) + "."


@app.command("explain")
def explain_command(  # noqa: PLR0913 - one parameter for each option
    run_id: RunId,
    *,
    class_id: Annotated[
        int, typer.Option("--class", min=0, max=N_CLASSES - 1, help="Class whose map is printed.")
    ],
    ids: Annotated[str, typer.Option(help="Sample ids, separated by commas.")] = "",
    split: Annotated[
        str, typer.Option(help="Without --ids: explain its highest scores of the class.")
    ] = "validation",
    first: Annotated[int, typer.Option(min=1, help="How many of them.")] = 6,
    method: Annotated[Method, typer.Option(help=_listed(METHODS))] = "hirescam",
    as_json: AsJson = False,
) -> None:
    """Show where a run's network finds its evidence; the run keeps the maps of all 28 classes."""
    from hpa_core.inference import explain  # noqa: PLC0415 - imports torch

    workspace = workspace_of()
    run = open_run(workspace, run_id)
    named = [word.strip() for word in ids.split(",") if word.strip()]
    wanted = named or _highest(run, split, class_id, first)
    with terminal_progress() as progress:
        found = explain(workspace, run, wanted, method=method, progress=progress)
    if as_json:
        print_json({"run": run.id, "images": [_plain_map(one, class_id) for one in found]})
        return
    table = Table("image", "score", *(f"without {name}" for name in CHANNELS), "strongest at")
    for one in found:
        scores = (one.probs[class_id], *one.without[:, class_id])
        row, column = _strongest(one, class_id)
        table.add_row(
            one.id, *(f"{value:.3f}" for value in scores), f"{row:.0%} down, {column:.0%} right"
        )
    Console().print(table)


@app.command("ablate")
def ablate(  # noqa: PLR0913 - one parameter for each option
    run_id: RunId,
    *,
    split: Split = "validation",
    fill: Annotated[Fill, typer.Option(help=_listed(FILLS))] = "zero",
    thresholds: Chosen = "0.5",
    fallback: FallbackOption = None,
    samples: Annotated[
        int | None, typer.Option(min=1, help="At most so many of the split, drawn by --seed.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of that draw, and of what is swapped.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Score a split with each channel taken away: does the network read the protein?"""
    from hpa_core.inference import ablate_run  # noqa: PLC0415 - imports torch

    workspace = workspace_of()
    run = open_run(workspace, run_id)
    rule = chosen_thresholds(run, thresholds, fallback).rule
    settings = AblationSettings(fill=fill, samples=samples, seed=seed)
    with terminal_progress() as progress:
        ablation = ablate_run(workspace, run, split, settings=settings, progress=progress)
    if not ablation.truth_known:
        raise ScoresError(
            f"Split {split!r} has no labels, so nothing can be scored; the scores without each "
            f"channel lie in run {run.id!r}."
        )
    effects = channel_effects(ablation, rule)
    whole = evaluate(ablation.targets, calls_of(rule, ablation.probs)).macro_f1
    leaning = leanings(ablation)
    leaks = score_leaks(workspace, run, split)
    if as_json:
        about = {"run": run.id, "split": split, "fill": fill, "samples": len(ablation.ids)}
        print_json(
            {
                **about,
                "macro_f1": whole,
                "without": [_plain_effect(effect) for effect in effects],
                "leanings": [vars(one) for one in leaning],
                "leaks": plain_leaks(leaks),
            }
        )
        return
    typer.echo(f"{len(ablation.ids)} images of {split}; macro F1 {whole:.4f} with all channels.")
    _print_effects(effects, leaning)
    if leaning and fill != "swap":
        typer.echo(
            "No image that the network learnt from was black or even grey in a channel: believe "
            "this only where --fill swap says it too."
        )
    warn_of_leaks(leaks)


def _print_effects(effects: list[ChannelEffect], leaning: list[Leaning]) -> None:
    table = Table("without", "macro F1", "change", "95 % of the change", box=None)
    for effect in effects:
        low, high = effect.gain.interval
        figures = (f"{effect.macro_f1:.4f}", f"{effect.gain.difference:+z.4f}")
        table.add_row(effect.channel, *figures, f"{low:+z.4f} to {high:+z.4f}")
    Console().print(table)
    for one in leaning:
        typer.echo(
            f"{one.class_id} {CLASS_NAMES[one.class_id]} reads {one.channel} more than the "
            f"protein: its positives lose {one.lost:.2f} without {one.channel}, "
            f"{one.lost_without_green:.2f} without green."
        )


def _highest(run: RunFolder, split: str, class_id: int, count: int) -> list[str]:
    predictions = read_predictions(run, split)
    if not len(predictions.ids):
        raise ConfigError(f"Split {split!r} of run {run.id!r} has no image; name --ids.")
    order = np.argsort(-predictions.probs[:, class_id], kind="stable")
    return [str(sample_id) for sample_id in predictions.ids[order[:count]]]


def _strongest(one: Explanation, class_id: int) -> tuple[float, float]:
    """Return the middle of the strongest place, as shares of the image's height and width."""
    evidence = one.maps[class_id]
    places = np.array(np.unravel_index(evidence.argmax(), evidence.shape)) + 0.5 + one.offset
    down, right = np.clip(places / evidence.shape, 0, 1).tolist()
    return down, right


def _plain_map(one: Explanation, class_id: int) -> dict[str, Any]:
    return {
        "id": one.id,
        "class": class_id,
        "method": one.method,
        "score": float(one.probs[class_id]),
        "without": dict(zip(CHANNELS, one.without[:, class_id].tolist(), strict=True)),
        "map": one.maps[class_id].tolist(),
    }


def _plain_effect(effect: ChannelEffect) -> dict[str, Any]:
    columns = {"change": effect.change.mean, "low": effect.change.low, "high": effect.change.high}
    classes = {
        name: [None if np.isnan(value) else float(value) for value in values]
        for name, values in columns.items()
    }
    return {
        "channel": effect.channel,
        "macro_f1": effect.macro_f1,
        "interval": list(effect.interval),
        "difference": effect.gain.difference,
        "difference_interval": list(effect.gain.interval),
        "class_f1_difference": effect.gain.by_class.tolist(),
        "mean_score_change_of_positives": classes,
    }
