"""Command: neighbours. The likes of one sample, or those of all that speak of suspicious labels."""

from typing import Annotated

import typer

from hpa_core.cli.app import app, print_json, workspace_of
from hpa_core.cli.scores import AsJson, RunId, Split
from hpa_core.data.dataset import open_dataset
from hpa_core.errors import ScoresError
from hpa_core.evaluation.neighbours import Neighbourhood
from hpa_core.progress import terminal_progress
from hpa_core.runs.folder import RunFolder, open_run
from hpa_core.runs.neighbours import neighbours_path
from hpa_core.runs.predictions import Predictions, read_predictions
from hpa_core.selections.identities import Identities
from hpa_core.selections.neighbours import find_neighbours
from hpa_core.selections.samples import outside_samples, predicted_samples


@app.command()
def neighbours(  # noqa: PLR0913 - one parameter for each option
    run_id: RunId,
    *,
    split: Split = "validation",
    sample: Annotated[
        str, typer.Option("--id", help="Name the samples nearest to this one; keep nothing.")
    ] = "",
    count: Annotated[int, typer.Option(min=1, help="How many to name, with --id.")] = 12,
    dataset: Annotated[
        str,
        typer.Option(
            help="Without --id: whose labels say which samples have one; by default the run's "
            "dataset's, or what came with the scores."
        ),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Find each labelled sample's nearest in the embedding, for `suspicious`; the run keeps them.

    With --id, name the samples nearest to that one, and the cosine of each: of features brought to
    mean 0 and standard deviation 1, which is lower than that of the features as they are.
    """
    run = open_run(workspace_of(), run_id)
    predictions = read_predictions(run, split)
    if sample:
        _name_nearest(run, split, predictions, sample, count, as_json=as_json)
        return
    _keep_nearest(run, split, predictions, dataset or run.info.dataset, as_json=as_json)


def _name_nearest(  # noqa: PLR0913 - what the command was given
    run: RunFolder, split: str, predictions: Predictions, sample: str, count: int, *, as_json: bool
) -> None:
    place = Identities(predictions.ids).place_of.get(sample)
    if place is None or predictions.embeddings is None:
        missing = "embeddings" if place is not None else f"sample {sample[:60]!r}"
        raise ScoresError(f"Run {run.id!r} has no {missing} in {split!r}; predict that split.")
    rows, cosines = Neighbourhood(predictions.embeddings).nearest(place, count)
    found = zip(predictions.ids[rows].tolist(), cosines.tolist(), strict=True)
    near = [{"id": each, "cosine": round(cosine, 6)} for each, cosine in found]
    if as_json:
        print_json({"run": run.id, "split": split, "id": sample, "neighbours": near})
        return
    typer.echo("\n".join(f"{each['id']}  {each['cosine']:.3f}" for each in near))


def _keep_nearest(
    run: RunFolder, split: str, predictions: Predictions, dataset: str, *, as_json: bool
) -> None:
    samples = (
        predicted_samples(open_dataset(workspace_of(), dataset), predictions)
        if dataset
        else outside_samples(predictions, split)
    )
    with terminal_progress() as progress:
        found = find_neighbours(run, split, samples, progress=progress)
    if found is None:
        missing = "no embeddings" if predictions.embeddings is None else "fewer"
        raise ScoresError(
            f"Neighbours need embeddings of two labelled samples or more; run {run.id!r} has "
            f"{missing} in {split!r}. Predict that split again, or bring in its labels."
        )
    count, k = found.nearest.shape
    if as_json:
        path = str(neighbours_path(run, split))
        about = {"run": run.id, "split": split, "samples": count, "neighbours": k}
        print_json({**about, "seconds": found.seconds, "file": path})
        return
    typer.echo(f"The {k} nearest of {count:,} labelled samples of {split}: {found.seconds:.1f} s.")
