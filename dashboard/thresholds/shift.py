"""Scores without truth beside the labelled ones: do they come from the same source?"""

from typing import NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import cache
from dashboard.charts import CLASS_LABELS
from dashboard.thresholds.active import take_up, unsaved_set
from dashboard.thresholds.prevalence import ask_for_shares, training_shares
from dashboard.wording import counted
from hpa_core.classes import N_CLASSES
from hpa_core.evaluation.shift import (
    LEVEL,
    Shift,
    estimate_shift,
    match_prevalence,
    score_distances,
)
from hpa_core.runs.folder import RunFolder, list_runs
from hpa_core.runs.predictions import predicted_splits

COLUMNS = {
    name: st.column_config.NumberColumn(format="%.2f %%", help=told)
    for name, told in {
        "labelled": "Share of the labelled images that truly have the class",
        "by EM": "Share of the new ones by expectation maximisation on recalibrated scores",
        "by counting": "Share of the new ones by calls, put right by their errors on labelled ones",
    }.items()
} | {
    "distance": st.column_config.NumberColumn(
        format="%.3f", help="Largest gap of the two cumulative distributions of scores, 0 to 1"
    )
}


class Other(NamedTuple):
    """Scores that may be compared with."""

    run: str
    split: str

    @property
    def label(self) -> str:
        """What the picker calls it."""
        return f"{self.run}, {self.split}"


def draw_shift(run: RunFolder, split: str) -> None:
    """Compare other scores of the same model with these, and derive thresholds for them."""
    if cache.predictions(run.id, split).targets is None:
        st.info("Choose labelled scores beside first; the new ones, without truth, are named here.")
        return
    runs = sorted(list_runs(cache.workspace()), key=lambda other: other.id != run.id)  # It first.
    others = [
        Other(other.id, name)
        for other in runs
        for name in predicted_splits(other)
        if (other.id, name) != (run.id, split)
    ]
    if not others:
        st.info("There are no other scores to compare with: predict or import another split.")
        return
    other = st.selectbox(
        "New scores, of the same model",
        others,
        format_func=lambda each: each.label,
        key="shift-other",
        width=420,
    )
    found = estimated_shift(run, split, other)
    st.markdown(_sentence(found, run, split, other))
    st.dataframe(_table(found), hide_index=True, column_config=COLUMNS, key="shift-classes")
    _draw_matching(found, run, other)


def estimated_shift(run: RunFolder, split: str, other: Other) -> Shift:
    """Compare other scores with the labelled ones of a split, once for each version of both."""
    known = run.id, split
    return _estimated(_versions(known, other), known, other)


def shifted_classes(run: RunFolder, split: str, other: Other) -> int:
    """Count the classes whose other scores are surely distributed otherwise than a split's."""
    known = run.id, split
    return _shifted(_versions(known, other), known, other)


def _versions(*scores: tuple[str, str]) -> tuple[int, ...]:
    return tuple(cache.predictions_version(*each) for each in scores)


@st.cache_data(max_entries=20, show_spinner="Comparing the scores\u2026")
def _shifted(version: tuple[int, ...], known: tuple[str, str], other: tuple[str, str]) -> int:
    apart = score_distances(cache.predictions(*known).probs, cache.predictions(*other).probs)
    return int(apart.shifted.sum())


@st.cache_data(max_entries=20, show_spinner="Comparing the scores\u2026")
def _estimated(
    version: tuple[int, ...], labelled: tuple[str, str], other: tuple[str, str]
) -> Shift:
    known, new = cache.predictions(*labelled), cache.predictions(*other)
    if known.targets is None:
        raise ValueError("a shift is measured from labelled scores")
    return estimate_shift(known.probs, known.targets, new.probs)


def _sentence(found: Shift, run: RunFolder, split: str, other: Other) -> str:
    count, images = int(found.apart.shifted.sum()), len(cache.predictions(*other).ids)
    about = f"{counted(images, 'image')} of {other.label} against run {run.id}, split {split}"
    if not count:
        return f"No class's scores are surely distributed otherwise: {about}."
    return (
        f":material/warning: **The scores of {count} of {N_CLASSES} classes are distributed "
        f"otherwise** (two-sample Smirnov test, {LEVEL:.0%} over all classes): {about}. No F1, "
        "expected or measured on the labelled images, can be relied on for these. The estimates "
        "of prevalence hold only if each class still looks as before; if the images themselves "
        "differ, they mislead."
    )


def _table(found: Shift) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "class": CLASS_LABELS,
            "labelled": 100 * found.known,
            "by EM": 100 * found.em,
            "by counting": 100 * found.counted,
            "distance": found.apart.distance,
            "scores differ": found.apart.shifted,
        }
    )


def _draw_matching(found: Shift, run: RunFolder, other: Other) -> None:
    st.subheader("Thresholds for a prevalence")
    st.caption(
        f"Each class is called for the wanted share of {other.label}. On good models this has won "
        "competitions where the true shares were known; on poor ones it loses."
    )
    targets = {"labelled": found.known, "by EM": found.em}
    if not np.isnan(found.counted).any():
        targets["by counting"] = found.counted
    if shares := training_shares(run):
        targets["training split"] = np.array(shares)
    name = st.segmented_control(
        "Prevalence",
        [*targets, "a file"],
        default="labelled",
        required=True,
        key="shift-target",
    )
    wanted = targets[name] if name in targets else ask_for_shares("shift-file")
    if wanted is None:
        return
    thresholds = match_prevalence(cache.predictions(*other).probs, np.array(wanted))
    chosen = unsaved_set(cache.run(other.run), other.split, thresholds, f"prevalence {name}")
    st.button("Use these thresholds", key="use-shift", on_click=take_up, args=(chosen,))
