"""What a threshold set gives on one split of a run, and how far that can be trusted."""

import numpy as np
import streamlit as st

from dashboard.selections.narrowing import unapplied
from dashboard.synthetic import synthetic_note
from dashboard.thresholds.measured import Measured
from hpa_core.evaluation.calls import apply_thresholds
from hpa_core.evaluation.metrics import Scores, evaluate
from hpa_core.runs.predictions import Predictions
from hpa_core.runs.thresholds import Fallback, ThresholdSet


def score_set(thresholds: ThresholdSet, measured: Measured) -> Scores | None:
    """Score a set on images of a split, exactly; None where the truth is not known."""
    held = (thresholds.thresholds, thresholds.fallback)
    return _score(measured.address, *held, measured.predictions)


def describe_scores(measured: Measured, active: ThresholdSet) -> str:
    """Say in Markdown which images the figures are of, and whether the thresholds saw them."""
    run, split = measured.run, measured.split
    made = synthetic_note(run)
    count = f"{measured.count}: run `{run.id}`, split {split}.{made}{unapplied()}"
    if measured.predictions.targets is None:
        return (
            f"{count} Their truth is not known, so there is no F1: a set can be tried, saved "
            "and turned into a submission."
        )
    return f"{count} Set **{active.name}**: {origin(active, run.id, split)}"


def origin(active: ThresholdSet, run_id: str, split: str) -> str:
    """Say in Markdown on which images a set was chosen, seen from one split of a run."""
    if not active.origin_known:
        return (
            "**of unknown origin**: if these images had a part in choosing it, its scores here are "
            "in-sample, and new ones will give less."
        )
    if not active.run:
        return "fixed beforehand, so nothing was fitted to these images."
    if (active.run, active.split) == (run_id, split):
        return "**in-sample**, chosen on the very images it is scored on; new ones will give less."
    return f"chosen on run `{active.run}`, split {active.split}, not on these images."


@st.cache_data(max_entries=200, show_spinner=False)
def _score(
    address: str, thresholds: tuple[float, ...], fallback: Fallback, _predictions: Predictions
) -> Scores | None:
    """Score once for each `address`, which names the version of the scores and the images."""
    if _predictions.targets is None:
        return None
    calls = apply_thresholds(_predictions.probs, np.array(thresholds), fallback=fallback)
    return evaluate(_predictions.targets, calls)
