"""What else is known of the image shown large: its likes, its protein, its plate, its labels."""

from dataclasses import replace

import numpy as np
import streamlit as st

from dashboard import cache
from dashboard.components.channel_viewer import ImageContext, Strip, Tile
from dashboard.images.tiles import find_tile
from dashboard.samples import labelled_samples
from dashboard.session import session
from dashboard.wording import counted
from hpa_core.data.dataset import Dataset
from hpa_core.errors import LabelingError
from hpa_core.evaluation.neighbours import Neighbourhood
from hpa_core.labeling.events import Event, named_labels
from hpa_core.runs.predictions import Predictions
from hpa_core.selections.expression import Among, Expression
from hpa_core.selections.identities import Identities, atlas_parts
from hpa_core.selections.samples import Samples
from hpa_core.selections.selecting import select, selected_rows

MOST_TILES = 12
_KINDS = {
    "label": "labelled it",
    "accept": "accepted the labels",
    "adjudicate": "settled the labels",
    "import": "imported the labels",
    "unsure": "was unsure",
    "skip": "skipped it",
    "note": "noted",
    "undo": "took that back",
    "redo": "brought that back",
}


def image_context(dataset: Dataset, samples: Samples, sample_id: str) -> ImageContext:
    """Gather it for one image of a dataset, which need not be among the samples."""
    strips = [
        *_likes(dataset, samples, sample_id),
        *_kin(dataset, samples, sample_id),
    ]
    return ImageContext(image=sample_id, strips=strips, history=_history(dataset, sample_id))


def _likes(dataset: Dataset, samples: Samples, sample_id: str) -> list[Strip]:
    """The nearest images in the embedding of the run shown, if it has one of this image."""
    chosen = session()
    if chosen.run is None or chosen.split is None or samples.probs is None:
        return []
    predictions = cache.predictions(chosen.run, chosen.split)
    version = cache.predictions_version(chosen.run, chosen.split)
    found = _nearest(f"{chosen.run} {chosen.split} {version}", sample_id, predictions)
    tiles = [
        replace(tile, note=f"cosine {cosine:.3f}")
        for near, cosine in found
        if (tile := find_tile(samples, dataset, near)[0])
    ]
    title = (
        f"Nearest in the embedding of run {chosen.run}, split {chosen.split}: cosine of "
        "standardised features"
    )
    return [Strip(title=title, tiles=tiles)] if tiles else []


def _kin(dataset: Dataset, samples: Samples, sample_id: str) -> list[Strip]:
    """Other images of the same protein and of the same plate, where the id tells."""
    antibody, plate = atlas_parts(sample_id)
    if not antibody:
        return []
    kinds: list[tuple[str, Expression]] = [
        (f"Same protein: antibody {antibody}", Among("antibody", (antibody,))),
        (f"Same plate: {plate}", Among("plate", (plate,))),
    ]
    strips = [_kin_strip(dataset, samples, sample_id, *kind) for kind in kinds]
    return [strip for strip in strips if strip.tiles]


def _kin_strip(
    dataset: Dataset, samples: Samples, sample_id: str, title: str, wanted: Expression
) -> Strip:
    """Show the first of the whole dataset's; the filter finds those among the samples."""
    everything = labelled_samples(dataset, "all")
    ids = everything.ids[selected_rows(wanted, everything)].tolist()
    others = [each for each in ids if each != sample_id]
    tiles = [_tile(samples, dataset, each) for each in others[:MOST_TILES]]
    found = int(select(wanted, samples).sum())
    text = str(wanted) if found else ""
    title = f"{title}, {counted(len(others), 'other')}"
    return Strip(title=title, tiles=tiles, filter=text, found=found)


def _tile(samples: Samples, dataset: Dataset, sample_id: str) -> Tile:
    tile, _ = find_tile(samples, dataset, sample_id)
    if tile is None:
        raise ValueError(f"{sample_id} is none of dataset {dataset.info.name}")
    return tile


def _history(dataset: Dataset, sample_id: str) -> list[str]:
    """Say in a sentence each what people did with the label; why not, where nobody can say."""
    try:
        events = cache.label_store().history(dataset.info, samples=[sample_id])
    except LabelingError as error:
        return [str(error)]
    return [_sentence(event) for event in events]


def _sentence(event: Event) -> str:
    when = event.at[:16].replace("T", " ")
    labels = f": {named_labels(event.labels)}" if event.labels is not None else ""
    note = f" “{event.note}”" if event.note else ""
    blind = " (blind)" if event.track else ""
    return f"{when} UTC, {event.annotator} {_KINDS[event.kind]}{blind}{labels}{note}"


@st.cache_data(max_entries=256, show_spinner=False)
def _nearest(key: str, sample_id: str, _predictions: Predictions) -> list[tuple[str, float]]:
    """Ids and cosines of the nearest images; none where there is no embedding of this one."""
    embeddings = _predictions.embeddings
    if embeddings is None or len(embeddings) < 2:
        return []
    identities, neighbourhood = _neighbourhood(key, _predictions.ids, embeddings)
    place = identities.place_of.get(sample_id)
    if place is None:
        return []
    rows, cosines = neighbourhood.nearest(place, MOST_TILES)
    return list(zip(_predictions.ids[rows].tolist(), cosines.tolist(), strict=True))


@st.cache_resource(max_entries=2, show_spinner=False)
def _neighbourhood(
    key: str, _ids: np.ndarray, _embeddings: np.ndarray
) -> tuple[Identities, Neighbourhood]:
    return Identities(_ids), Neighbourhood(_embeddings)
