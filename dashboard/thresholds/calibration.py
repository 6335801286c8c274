"""Whether the scores mean what they say: reliability of each class, and what would mend it."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard import cache
from dashboard.charts import BLUE, CLASS_LABELS, GREY, ORANGE, tidy
from dashboard.synthetic import synthetic_note
from dashboard.thresholds.score_file import score_file
from dashboard.wording import counted
from hpa_core.evaluation.calibration import Calibration, Reliability, measure_calibration
from hpa_core.runs.folder import RunFolder

COLUMNS = {
    name: st.column_config.NumberColumn(format="%.4f", help=told)
    for name, told in {
        "error": "Mean distance of score and share of positives, ten bins of equal size",
        "recalibrated": "The same after slope and intercept, fitted on the other half",
    }.items()
}


def draw_calibration(run: RunFolder, split: str) -> None:
    """Draw one class's reliability, every class's error, and what recalibration does."""
    predictions = cache.predictions(run.id, split)
    if predictions.targets is None:
        st.info("Calibration needs the truth; these scores come without it.")
        return
    found = _calibrated(score_file(run.id, split).digest, run.id, split)
    st.markdown(
        f"Log loss **{found.loss_before:.4f}**, after recalibrating each class "
        f"**{found.loss_after:.4f}** (each half by what the other taught). One temperature for "
        f"all, {found.temperature:.2f}, says the scores are {found.verdict}. "
        f"{counted(len(predictions.ids), 'image')} of run `{run.id}`, split {split}."
        f"{synthetic_note(run)}"
    )
    st.caption(
        "Thresholds need no calibration: they use the order of the scores alone. Estimates of "
        "prevalence, and the rule of half the best F1, do need it."
    )
    chart, table = st.columns([4, 5], gap="large")
    with chart:
        number = st.selectbox(
            "Class",
            range(len(CLASS_LABELS)),
            format_func=CLASS_LABELS.__getitem__,
            key="calibration-class",
        )
        st.plotly_chart(_chart(found.before[number], found.after[number]), key="calibration-curve")
    with table:
        st.dataframe(
            _table(found, predictions.targets.sum(axis=0)),
            hide_index=True,
            column_config=COLUMNS,
            height=500,
            key="calibration-classes",
        )


@st.cache_data(max_entries=10, show_spinner="Recalibrating\u2026")
def _calibrated(version: str, run_id: str, split: str) -> Calibration:
    """Measure once for each `version`, the hash of the scores."""
    predictions = cache.predictions(run_id, split)
    if predictions.targets is None:
        raise ValueError("calibration needs the truth")
    return measure_calibration(predictions.probs, predictions.targets)


def _table(found: Calibration, positives: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "class": CLASS_LABELS,
            "positives": positives,
            "error": [each.error for each in found.before],
            "recalibrated": [each.error for each in found.after],
        }
    )


def _chart(before: Reliability, after: Reliability) -> go.Figure:
    """Share of positives over the mean score of each bin; the diagonal is calibrated."""
    figure = go.Figure(
        go.Scatter(
            x=[0, 1],
            y=[0, 1],
            mode="lines",
            line={"color": GREY, "dash": "dot"},
            name="calibrated",
        )
    )
    for each, name, colour in ((before, "as scored", ORANGE), (after, "recalibrated", BLUE)):
        figure.add_scatter(
            x=each.score,
            y=each.share,
            error_y={
                "symmetric": False,
                "array": each.high - each.share,
                "arrayminus": each.share - each.low,
                "thickness": 1,
                "width": 0,
            },
            mode="lines+markers",
            marker_color=colour,
            name=name,
        )
    figure.update_xaxes(title="mean score of the bin", range=[0, 1])
    figure.update_yaxes(title="share of positives, 95 % Wilson interval", range=[0, 1])
    figure.update_layout(legend={"orientation": "h", "y": 1.1})
    return tidy(figure, height=440)
