"""What the channel viewer is told of one image: its labels, calls and scores."""

import numpy as np

from dashboard.components.channel_viewer import Tile
from dashboard.samples import labelled_samples
from hpa_core.data.dataset import Dataset
from hpa_core.selections.samples import Samples


def make_tile(samples: Samples, place: int, dataset: Dataset) -> Tile:
    """Describe one sample, of a dataset, for the viewer."""
    calls, probs, row = samples.calls, samples.probs, int(samples.rows[place])
    return Tile(
        row=row,
        file_side=int(dataset.file_sides[row]),
        id=str(samples.ids[place]),
        truth=np.flatnonzero(samples.targets[place]).tolist() if samples.truth_known else None,
        calls=None if calls is None else np.flatnonzero(calls[place]).tolist(),
        probs=None if probs is None else np.round(probs[place].astype(float), 5).tolist(),
    )


def find_tile(samples: Samples, dataset: Dataset, sample_id: str) -> tuple[Tile | None, int | None]:
    """Return the image of that id and its place in `samples`.

    An image of another split has a tile without scores and no place; an unknown id has neither.
    """
    if (here := samples.identities.place_of.get(sample_id)) is not None:
        return make_tile(samples, here, dataset), here
    everything = labelled_samples(dataset, "all")
    there = everything.identities.place_of.get(sample_id)
    return (None if there is None else make_tile(everything, there, dataset)), None
