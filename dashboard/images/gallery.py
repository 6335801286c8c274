"""The samples that the Images page chooses from: truth, scores and calls in one order.

Axes: N samples of one split, C classes (28).
"""

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st
from jaxtyping import Bool, Float, Int

from dashboard import cache
from dashboard.components.channel_viewer import Tile
from dashboard.session import Session
from hpa_core.data.dataset import Dataset
from hpa_core.evaluation.calls import apply_thresholds
from hpa_core.evaluation.selection import mistake_confidence
from hpa_core.runs.predictions import Predictions, predictions_path
from hpa_core.runs.thresholds import ThresholdSet


@dataclass(frozen=True, kw_only=True)
class Samples:
    """Samples of a dataset with what a run says of them, under one threshold set.

    Attributes:
        rows: their rows in the dataset.
        id_rank: each one's place in the order of the ids.
        truth_known: False where none of them has a label, as in a test split.
        probs: (N, 28), or None without a run; `calls` and `confidence` likewise.
        confidence: how confident each sample's worst mistake is, (N,) in [0, 1].
    """

    rows: Int[np.ndarray, " N"]
    ids: np.ndarray
    id_rank: Int[np.ndarray, " N"]
    targets: Bool[np.ndarray, "N C"]
    truth_known: bool
    probs: Float[np.ndarray, "N C"] | None = None
    calls: Bool[np.ndarray, "N C"] | None = None
    confidence: Float[np.ndarray, " N"] | None = None

    def tile(self, index: int) -> Tile:
        """Describe one sample for the viewer."""
        return Tile(
            row=int(self.rows[index]),
            id=str(self.ids[index]),
            truth=np.flatnonzero(self.targets[index]).tolist() if self.truth_known else None,
            calls=None if self.calls is None else np.flatnonzero(self.calls[index]).tolist(),
            probs=None if self.probs is None else np.round(self.probs[index], 5).tolist(),
        )


def scored_samples(chosen: Session, dataset: Dataset) -> Samples | None:
    """Return what the chosen run says of `dataset`; None without a run or a sample in common."""
    if chosen.run is None or chosen.split is None:
        return None
    predictions = cache.predictions(chosen.run, chosen.split)
    written = predictions_path(cache.run(chosen.run), chosen.split).stat().st_mtime_ns
    key = f"{dataset.info.hash} {chosen.run} {chosen.split} {written}"
    aligned = _aligned(key, dataset, predictions)
    return _called(key, chosen.thresholds, aligned) if len(aligned.rows) else None


def labelled_samples(dataset: Dataset, split: str) -> Samples:
    """Return the samples of one split, or of `all`, with their truth alone."""
    return _labelled(dataset.content_hash(split), split, dataset)


def find_tile(samples: Samples, dataset: Dataset, sample_id: str) -> tuple[Tile | None, int | None]:
    """Return the image of that id and its index in `samples`.

    An image of another split has a tile without scores and no index; an unknown id has neither.
    """
    if (here := np.flatnonzero(samples.ids == sample_id)).size:
        return samples.tile(int(here[0])), int(here[0])
    everything = labelled_samples(dataset, "all")
    there = np.flatnonzero(everything.ids == sample_id)
    return (everything.tile(int(there[0])) if there.size else None), None


@st.cache_resource(max_entries=4, show_spinner=False)
def _labelled(data_hash: str, split: str, _dataset: Dataset) -> Samples:
    return _samples(_dataset, _dataset.rows(split))


@st.cache_resource(max_entries=4, show_spinner=False)
def _aligned(key: str, _dataset: Dataset, _predictions: Predictions) -> Samples:
    """Find the dataset's row of each predicted id; the truth is the dataset's, in force today."""
    order = np.argsort(_dataset.ids, kind="stable")
    places = np.searchsorted(_dataset.ids, _predictions.ids, sorter=order)
    rows = order[np.minimum(places, len(order) - 1)]
    known = _dataset.ids[rows] == _predictions.ids
    probs = _predictions.probs if known.all() else _predictions.probs[known]
    return replace(_samples(_dataset, rows[known]), probs=probs)


@st.cache_resource(max_entries=8, show_spinner=False)
def _called(key: str, thresholds: ThresholdSet, _samples: Samples) -> Samples:
    """Apply the thresholds once for all reruns and visitors."""
    if _samples.probs is None:
        raise ValueError("calls need scores")
    bounds = np.array(thresholds.thresholds)
    calls = apply_thresholds(_samples.probs, bounds, fallback=thresholds.fallback)
    confidence = mistake_confidence(_samples.probs, bounds, targets=_samples.targets, calls=calls)
    return replace(_samples, calls=calls, confidence=confidence)


def _samples(dataset: Dataset, rows: np.ndarray) -> Samples:
    ids, targets = dataset.ids[rows], dataset.targets[rows]
    rank = np.empty(len(ids), dtype=np.int64)
    rank[np.argsort(ids, kind="stable")] = np.arange(len(ids))
    return Samples(
        rows=rows, ids=ids, id_rank=rank, targets=targets, truth_known=bool(targets.any())
    )
