"""What a run's scores of one class are worth: its spectrum, and F1 at the active threshold."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from dashboard import cache
from dashboard.charts import CLASS_LABELS, GREY, ORANGE, RED, SKY, tidy
from dashboard.leaks import draw_leak_badge
from dashboard.session import session
from dashboard.synthetic import synthetic_note
from dashboard.wording import counted
from hpa_core.evaluation.class_scores import ClassScores, Measured, score_class
from hpa_core.selections.samples import Samples

BINS = 50
MOST_MARKS = 300
"""So many positives are marked one by one below the spectrum."""


def draw_scores(samples: Samples, number: int) -> bool:
    """Draw how the run scores the class; return whether it can be told (the truth is known)."""
    chosen = session()
    if chosen.run is None or samples.probs is None or samples.calls is None:
        raise ValueError("scored samples have a run, scores and calls")
    st.subheader("Scores")
    run, threshold = cache.run(chosen.run), chosen.thresholds.thresholds[number]
    st.caption(
        f"Run {run.id}, split {chosen.split}: {counted(len(samples.ids), 'image')}, "
        f"{samples.targets[:, number].sum():,} with {CLASS_LABELS[number]}. Threshold "
        f"{threshold:.4f} of set {chosen.thresholds.name}.{synthetic_note(run)}"
    )
    draw_leak_badge(run, chosen.split or "")
    if not samples.truth_known:
        st.info("The truth of these images is not known, so nothing can be right or wrong.")
        return False
    has = samples.targets[:, number]
    _draw_figures(score_class(has, samples.calls[:, number]), threshold)
    st.plotly_chart(spectrum(samples.probs[:, number], has, threshold), key="passport-spectrum")
    return True


def spectrum(probs: np.ndarray, has: np.ndarray, threshold: float) -> go.Figure:
    """Draw how often each score is given to positives and to negatives, on a logarithmic scale."""
    edges = np.linspace(0, 1, BINS + 1)
    middles, width = (edges[:-1] + edges[1:]) / 2, 1 / BINS
    figure = go.Figure()
    for name, rows, colour in (("negatives", ~has, SKY), ("positives", has, ORANGE)):
        counts = np.histogram(probs[rows], edges)[0]
        figure.add_bar(
            x=middles,
            y=np.where(counts > 0, counts, np.nan),
            width=width,
            name=f"{name} ({rows.sum():,})",
            marker={"color": colour, "line": {"width": 0}},
            opacity=0.75,
            customdata=np.column_stack([edges[:-1], edges[1:]]),
            hovertemplate=f"%{{y:,}} {name} between %{{customdata[0]:.2f}} and "
            "%{customdata[1]:.2f}<extra></extra>",
        )
    if 0 < has.sum() <= MOST_MARKS:
        figure.add_scatter(
            x=probs[has],
            y=np.full(has.sum(), 0.7),
            mode="markers",
            marker={"symbol": "line-ns", "size": 12, "line": {"width": 2, "color": RED}},
            showlegend=False,
            hovertemplate="a positive: %{x:.4f}<extra></extra>",
        )
    figure.add_vline(
        x=threshold,
        line={"dash": "dash", "width": 2, "color": GREY},
        annotation_text=f"threshold {threshold:.3f}",
    )
    figure.update_layout(barmode="overlay", legend={"orientation": "h", "y": 1.12, "x": 0})
    figure.update_xaxes(title="score of the class", range=[-0.01, 1.01])
    figure.update_yaxes(title="images (log scale)", type="log", dtick=1, range=[-0.3, None])
    return tidy(figure, height=320)


def _draw_figures(scores: ClassScores, threshold: float) -> None:
    told = (
        ("Positives", f"{scores.positives:,}", f"{scores.tp:,} found, {scores.fn:,} missed"),
        ("F1", *_told(scores.f1)),
        ("Precision", *_told(scores.precision)),
        ("Recall", *_told(scores.recall)),
        ("False calls", f"{scores.fp:,}", "images without the class"),
    )
    for column, (name, value, below) in zip(st.columns(len(told)), told, strict=True):
        column.metric(name, value, below, delta_color="off", delta_arrow="off")
    st.caption(
        f"Calls are scores above {threshold:.4f}, and what the set's fallback adds. Ranges are "
        "95 % intervals of what other images of the same source would give; "
        f"{scores.positives:,} of these carry the class."
    )


def _told(measured: Measured) -> tuple[str, str]:
    if measured.value is None or measured.interval is None:
        return "-", "nothing to divide by"
    low, high = measured.interval
    return f"{measured.value:.3f}", f"{low:.2f} to {high:.2f}"
