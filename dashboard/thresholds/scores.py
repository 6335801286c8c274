"""What a threshold set gives on one split of a run, and how far that can be trusted."""

import numpy as np
import streamlit as st

from dashboard import cache
from dashboard.synthetic import synthetic_note
from dashboard.thresholds.score_file import score_file
from hpa_core.evaluation.calls import apply_thresholds
from hpa_core.evaluation.metrics import Scores, evaluate
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.thresholds import Fallback, ThresholdSet


def score_set(thresholds: ThresholdSet, run_id: str, split: str) -> Scores | None:
    """Score a set on one split of a run, exactly; None where the truth is not known."""
    version = score_file(run_id, split).digest
    return _score(version, thresholds.thresholds, thresholds.fallback, run_id, split)


def describe_scores(run: RunFolder, split: str, active: ThresholdSet) -> str:
    """Say in Markdown which images the figures are of, and whether the thresholds saw them."""
    predictions = cache.predictions(run.id, split)
    made = synthetic_note(run)
    count = f"**{len(predictions.ids):,} images**: run `{run.id}`, split {split}.{made}"
    if predictions.targets is None:
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
    version: str, thresholds: tuple[float, ...], fallback: Fallback, run_id: str, split: str
) -> Scores | None:
    """Score once for each `version`, the hash of the scores."""
    predictions = cache.predictions(run_id, split)
    if predictions.targets is None:
        return None
    calls = apply_thresholds(predictions.probs, np.array(thresholds), fallback=fallback)
    return evaluate(predictions.targets, calls)
