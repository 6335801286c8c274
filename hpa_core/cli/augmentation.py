"""Command: see what a training's augmentation makes of one sample, without training."""

import sys
from io import BytesIO
from pathlib import Path
from typing import Annotated, Any

import typer

from hpa_core.cli.app import app, print_json, workspace_of
from hpa_core.config import PRESETS, TrainConfig, parse_settings
from hpa_core.data.dataset import open_dataset
from hpa_core.data.previews import (
    SUFFIX,
    Picture,
    Preview,
    contact_sheet,
    labels_of,
    write_preview,
)
from hpa_core.errors import WorkspaceError
from hpa_core.files import write_atomic
from hpa_core.progress import terminal_progress

SHEET, SHEET_COLUMNS = ".png", 5


@app.command()
def augment(  # noqa: PLR0913 - one argument an option
    dataset: Annotated[str, typer.Argument(help="Dataset, with images.")],
    *,
    sample: Annotated[str, typer.Option("--id", help="Sample of the split to learn from.")],
    settings: Annotated[
        str, typer.Option(help="Settings of the training, as JSON: '{\"mixup\": 0.3}'.")
    ] = "{}",
    epochs: Annotated[int, typer.Option(min=1, max=64, help="Epochs to render.")] = 8,
    copies: Annotated[
        int, typer.Option(min=1, max=64, help="How often an epoch shows the sample, at least.")
    ] = 1,
    out: Annotated[
        Path | None, typer.Option(help="A .png with all pictures, or a .npz with their pixels.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Render SAMPLE as the first epochs of a training with these settings would show it."""
    from hpa_core.loading.preview import render_preview  # noqa: PLC0415 - imports torch

    if out and out.suffix not in (SUFFIX, SHEET):
        raise WorkspaceError(f"--out must end in {SUFFIX} or {SHEET}; found {out.name!r}.")
    values = {**PRESETS["demo"](dataset).to_dict(), **parse_settings(settings), "dataset": dataset}
    config = TrainConfig.from_dict(values)
    with terminal_progress() as progress:
        preview = render_preview(
            open_dataset(workspace_of(), dataset),
            config,
            sample,
            epochs=epochs,
            copies=copies,
            progress=progress,
        )
    if out:
        _write(out, preview)
    if as_json:
        print_json(_plain(preview))
    else:
        sys.stdout.write("".join(f"{_line(picture)}\n" for picture in preview.pictures))


def _write(path: Path, preview: Preview) -> None:
    if path.suffix == SUFFIX:
        write_preview(path, preview)
        return
    content = BytesIO()
    contact_sheet(preview.images, columns=SHEET_COLUMNS).save(content, "PNG")
    write_atomic(path, content.getvalue())


def _plain(preview: Preview) -> dict[str, Any]:
    return {
        "dataset": preview.dataset,
        "id": preview.sample,
        "image_size": preview.images.shape[-1],
        "variants": [
            {
                "epoch": picture.epoch,
                "copy": picture.copy,
                "partner": picture.partner or None,
                "own_share": picture.own_share,
                "pasted": picture.pasted,
                "targets": labels_of(picture.targets),
            }
            for picture in preview.variants
        ],
    }


def _line(picture: Picture) -> str:
    """Say one picture in a line, in the order of the sheet."""
    labels = ", ".join(
        f"{number}: {share:.2f}" for number, share in labels_of(picture.targets).items()
    )
    if not picture.epoch:
        return f"{picture.sample}, as stored; labels {labels or 'none'}"
    mixed = ""
    if picture.partner:
        how = "pasted from" if picture.pasted else "blended with"
        mixed = f", {how} {picture.partner}, {picture.own_share:.2f} its own"
    return f"epoch {picture.epoch}, copy {picture.copy}{mixed}; labels {labels or 'none'}"
