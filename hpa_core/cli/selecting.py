"""Commands: the samples that a filter finds, and selections saved by name."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from hpa_core.cli.app import app, print_json, workspace_of
from hpa_core.cli.scores import FallbackOption, chosen_thresholds
from hpa_core.data.dataset import Dataset, open_dataset
from hpa_core.errors import FilterError
from hpa_core.files import check_output, write_atomic
from hpa_core.labeling import open_store
from hpa_core.runs.folder import list_runs, open_run
from hpa_core.runs.predictions import read_predictions
from hpa_core.selections.annotators import with_annotators
from hpa_core.selections.expression import Expression, asks_for_annotators
from hpa_core.selections.parsing import parse_filter
from hpa_core.selections.samples import (
    Samples,
    dataset_samples,
    outside_samples,
    predicted_samples,
)
from hpa_core.selections.saved import (
    delete_selection,
    list_selections,
    rename_selection,
    resolve,
    save_selection,
)
from hpa_core.selections.selecting import selected_rows
from hpa_core.selections.table import Origin, selection_columns, selection_csv

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]


@app.command()
def select(  # noqa: PLR0913 - one parameter for each option
    target: Annotated[str, typer.Argument(metavar="RUN|DATASET")],
    *,
    text: Annotated[
        str,
        typer.Option("--filter", help="Such as 'missed:Golgi score(Cytosol)>0.3 labels>=2'."),
    ] = "",
    split: Annotated[
        str | None, typer.Option(help="Of the run or dataset.  [default: validation; all]")
    ] = None,
    thresholds: Annotated[
        str, typer.Option(metavar="SET|FILE|NUMBER", help="What the run's calls follow.")
    ] = "0.5",
    fallback: FallbackOption = None,
    save: Annotated[str | None, typer.Option(help="Save the filter under this name.")] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace a saved selection of the same name.")
    ] = False,
    csv: Annotated[Path | None, typer.Option(help="Write the samples to this file.")] = None,
    as_json: Json = False,
) -> None:
    """Find the samples of a dataset, or of what a run says of it, that a filter holds for."""
    expression = parse_filter(text)
    if any(run.id == target for run in list_runs(workspace_of())):
        samples, dataset = _samples_of_run(target, split or "validation", thresholds, fallback)
        origin = Origin(run=target, split=split or "validation", thresholds=thresholds)
    else:
        origin = None
        dataset = open_dataset(workspace_of(), target)
        samples = dataset_samples(dataset, dataset.rows(split or "all"))
    rows = _selected(expression, samples, dataset)
    if save and dataset is None:
        raise FilterError(None, "a selection is saved with a dataset, and this run has none")
    if save and dataset:
        save_selection(dataset.folder, save, text, over=replace)
    if csv:
        _write(csv, selection_csv(samples, rows, origin))
    if as_json:
        print_json(_plain(expression, samples, rows))
    elif csv:
        typer.echo(f"Wrote {len(rows):,} of {len(samples.ids):,} samples to {csv}.")
    else:
        typer.echo(
            "\n".join([f"{len(rows):,} of {len(samples.ids):,} samples", *samples.ids[rows]])
        )


@app.command()
def selections(
    dataset: Annotated[str, typer.Argument(metavar="DATASET")],
    *,
    delete: Annotated[str | None, typer.Option(help="Delete this selection first.")] = None,
    rename: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="NAME NEW", help="Give this selection another name first."),
    ] = None,
    as_json: Json = False,
) -> None:
    """List the selections saved with DATASET."""
    folder = open_dataset(workspace_of(), dataset).folder
    if delete:
        delete_selection(folder, delete)
    if rename:
        rename_selection(folder, *rename)
    saved = list_selections(folder)
    if as_json:
        print_json({"dataset": dataset, "selections": [asdict(each) for each in saved]})
        return
    for each in saved:
        typer.echo(f"{each.name}: {each.filter[:200]}{f'  ({each.note})' if each.note else ''}")


def _samples_of_run(
    run_id: str, split: str, thresholds: str, fallback: Any
) -> tuple[Samples, Dataset | None]:
    """Return what a run says of its dataset; of none where the scores came from outside."""
    run = open_run(workspace_of(), run_id)
    predictions = read_predictions(run, split)
    dataset = open_dataset(workspace_of(), run.info.dataset) if run.info.dataset else None
    samples = predicted_samples(dataset, predictions) if dataset else None
    samples = samples or outside_samples(predictions, split)
    return samples.called(chosen_thresholds(run, thresholds, fallback)), dataset


def _selected(expression: Expression, samples: Samples, dataset: Dataset | None) -> np.ndarray:
    if dataset:
        expression = resolve(expression, dataset.folder)
        if asks_for_annotators(expression):
            with open_store(workspace_of()) as store:
                samples = with_annotators(samples, store.opinions(dataset.info))
    return selected_rows(expression, samples)


def _plain(expression: Expression, samples: Samples, rows: np.ndarray) -> dict[str, Any]:
    columns = selection_columns(samples, rows)
    names = [name.lower() for name in columns]
    return {
        "filter": str(expression),
        "samples": len(samples.ids),
        "selected": len(rows),
        "rows": [
            dict(zip(names, cells, strict=True)) for cells in zip(*columns.values(), strict=True)
        ],
    }


def _write(path: Path, content: bytes) -> None:
    check_output(path, what="samples")
    write_atomic(path, content)
