"""Commands: deal a dataset's samples to folds; list and delete fold sets."""

from typing import Annotated, Any

import numpy as np
import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from hpa_core.classes import CLASS_NAMES
from hpa_core.cli.app import app, print_json, workspace_of
from hpa_core.data.dataset import Dataset, open_dataset
from hpa_core.data.dealing import deal_folds
from hpa_core.data.folds import FoldSet, delete_folds, list_folds, write_folds
from hpa_core.data.splits import class_counts_by_part

DatasetName = Annotated[str, typer.Argument(metavar="DATASET")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]


@app.command()
def split(  # noqa: PLR0913 - one parameter for each option
    dataset: DatasetName,
    *,
    folds: Annotated[int, typer.Option(help="How many folds.")] = 5,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    name: Annotated[
        str | None, typer.Option(help="Name of the set.  [default: 5-folds-seed-0]")
    ] = None,
    grouped: Annotated[
        bool, typer.Option(help="Keep identical and duplicate images in one fold.")
    ] = True,
    as_json: Json = False,
) -> None:
    """Deal train and validation to folds, even in every class; train on them by `train --fold`."""
    opened = open_dataset(workspace_of(), dataset)
    name = name or f"{folds}-folds-seed-{seed}{'' if grouped else '-ungrouped'}"
    fold = deal_folds(opened, folds, seed=seed, grouped=grouped)
    path = write_folds(opened.folder, name, opened.ids, fold)
    made = opened.folds(name)
    counts = _class_counts(opened, made)
    if as_json:
        told = {"name": name, "file": str(path), "seed": seed, "grouped": grouped}
        print_json(told | _summary(made) | {"counts": counts.tolist(), "empty": _empty(counts)})
        return
    table = Table(
        "id", "class", *(f"fold {number}" for number in range(folds)), caption=str(path), box=SIMPLE
    )
    for number, (label, row) in enumerate(zip(CLASS_NAMES, counts.T, strict=True)):
        table.add_row(str(number), label, *map(str, row))
    Console().print(table)


@app.command("folds")
def folds_command(
    dataset: DatasetName,
    *,
    delete: Annotated[str | None, typer.Option(help="Delete this set first.")] = None,
    as_json: Json = False,
) -> None:
    """List the fold sets of DATASET, and the names of their folds as splits."""
    opened = open_dataset(workspace_of(), dataset)
    if delete:
        delete_folds(opened.folder, delete)
    saved = list_folds(opened.folder, opened.ids)
    if as_json:
        rows = [
            {"name": item.name, "problem": item.problem}
            | (_summary(item.folds) if item.folds else {})
            for item in saved
        ]
        print_json({"dataset": dataset, "folds": rows})
        return
    table = Table("set", "samples in each fold", "validate on", "problem", box=SIMPLE)
    for item in saved:
        splits = _splits(item.folds) if item.folds else ["-"]
        sizes = " ".join(map(str, item.folds.sizes)) if item.folds else "-"
        table.add_row(item.name, sizes, f"{splits[0]} ... {splits[-1]}", item.problem or "-")
    Console().print(table)


def _summary(folds: FoldSet) -> dict[str, Any]:
    return {"samples": folds.sizes.tolist(), "splits": _splits(folds), "hash": folds.hash}


def _splits(folds: FoldSet) -> list[str]:
    return [str(folds.split(number)) for number in range(folds.count)]


def _class_counts(dataset: Dataset, folds: FoldSet) -> np.ndarray:
    inside = folds.fold >= 0
    return class_counts_by_part(dataset.targets[inside], folds.fold[inside])


def _empty(counts: np.ndarray) -> list[dict[str, int]]:
    """Name the classes that a fold lacks, of those that occur."""
    lacking = (counts == 0) & counts.any(axis=0)
    return [{"fold": int(fold), "class": int(label)} for fold, label in np.argwhere(lacking)]
