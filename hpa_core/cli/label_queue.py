"""Command: what to label next, in the order of need."""

from dataclasses import asdict
from typing import Annotated, Literal

import numpy as np
import typer

from hpa_core.cli.app import print_json, workspace_of
from hpa_core.cli.labels import AsJson, By, DatasetName, labels_app, opened
from hpa_core.data.dataset import Dataset
from hpa_core.errors import ConfigError
from hpa_core.labeling import LabelStore, Queue, QueueSettings, next_samples
from hpa_core.labeling.current import current_labels
from hpa_core.labeling.queue.ordering import at_random, by_disagreement, by_rarity, by_uncertainty
from hpa_core.progress import terminal_progress
from hpa_core.runs.folder import open_run
from hpa_core.runs.predictions import read_predictions
from hpa_core.selections.neighbours import find_neighbours
from hpa_core.selections.samples import predicted_samples
from hpa_core.selections.suspicion import by_suspicion

Need = Literal["suspicious", "uncertain", "rare", "disagreements", "random"]


@labels_app.command("next")
def next_command(  # noqa: PLR0913 - one parameter for each option
    dataset: DatasetName,
    *,
    by: By,
    need: Annotated[
        Need, typer.Option(help="What comes first; suspicious and uncertain take a run.")
    ] = "rare",
    run: Annotated[str, typer.Option(help="The run whose scores order the samples.")] = "",
    split: Annotated[
        str, typer.Option(help="Of the dataset; all, or, with a run, validation by default.")
    ] = "",
    count: Annotated[int, typer.Option(min=1, max=100, help="How many samples.")] = 1,
    opinions: Annotated[int, typer.Option(min=1, max=5, help="Wanted on each sample.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Say what to label next; nobody else is asked for these samples for five minutes."""
    store, data = opened(dataset)
    split = split or ("validation" if run else "all")
    order = (
        _scored_order(store, data, need, run, split) if run else _order(store, data, need, split)
    )
    settings = QueueSettings(opinions=opinions, decided=need == "disagreements")
    queue = Queue(order=order, reason=need, settings=settings)
    leases = next_samples(store, queue, by=by, dataset=data.info, count=count)
    if as_json:
        print_json({"dataset": dataset, "samples": [asdict(lease) for lease in leases]})
        return
    for lease in leases:
        typer.echo(f"{lease.sample}{'  (blind)' if lease.blind else ''}")
    if not leases:
        typer.echo("Nothing is left to be asked.")


def _order(store: LabelStore, data: Dataset, need: Need, split: str) -> list[str]:
    rows = data.rows(split)
    ids = data.ids[rows]
    if need == "random":
        return at_random(ids, seed=0)
    if need == "disagreements":
        known = set(ids.tolist())
        return [sample for sample in by_disagreement(store.opinions(data.info)) if sample in known]
    if need != "rare":
        raise ConfigError(f"What is {need} takes a model's scores; name a run with --run.")
    targets = current_labels(store, data).targets
    return by_rarity(ids, targets[rows].astype(float), targets)


def _scored_order(store: LabelStore, data: Dataset, need: Need, run: str, split: str) -> list[str]:
    if need in {"random", "disagreements"}:
        return _order(store, data, need, split)
    scored = open_run(workspace_of(), run)
    predictions = read_predictions(scored, split)
    samples = predicted_samples(data, predictions)
    probs = np.asarray(samples.probs)
    if need == "uncertain":
        return by_uncertainty(samples.ids, probs, probs > 0.5)
    if need == "rare":
        return by_rarity(samples.ids, probs, current_labels(store, data).targets)
    with terminal_progress() as progress:
        near = find_neighbours(scored, split, samples, progress=progress)
    return by_suspicion(samples, near.nearest if near else None)
