"""Commands: make a resampling plan and see what it does to every class; list and delete plans."""

import json
from typing import Annotated, Any

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from hpa_core.classes import CLASS_NAMES
from hpa_core.cli.app import app, print_json, workspace_of
from hpa_core.data.dataset import Dataset, open_dataset
from hpa_core.errors import ConfigError
from hpa_core.imbalance.plan import Plan
from hpa_core.imbalance.plan_files import delete_plan, list_plans, remake_plan, write_plan
from hpa_core.imbalance.planning import default_split, make_plan
from hpa_core.imbalance.presets import PLAN_PRESETS
from hpa_core.imbalance.preview import PlanPreview, preview_plan
from hpa_core.imbalance.steps import STEPS, Step, steps_from_dicts

UNSAVED = "unsaved"
DatasetName = Annotated[str, typer.Argument(metavar="DATASET")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]


@app.command()
def plan(  # noqa: PLR0913 - one parameter for each option
    dataset: DatasetName,
    *,
    preset: Annotated[str | None, typer.Option(help=f"One of: {', '.join(PLAN_PRESETS)}.")] = None,
    step: Annotated[
        list[str] | None,
        typer.Option(
            help="A step after those before it, as `copy-classes factors=8:3,9:2.5` or as JSON; "
            f"one of: {', '.join(STEPS)}. Repeat it for more."
        ),
    ] = None,
    remake: Annotated[str | None, typer.Option(help="Make this saved plan again.")] = None,
    split: Annotated[
        str | None,
        typer.Option(help="Split to resample, or all.  [default: train; of labels: all]"),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Of what is drawn.")] = 0,
    name: Annotated[str | None, typer.Option(help="Save the plan under this name.")] = None,
    as_json: Json = False,
) -> None:
    """Show what an epoch of DATASET becomes by a resampling plan; --name saves it for training."""
    if bool(remake) == bool(preset or step):
        raise typer.BadParameter("give --preset, --step (any number), or both; or --remake alone.")
    opened = open_dataset(workspace_of(), dataset)
    if remake:
        made = remake_plan(opened, remake)
    else:
        split = split or default_split(opened)
        steps = _steps(opened, split, preset, step or [])
        made = make_plan(opened, steps, split=split, seed=seed, name=name or UNSAVED)
    if name:
        write_plan(opened, made)
    seen = preview_plan(opened.targets[opened.rows(made.split)], made.copies)
    if as_json:
        print_json(_summary(made, saved=bool(name or remake)) | _effect(opened, made, seen))
        return
    Console().print(_table(opened, made, seen))


@app.command()
def plans(
    dataset: DatasetName,
    *,
    delete: Annotated[str | None, typer.Option(help="Delete this plan first.")] = None,
    as_json: Json = False,
) -> None:
    """List the resampling plans of DATASET, and whether each can be used."""
    opened = open_dataset(workspace_of(), dataset)
    if delete:
        delete_plan(opened, delete)
    saved = list_plans(opened)
    if as_json:
        rows = [
            {"name": item.name, "problem": item.problem}
            | (_summary(item.plan, saved=True) if item.plan else {})
            for item in saved
        ]
        print_json({"dataset": dataset, "plans": rows})
        return
    table = Table("plan", "split", "samples an epoch", "steps", "problem")
    for item in saved:
        facts = _facts(item.plan) if item.plan else ("-", "-", "-")
        table.add_row(item.name, *facts, item.problem or "-")
    Console().print(table)


def _steps(dataset: Dataset, split: str, preset: str | None, texts: list[str]) -> tuple[Step, ...]:
    if preset is not None and preset not in PLAN_PRESETS:
        raise ConfigError(f"preset must be one of {', '.join(PLAN_PRESETS)}; found {preset!r:.80}.")
    targets = dataset.targets[dataset.rows(split)]
    first = PLAN_PRESETS[preset](targets) if preset else ()
    return (*first, *steps_from_dicts([_parsed_step(text) for text in texts]))


def _parsed_step(text: str) -> Any:
    """Read a step as JSON, or as its kind and `name=value`, a value for each class as `8:3,9:2`.

    >>> _parsed_step("copy-classes factors=8:3,9:2.5")
    {'step': 'copy-classes', 'factors': {'8': 3, '9': 2.5}}
    """
    if text.lstrip().startswith("{"):
        return _value(text)
    kind, *settings = text.split() or [""]
    values: dict[str, Any] = {"step": kind}
    for item in settings:
        name, _, value = item.partition("=")
        pairs = [pair.split(":", 1) for pair in value.split(",")]
        by_class = all(len(pair) == 2 for pair in pairs)
        values[name] = {key: _value(one) for key, one in pairs} if by_class else _value(value)
    return values


def _value(text: str) -> Any:
    """Read JSON; what is none stays text, which the step then refuses."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _summary(made: Plan, *, saved: bool) -> dict[str, Any]:
    return {
        "plan": made.name if saved else "",
        "split": made.split,
        "seed": made.seed,
        "steps": list(made.steps),
        "samples": int(made.copies.sum()),
        "rows": len(made.copies),
        "hash": made.hash,
    }


def _effect(dataset: Dataset, made: Plan, seen: PlanPreview) -> dict[str, Any]:
    ids = dataset.ids[dataset.rows(made.split)[seen.most_copied]]
    measures = ("mean_ir", "cvir", "scumble", "cardinality")
    return {
        "dataset": made.dataset,
        "before": seen.before.counts.tolist(),
        "after": seen.after.counts.tolist(),
        "shares_before": seen.before.shares.tolist(),
        "shares_after": seen.after.shares.tolist(),
        "added": seen.added.tolist(),
        "by_product": seen.by_product.tolist(),
        "removed": seen.removed.tolist(),
        "dropped": seen.dropped,
        "copied": seen.copied,
        "most_copied": [
            {"id": str(one), "copies": int(count)}
            for one, count in zip(ids, seen.most_copies, strict=True)
        ],
        "measures_before": {key: getattr(seen.before, key) for key in measures},
        "measures_after": {key: getattr(seen.after, key) for key in measures},
    }


def _facts(made: Plan) -> tuple[str, str, str]:
    kinds = ", ".join(str(step.get("step", "?")) for step in made.steps)
    return made.split, f"{made.copies.sum():,} of {len(made.copies):,} rows", kinds or "none"


def _table(dataset: Dataset, made: Plan, seen: PlanPreview) -> Table:
    kind = " of rendered cells, not real data" if dataset.info.synthetic else ""
    caption = (
        f"{made.dataset}, split {made.split}, seed {made.seed}: an epoch shows {seen.samples:,} "
        f"samples{kind} from {len(made.copies):,} rows; {seen.dropped:,} are left out, "
        f"{seen.copied:,} shown more than once"
    )
    table = Table(
        *("id", "class", "before", "after", "% before", "% after", "times", "by-product"),
        caption=caption,
        box=SIMPLE,
        pad_edge=False,
    )
    for number, name in enumerate(CLASS_NAMES):
        table.add_row(
            *(str(number), name, str(seen.before.counts[number]), str(seen.after.counts[number])),
            f"{100 * seen.before.shares[number]:.2f}",
            f"{100 * seen.after.shares[number]:.2f}",
            f"{seen.factors[number]:.2f}",
            f"{seen.by_product_shares[number]:.0%}" if seen.added[number] else "-",
        )
    return table
