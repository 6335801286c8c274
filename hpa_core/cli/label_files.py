"""Commands: labels out (export, publish), in (import), and what they are worth."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from hpa_core.classes import CLASS_NAMES
from hpa_core.cli.app import print_json, workspace_of
from hpa_core.cli.duplicates import plain_leaks
from hpa_core.cli.labels import AsJson, By, DatasetName, labels_app, opened
from hpa_core.cli.scores import Chosen, Split, decide, warn_of_leaks
from hpa_core.data.dataset import open_dataset
from hpa_core.evaluation.run_comparison import Called, compare_by
from hpa_core.imbalance.leaks import score_leaks
from hpa_core.labeling.current import current_labels
from hpa_core.labeling.exchange.exporting import FORMATS, WHICH, export_labels
from hpa_core.labeling.exchange.foreign.reading import read_foreign_labels
from hpa_core.labeling.exchange.importing import import_labels
from hpa_core.labeling.exchange.publishing import publish_labels, read_version
from hpa_core.labeling.quality.agreement import (
    Agreement,
    agreement_between,
    agreement_of_pairs,
    agreement_with_oneself,
)
from hpa_core.labeling.quality.ratings import independent_ratings
from hpa_core.runs.folder import open_run


@labels_app.command("export")
def export(
    dataset: DatasetName,
    *,
    out: Annotated[Path, typer.Option(help="The file to make or replace.")],
    form: Annotated[str, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.")] = "kaggle",
    which: Annotated[str, typer.Option(help=f"One of {', '.join(WHICH)}.")] = "all",
    as_json: AsJson = False,
) -> None:
    """Write the labels in force of DATASET for other programs, or what changed (diff)."""
    store, data = opened(dataset)
    samples = export_labels(current_labels(store, data), out, form=form, which=which)
    if as_json:
        print_json({"dataset": dataset, "file": str(out), "format": form, "samples": samples})
        return
    typer.echo(f"{out}: {samples} samples of {dataset!r} as {FORMATS[form]}.")


@labels_app.command("publish")
def publish(
    dataset: DatasetName,
    *,
    name: Annotated[str, typer.Option("--as", help="Name of the new dataset.")],
    by: By,
    note: Annotated[str, typer.Option(help="Why; shown wherever the dataset is.")] = "",
    as_json: AsJson = False,
) -> None:
    """Make a new dataset of DATASET's images and the labels in force; takes a reviewer."""
    store, data = opened(dataset)
    made = publish_labels(workspace_of(), store, data, name=name, by=by, note=note)
    version = read_version(made)
    if as_json:
        print_json({"name": made.info.name, **(asdict(version) if version else {})})
        return
    changed = len(version.changes) if version else 0
    typer.echo(
        f"Dataset {made.info.name!r}: {made.info.samples} samples, {changed} with other labels "
        f"than in {dataset!r}; hash {made.info.hash[:12]}. Train on it: `train {made.info.name}`."
    )


