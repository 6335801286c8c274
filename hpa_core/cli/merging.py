"""`merge BASE EXTERNAL`: one dataset from two, with a rule for duplicates."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from hpa_core.classes import CLASS_NAMES
from hpa_core.cli.app import app, print_json, workspace_of
from hpa_core.data.merging.links import read_id_groups
from hpa_core.data.merging.merging import Merged, merge_datasets
from hpa_core.data.merging.rules import RULES
from hpa_core.progress import terminal_progress


@app.command("merge")
def merge_command(  # noqa: PLR0913 - one parameter for each option
    base: Annotated[str, typer.Argument(help="Its validation rows stay validation.")],
    external: Annotated[str, typer.Argument(help="Its rows go to train, but for duplicates.")],
    *,
    name: Annotated[str, typer.Option("--name", help="Name of the merged dataset.")],
    duplicates: Annotated[
        list[Path] | None,
        typer.Option(help="Published list: two ids or more on a line, comma between. Repeatable."),
    ] = None,
    rule: Annotated[
        str, typer.Option(help=f"What becomes of duplicates: {', '.join(RULES)}.")
    ] = RULES[0],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Merge two datasets; duplicates share a group and never stand on two sides.

    Duplicates are rows with equal ids, on one line of a list, or with identical images.
    """
    listed = [group for path in duplicates or () for group in read_id_groups(path)]
    with terminal_progress() as progress:
        merged = merge_datasets(
            workspace_of(),
            base,
            external,
            name=name,
            rule=rule,
            listed=listed,
            progress=progress,
        )
    if as_json:
        info = merged.dataset.info
        told = {"dataset": name, "samples": info.samples, "image_size": info.image_size}
        print_json(told | {"note": info.note, "rule": rule} | asdict(merged.report))
    else:
        _print_report(merged)


def _print_report(merged: Merged) -> None:
    report, info = merged.report, merged.dataset.info
    typer.echo(info.note)
    table = Table("id", "class", "base", "external", "merged", title=f"Labels of {info.name!r}")
    columns = (report.labels[part] for part in ("base", "external", "merged"))
    for number, (label, *counts) in enumerate(zip(CLASS_NAMES, *columns, strict=True)):
        table.add_row(str(number), label, *map(str, counts))
    table.add_section()
    table.add_row("", "samples", *(str(report.rows[part]) for part in report.rows))
    Console().print(table)
    ways = ", ".join(f"{kind} {count:,}" for kind, count in report.duplicates.items())
    typer.echo(f"External rows that are samples of the base: {ways}.")
    dropped = " and ".join(f"{count:,} of {part}" for part, count in report.dropped.items())
    typer.echo(
        f"Dropped {dropped}; {report.relabelled:,} got further labels, {report.renamed:,} another "
        f"id. Held out beside the base's: {report.held_out:,}; rows of the base moved so that no "
        f"group is on two sides: {report.moved:,}."
    )
    if unknown := report.listed["unknown"]:
        typer.echo(f"{unknown:,} of {report.listed['ids']:,} listed ids are in neither dataset.")
