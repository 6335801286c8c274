"""The report's two threshold experiments, R-12 and R-13, on the scores of any run."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from dashboard import cache
from dashboard.charts import BLUE, CLASS_LABELS, ORANGE, see_through, tidy
from dashboard.session import session
from dashboard.synthetic import synthetic_note
from dashboard.thresholds.active import take_up, unsaved_set
from dashboard.thresholds.score_file import score_file
from dashboard.wording import counted
from hpa_core.classes import N_CLASSES
from hpa_core.evaluation.sweeps import (
    COMMON,
    GRID,
    LARGEST,
    LARGEST_CLASSES,
    Sweep,
    sweep_threshold,
)
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.thresholds import Fallback, ThresholdSet

REPORTED_BASE = 0.15


def draw_sweeps(run: RunFolder, split: str) -> None:
    """Draw both experiments beside the report's figures; the best value of each can be taken."""
    predictions = cache.predictions(run.id, split)
    if predictions.targets is None:
        st.info("A sweep needs the truth; these scores come without it.")
        return
    st.caption(
        f"Blue: run {run.id} on {counted(len(predictions.ids), 'image')} of split {split}, "
        "with 95 % bootstrap intervals. "
        "Orange: the report's model on Kaggle's private test images, which nobody else has: "
        "compare where the curves peak, not how high they are. The best value is the best on "
        f"these very images.{synthetic_note(run)}"
    )
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("One threshold for all classes")
        _draw_common(run, split)
    with right:
        st.subheader("Some classes, the others fixed")
        _draw_some(run, split)


def _draw_common(run: RunFolder, split: str) -> None:
    swept = _swept(run, split, classes=tuple(range(N_CLASSES)), base=REPORTED_BASE)
    st.plotly_chart(_chart(swept, COMMON, "threshold of all classes"), key="sweep-common")
    found = unsaved_set(run, split, np.full(N_CLASSES, swept.best), f"fixed {swept.best:g}, swept")
    _offer(swept, found, key="use-sweep-common")


def _draw_some(run: RunFolder, split: str) -> None:
    moved, fixed = st.columns([2, 1])
    classes = moved.multiselect(
        "Classes that move",
        range(N_CLASSES),
        default=LARGEST_CLASSES,
        format_func=CLASS_LABELS.__getitem__,
        key="sweep-classes",
    )
    base = fixed.number_input(
        "The others stand at", 0.0, 1.0, REPORTED_BASE, 0.05, key="sweep-base"
    )
    if not classes:
        st.info("Name at least one class that moves.")
        return
    swept = _swept(run, split, classes=tuple(classes), base=base)
    alike = tuple(classes) == LARGEST_CLASSES and base == REPORTED_BASE
    numbers = ", ".join(map(str, classes))
    figure = _chart(swept, LARGEST if alike else {}, f"threshold of {numbers}; others {base:g}")
    st.plotly_chart(figure, key="sweep-some")
    thresholds = np.full(N_CLASSES, base)
    thresholds[list(classes)] = swept.best
    found = unsaved_set(run, split, thresholds, f"sweep of {numbers}")
    _offer(swept, found, key="use-sweep-some")


def _offer(swept: Sweep, found: ThresholdSet, *, key: str) -> None:
    label = f"Use {swept.best:g} (macro F1 {swept.macro_f1.max():.4f} here)"
    st.button(label, key=key, on_click=take_up, args=(found,))


def _swept(run: RunFolder, split: str, *, classes: tuple[int, ...], base: float) -> Sweep:
    fallback = session().thresholds.fallback
    return _sweep(score_file(run.id, split).digest, run.id, split, classes, base, fallback)


@st.cache_data(max_entries=50, show_spinner="Sweeping\u2026")
def _sweep(  # noqa: PLR0913, PLR0917 - what the sweep depends on
    version: str,
    run_id: str,
    split: str,
    classes: tuple[int, ...],
    base: float,
    fallback: Fallback,
) -> Sweep:
    """Sweep once for each `version`, the hash of the scores."""
    predictions = cache.predictions(run_id, split)
    if predictions.targets is None:
        raise ValueError("a sweep needs the truth")
    return sweep_threshold(
        predictions.probs,
        predictions.targets,
        classes=classes,
        base=base,
        values=GRID,
        fallback=fallback,
    )


def _chart(swept: Sweep, reported: dict[float, float], title: str) -> go.Figure:
    band = go.Scatter(
        x=np.concatenate([swept.values, swept.values[::-1]]),
        y=np.concatenate([swept.high, swept.low[::-1]]),
        fill="toself",
        fillcolor=see_through(BLUE, 0.2),
        line_width=0,
        hoverinfo="skip",
        name="95 %",
    )
    line = go.Scatter(
        x=swept.values, y=swept.macro_f1, name="this run", line_color=BLUE, mode="lines+markers"
    )
    figure = go.Figure([band, line])
    if reported:
        figure.add_scatter(
            x=list(reported),
            y=list(reported.values()),
            name="the report, Kaggle private",
            mode="lines+markers",
            line={"color": ORANGE, "dash": "dot"},
            marker_symbol="diamond",
        )
    figure.add_vline(x=swept.best, line_width=1, line_dash="dot", line_color=BLUE)
    figure.update_xaxes(title=title, range=[0, 1])
    figure.update_yaxes(title="macro F1", rangemode="tozero")
    figure.update_layout(legend={"orientation": "h", "y": 1.12})
    return tidy(figure, height=360)
