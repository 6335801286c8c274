"""Commands: import images or labels, list datasets, count classes."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from hpa_core.classes import CLASS_NAMES
from hpa_core.cli.app import app, import_app, print_json, workspace_of
from hpa_core.data.dataset import REFUSED, Dataset, info_path, list_datasets, open_dataset
from hpa_core.data.importing import (
    EXTERNAL_SIDE,
    import_external,
    import_kaggle,
    import_labels,
)
from hpa_core.progress import terminal_progress

Name = Annotated[str, typer.Option("--name", help="Name of the dataset.")]
DatasetName = Annotated[str, typer.Argument(metavar="DATASET")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]


@import_app.command("kaggle")
def import_kaggle_command(  # noqa: PLR0913 - one parameter for each option
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="<id>_{red,green,blue,yellow}.png")],
    *,
    labels: Annotated[Path, typer.Option(help="CSV with the columns Id,Target.")],
    name: Name,
    size: Annotated[int | None, typer.Option(help="Scale down to this many pixels a side.")] = None,
    allow_unlabelled: Annotated[
        bool, typer.Option(help="Take rows with an empty Target, as the split `test`.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Import the competition's layout: a label table and four PNGs a sample."""
    workspace = workspace_of()
    known = info_path(workspace, name).is_file()
    with terminal_progress() as progress:
        dataset = import_kaggle(
            workspace,
            folder,
            labels,
            name=name,
            size=size,
            allow_unlabelled=allow_unlabelled,
            progress=progress,
        )
    _report_import(dataset, known=known, as_json=as_json)


@import_app.command("external")
def import_external_command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="<id>_{red,green,blue,yellow}.jpg")],
    *,
    labels: Annotated[Path, typer.Option(help="CSV with the columns Id,Target.")],
    name: Name,
    size: Annotated[
        int, typer.Option(help="Scale down to this many pixels a side; smaller files are refused.")
    ] = EXTERNAL_SIDE,
    as_json: Json = False,
) -> None:
    """Import the Human Protein Atlas's own false-colour JPEGs: one grey channel of each.

    An image that is not square, or four files of unequal size, are refused and listed.
    """
    workspace = workspace_of()
    known = info_path(workspace, name).is_file()
    with terminal_progress() as progress:
        dataset = import_external(
            workspace, folder, labels, name=name, size=size, progress=progress
        )
    _report_import(dataset, known=known, as_json=as_json)


@import_app.command("labels")
def import_labels_command(
    labels: Annotated[Path, typer.Argument(metavar="CSV", help="Columns Id,Target.")],
    name: Name,
    as_json: Json = False,
) -> None:
    """Import labels alone, without images."""
    workspace = workspace_of()
    known = info_path(workspace, name).is_file()
    with terminal_progress() as progress:
        dataset = import_labels(workspace, labels, name=name, progress=progress)
    _report_import(dataset, known=known, as_json=as_json)


@app.command()
def datasets(as_json: Json = False) -> None:
    """List the datasets of the workspace."""
    infos = list_datasets(workspace_of())
    if as_json:
        rows = [
            {"name": info.name, "source": info.source, "samples": info.samples}
            | {"image_size": info.image_size, "refused": info.refused, "synthetic": info.synthetic}
            for info in infos
        ]
        print_json({"datasets": rows})
        return
    table = Table("dataset", "source", "samples", "pixels a side", "refused")
    for info in infos:
        numbers = (info.samples, info.image_size or "-", info.refused)
        table.add_row(info.name, info.source, *map(str, numbers))
    Console().print(table)


@app.command()
def counts(dataset: DatasetName, as_json: Json = False) -> None:
    """Count every class; a share is a class's count over all labels."""
    opened = open_dataset(workspace_of(), dataset)
    positives = opened.targets.sum(axis=0)
    labels = int(positives.sum())
    classes = [
        {"id": number, "name": name, "count": int(count), "share": int(count) / max(labels, 1)}
        for number, (name, count) in enumerate(zip(CLASS_NAMES, positives, strict=True))
    ]
    if as_json:
        print_json({"samples": opened.info.samples, "labels": labels, "classes": classes})
        return
    table = Table("id", "class", "count", "share", caption=_caption(opened))
    for row in classes:
        table.add_row(str(row["id"]), str(row["name"]), str(row["count"]), f"{row['share']:.4f}")
    Console().print(table)


def _report_import(dataset: Dataset, *, known: bool, as_json: bool) -> None:
    info = dataset.info
    if as_json:
        print_json(
            {"dataset": info.name, "samples": info.samples, "refused": info.refused}
            | {"imported": not known}
            | {"image_size": info.image_size, "note": info.note, "folder": str(dataset.folder)}
        )
        return
    has = "was imported already, with the same content: it has" if known else "has"
    refused = f" {info.refused} were refused: see {dataset.folder / REFUSED}."
    typer.echo(f"Dataset {info.name!r} {has} {info.samples} samples.{refused * bool(info.refused)}")
    if info.note:
        typer.echo(info.note)


def _caption(dataset: Dataset) -> str:
    kind = "rendered cells, not real data" if dataset.info.synthetic else ""
    return f"{dataset.info.samples} samples, {int(dataset.targets.sum())} labels {kind}".strip()
