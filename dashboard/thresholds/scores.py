"""What a threshold set gives on one split of a run, and how far that can be trusted."""

import streamlit as st

from dashboard import cache
from dashboard.guard import need
from dashboard.selections.narrowing import filter_note
from dashboard.session import Session
from dashboard.synthetic import synthetic_note
from dashboard.thresholds.measured import Measured
from hpa_core.evaluation.calls import calls_of
from hpa_core.evaluation.metrics import Scores, evaluate
from hpa_core.imbalance.leaks import has_learnt
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.predictions import Predictions
from hpa_core.runs.thresholds import Rule, ThresholdSet

NO_SCORES = (
    "There are no predictions of this dataset yet: train a run, or import scores, on the Overview. "
    "Outside scores, where there are any, can be chosen beside."
)
NO_RUN = "No run is chosen; choose one beside."


def need_scores(chosen: Session) -> tuple[RunFolder, str]:
    """Return the run and split chosen; end the page where there is none, and say what is amiss."""
    missing = NO_SCORES if chosen.picked_run is None else NO_RUN
    return cache.run(need(chosen.run, missing)), need(chosen.split, missing)


def score_set(thresholds: ThresholdSet, measured: Measured) -> Scores | None:
    """Score a set on images of a split, exactly; None where the truth is not known."""
    return _score(measured.address, thresholds.rule, measured.predictions)


def describe_scores(measured: Measured, active: ThresholdSet) -> str:
    """Say in Markdown which images the figures are of, and whether the thresholds saw them."""
    run, split = measured.run, measured.split
    made = synthetic_note(run)
    count = f"{measured.count}: run `{run.id}`, split {split}.{made}{filter_note()}"
    if measured.predictions.targets is None:
        return (
            f"{count} Their truth is not known, so there is no F1: a set can be tried, saved "
            "and turned into a submission."
        )
    return f"{count} Set **{active.name}**: {origin(active, run, split)}"


def origin(active: ThresholdSet, run: RunFolder, split: str) -> str:
    """Say in Markdown what a set and the network behind the scores know of a split's images."""
    return f"{_chosen_on(active, run, split)}{learnt_note(run, split)}"


def learnt_note(run: RunFolder, split: str) -> str:
    """Return a sentence to end a caption with, led by a space; empty where nothing was learnt."""
    if not has_learnt(run, split):
        return ""
    return (
        " **The run has learnt these images**: whatever the thresholds, its scores here are "
        "in-sample, and new images will give less."
    )


def _chosen_on(active: ThresholdSet, run: RunFolder, split: str) -> str:
    if not active.origin_known:
        return (
            "**of unknown origin**: if these images had a part in choosing it, its scores here are "
            "in-sample, and new ones will give less."
        )
    if not active.run:
        return "fixed beforehand, not fitted to these images."
    if active.run == run.id and (active.split == split or "all" in (active.split, split)):
        return "**in-sample**, chosen on the very images it is scored on; new ones will give less."
    if active.split == split:
        other = "scores of another run, perhaps of these images"
        return f"chosen on run `{active.run}`, split {split}: {other}."
    return f"chosen on run `{active.run}`, split {active.split}, not on these images."


@st.cache_data(max_entries=200, show_spinner=False)
def _score(key: str, rule: Rule, _predictions: Predictions) -> Scores | None:
    """Score once for each `key`, which names the version of the scores and the images."""
    if _predictions.targets is None:
        return None
    return evaluate(_predictions.targets, calls_of(rule, _predictions.probs))