@labels_app.command("import")
def import_command(  # noqa: PLR0913 - one parameter for each option
    dataset: DatasetName,
    file: Annotated[
        Path, typer.Argument(help="Export of Label Studio or FiftyOne, or its folder.")
    ],
    *,
    by: By,
    field: Annotated[
        str, typer.Option(help="Field or control tag of the labels, if there are several.")
    ] = "",
    replace: Annotated[bool, typer.Option(help="Also where somebody has decided here.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take in labels that Label Studio or FiftyOne exported; takes a reviewer."""
    store, data = opened(dataset)
    foreign = read_foreign_labels(file, field=field)
    done = import_labels(store, data, foreign, by=by, replace=replace)
    if as_json:
        print_json({"program": foreign.program, **asdict(done), "refused": list(foreign.refused)})
        return
    typer.echo(
        f"{foreign.program}: {done.recorded} samples recorded, {done.same} had the same labels, "
        f"{done.kept} decided here were kept, {len(done.unknown)} are not in {dataset!r}, "
        f"{len(foreign.refused)} refused."
    )
    for row in foreign.refused[:5]:
        typer.echo(f"  {row['id']}: {row['reason']}")


@labels_app.command("agreement")
def agreement(dataset: DatasetName, as_json: AsJson = False) -> None:
    """Say how far annotators agree on DATASET, class by class, and each with herself."""
    store, data = opened(dataset)
    ratings = independent_ratings(store.compared(data.info))
    everybody = agreement_between(ratings)
    pairs, own = agreement_of_pairs(ratings), agreement_with_oneself(ratings)
    if as_json:
        print_json(
            {
                "dataset": dataset,
                "all": _plain(everybody),
                "pairs": [_plain(one) for one in pairs],
                "oneself": [_plain(one) for one in own],
            }
        )
        return
    typer.echo(f"{everybody.samples} samples have two independent opinions or more.")
    _print_classes(everybody)
    for one in pairs:
        typer.echo(f"{' and '.join(one.annotators)}: {_summary(one)}")
    for one in own:
        typer.echo(f"{one.annotators[0]} with herself: {_summary(one)}")


@labels_app.command("compare")
def compare(  # noqa: PLR0913 - one parameter for each option
    before: Annotated[str, typer.Argument(metavar="BEFORE", help="The run on the old labels.")],
    after: Annotated[str, typer.Argument(metavar="AFTER", help="The run on the published ones.")],
    *,
    truth: Annotated[str, typer.Option(help="The dataset whose labels judge both.")],
    thresholds: Chosen = "0.5",
    split: Split = "validation",
    as_json: AsJson = False,
) -> None:
    """Say what training on corrected labels gains: both runs on the same images, one truth.

    A SET is each run's own of that name; one chosen on these very images flatters both.
    """
    workspace = workspace_of()
    data = open_dataset(workspace, truth)
    rows = data.rows(split)
    runs = [open_run(workspace, run) for run in (before, after)]
    leaks = [score_leaks(workspace, run, split) for run in runs]
    decided = [decide(run, split, thresholds, None) for run in runs]
    was, now = (Called(ids=one.predictions.ids, calls=one.calls) for one in decided)
    found = compare_by(data.ids[rows], data.targets[rows], was, now)
    difference, (low, high) = found.gain.difference, found.gain.interval
    if as_json:
        about = {"truth": truth, "hash": data.info.hash, "split": split, "thresholds": thresholds}
        scores = {"images": found.images, "before": found.first, "after": found.second}
        told = {"difference": difference, "interval": [low, high]}
        print_json({**about, **scores, **told, "leaks": [plain_leaks(one) for one in leaks]})
        return
    typer.echo(
        f"Macro F1 {found.first:.4f} before, {found.second:.4f} after: {difference:+.4f} "
        f"(95 %: {low:+.4f} to {high:+.4f}) on {found.images} images of {split}, judged by the "
        f"labels of {truth!r}, at thresholds {thresholds}."
    )
    for run, one in zip(runs, leaks, strict=True):
        warn_of_leaks(one, of=run.id)


def _plain(agreed: Agreement) -> dict[str, Any]:
    return {**asdict(agreed), "mean_alpha": agreed.mean_alpha}


def _summary(agreed: Agreement) -> str:
    alpha = agreed.mean_alpha
    known = sum(one.alpha is not None for one in agreed.by_class)
    told = "not defined" if alpha is None else f"{alpha:.3f}, the mean of {known} classes"
    return f"{agreed.samples} samples, alpha {told}"


def _print_classes(agreed: Agreement) -> None:
    table = Table("id", "class", "seen", "observed", "alpha", "95 %", box=None)
    for one in agreed.by_class:
        if one.alpha is not None and one.observed is not None:
            name = CLASS_NAMES[one.class_id]
            ends = "{:.2f} to {:.2f}".format(*one.interval) if one.interval else "too few"
            numbers = (str(one.positives), f"{one.observed:.3f}", f"{one.alpha:.3f}", ends)
            table.add_row(str(one.class_id), name, *numbers)
    if table.row_count:
        Console().print(table)
