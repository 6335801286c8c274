"""Command: what moving from one threshold set to another changes, call by call."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from hpa_core.classes import CLASS_NAMES
from hpa_core.cli.app import app, print_json, workspace_of
from hpa_core.cli.scores import AsJson, Chosen, FallbackOption, RunId, Split, decide
from hpa_core.evaluation.flips import Flips, find_flips, flipped_rows, flips_csv, macro_f1_gain
from hpa_core.files import check_output, write_atomic
from hpa_core.runs.folder import open_run


@app.command("flips")
def flips(  # noqa: PLR0913 - one parameter for each option
    run_id: RunId,
    *,
    thresholds: Chosen,
    to: Annotated[str, typer.Option(metavar="SET|FILE|NUMBER", help="The set that is moved to.")],
    fallback: FallbackOption = None,
    split: Split = "validation",
    csv: Annotated[
        Path | None, typer.Option(help="Write a line a changed call to this file: Id,Class,Change.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say which calls another threshold set gains and loses, and which of them rightly."""
    run = open_run(workspace_of(), run_id)
    before, after = (decide(run, split, chosen, fallback) for chosen in (thresholds, to))
    ids, truth = before.predictions.ids, before.predictions.targets
    found = find_flips(before.calls, after.calls, truth)
    gain = None if truth is None else macro_f1_gain(before.calls, after.calls, truth)
    changed = len(flipped_rows(found))
    if csv:
        check_output(csv, what="changes")
        write_atomic(csv, flips_csv(found, ids))
    if as_json:
        unjudged = find_flips(before.calls, after.calls, None)
        per_class = _plain_classes(unjudged, found)
        told = {"samples": len(ids), "changed": changed, "truth": truth is not None}
        print_json({**told, "macro_f1": gain, "per_class": per_class})
        return
    counts = found.counts().sum(axis=1).tolist()
    cells = ", ".join(f"{count:,} {kind}" for kind, count in zip(found.kinds, counts, strict=True))
    typer.echo(f"{changed:,} of {len(ids):,} images change: {cells}.")
    if gain is None:
        typer.echo(f"Split {split} has no truth: no change is right or wrong.")
    else:
        typer.echo(f"Macro F1 {gain:+.5f} on these images.")
    _print_classes(found)
    if csv:
        typer.echo(f"Wrote {sum(counts):,} changed calls to {csv}.")


def _plain_classes(*several: Flips) -> list[dict[str, object]]:
    kinds = [item for each in several for item in each.kinds.items()]
    return [
        {"id": number, "name": name, **{kind: int(cells[:, number].sum()) for kind, cells in kinds}}
        for number, name in enumerate(CLASS_NAMES)
    ]


def _print_classes(found: Flips) -> None:
    counts = found.counts()
    table = Table("class", *found.kinds, box=None)
    for number in found.classes():
        table.add_row(f"{number} {CLASS_NAMES[number]}", *map(str, counts[:, number]))
    Console().print(table)
