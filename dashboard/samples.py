"""The samples that pages choose images from, in memory once for all visitors and reruns."""

import streamlit as st

from dashboard import cache
from dashboard.session import Session
from hpa_core.data.dataset import Dataset
from hpa_core.runs.predictions import Predictions
from hpa_core.runs.thresholds import ThresholdSet
from hpa_core.selections.samples import Samples, dataset_samples, predicted_samples


def scored_samples(chosen: Session, dataset: Dataset) -> Samples | None:
    """Return what the chosen run says of `dataset`; None without a run or a sample in common."""
    if chosen.run is None or chosen.split is None:
        return None
    predictions = cache.predictions(chosen.run, chosen.split)
    version = cache.predictions_version(chosen.run, chosen.split)
    key = f"{dataset.info.hash} {chosen.run} {chosen.split} {version}"
    aligned = _aligned(key, dataset, predictions)
    return _called(key, chosen.thresholds, aligned) if len(aligned.rows) else None


def labelled_samples(dataset: Dataset, split: str) -> Samples:
    """Return the samples of one split, or of `all`, with their truth alone."""
    return _labelled(dataset.content_hash(split), split, dataset)


@st.cache_resource(max_entries=4, show_spinner=False)
def _labelled(version: str, split: str, _dataset: Dataset) -> Samples:
    return dataset_samples(_dataset, _dataset.rows(split))


@st.cache_resource(max_entries=4, show_spinner=False)
def _aligned(key: str, _dataset: Dataset, _predictions: Predictions) -> Samples:
    return predicted_samples(_dataset, _predictions)


@st.cache_resource(max_entries=8, show_spinner=False)
def _called(key: str, thresholds: ThresholdSet, _samples: Samples) -> Samples:
    """Apply the thresholds once for all reruns and visitors."""
    return _samples.called(thresholds)
