"""What sets runs apart: the settings that differ, and their scores on the same images."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import cache
from dashboard.leaks import draw_leak_badge
from hpa_core.errors import HpaError
from hpa_core.evaluation.run_comparison import compare_runs
from hpa_core.runs.folder import RunFolder

SPLIT = "validation"
MISSING = "-"


def draw_comparison(run_id: str, compared: Sequence[str]) -> None:
    """Draw the settings that differ, then each run's macro F1 beside this one's."""
    runs = [cache.run(run_id), *(cache.run(other) for other in compared)]
    st.markdown("**Settings that differ**")
    settings = differing_settings(runs)
    if settings.empty:
        st.caption("None: the runs were asked for the same.")
    else:
        st.dataframe(settings, key="train-settings")
    st.markdown("**On the same images**")
    st.caption(
        f"Macro F1 of {run_id} minus the other's, every threshold at 0.5, split {SPLIT}, on the "
        "images that both predicted; 95 % interval of a paired bootstrap."
    )
    for other in compared:
        st.markdown(_sentence(run_id, other))
        draw_leak_badge(cache.run(other), SPLIT)


def differing_settings(runs: Sequence[RunFolder]) -> pd.DataFrame:
    """One row a setting that is not the same in all runs, one column a run."""
    names = dict.fromkeys(name for run in runs for name in run.info.settings)
    rows: dict[str, dict[str, Any]] = {}
    for name in names:
        values = [run.info.settings.get(name, MISSING) for run in runs]
        if len(set(map(str, values))) > 1:
            rows[name] = {run.id: str(value) for run, value in zip(runs, values, strict=True)}
    return pd.DataFrame.from_dict(rows, orient="index")


def _sentence(run_id: str, other: str) -> str:
    own, others = (cache.predictions_version(each, SPLIT) for each in (run_id, other))
    if not own or not others:
        missing = other if own else run_id
        return f"{other}: `{missing}` has no predictions of {SPLIT} yet."
    return _compared(run_id, other, own, others)


@st.cache_data(max_entries=50, show_spinner=False)
def _compared(run_id: str, other: str, version: int, other_version: int) -> str:
    """Compare once for each version of the two runs' predictions."""
    try:
        found = compare_runs(cache.predictions(other, SPLIT), cache.predictions(run_id, SPLIT))
    except HpaError as error:
        return f"{other}: {error}"
    low, high = found.gain.interval
    told = "" if low > 0 or high < 0 else " These images do not tell the two apart."
    return (
        f"{other}: **{found.gain.difference:+.4f}** (95 %: {low:+.4f} to {high:+.4f}) on "
        f"{found.images:,} images.{told}"
    )
