"""What training on corrected labels gains: two runs on the same images, judged by one truth."""

import streamlit as st

from dashboard import cache
from dashboard.guard import guarded
from dashboard.leaks import draw_leak_badge
from dashboard.session import session
from dashboard.wording import counted
from hpa_core.data.dataset import list_datasets
from hpa_core.evaluation.calls import calls_of
from hpa_core.evaluation.run_comparison import Called, compare_by
from hpa_core.runs.folder import list_runs
from hpa_core.runs.predictions import predicted_splits

SPLIT = "validation"


def draw_gain() -> None:
    """Draw the form that compares a run from before with one from after."""
    st.subheader("What the corrections gain")
    runs = [run.id for run in list_runs(cache.workspace()) if SPLIT in predicted_splits(run)]
    if len(runs) < 2:
        st.write(
            f"Two runs with predictions of {SPLIT} are compared here: one that learnt from the old "
            "labels, one from the published ones."
        )
        return
    names = [info.name for info in list_datasets(cache.workspace())]
    here = session().dataset
    form = st.form("label-gain", border=False)
    with form, st.container(horizontal=True, vertical_alignment="bottom"):
        before = st.selectbox("Before", runs, key="label-before", width=220)
        after = st.selectbox("After", runs, index=len(runs) - 1, key="label-after", width=220)
        truth = st.selectbox(
            "Judged by the labels of",
            names,
            index=names.index(here) if here in names else 0,
            key="label-truth",
            width=220,
        )
        asked = st.form_submit_button("Compare")
    if asked:
        with guarded():
            _draw_comparison(before, after, truth)


def _draw_comparison(before: str, after: str, truth: str) -> None:
    data = cache.dataset(truth)
    rows = data.rows(SPLIT)
    found = compare_by(data.ids[rows], data.targets[rows], _called(before), _called(after))
    low, high = found.gain.interval
    st.metric(
        f"Macro F1 of {after}, against {before}",
        f"{found.second:.4f}",
        f"{found.gain.difference:+.4f} (95 %: {low:+.4f} to {high:+.4f})",
        delta_color="normal" if low > 0 or high < 0 else "off",
    )
    st.caption(
        f"{counted(found.images, 'image')} of {SPLIT}, judged by the labels of dataset {truth}, "
        f"thresholds {session().thresholds.name} for both. Where the corrected images were picked "
        "by what one run thought of them, that run has an advantage; corrections at random have "
        "none."
    )
    for run in dict.fromkeys((before, after)):
        draw_leak_badge(cache.run(run), SPLIT)


def _called(run: str) -> Called:
    predictions = cache.predictions(run, SPLIT)
    return Called(ids=predictions.ids, calls=calls_of(session().thresholds.rule, predictions.probs))
