"""The other classes on a class's samples: how often, and how far from chance."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from dashboard import cache
from dashboard.charts import BLUE, CLASS_LABELS, GREY, ORANGE, tidy
from dashboard.wording import counted
from hpa_core.data.dataset import Dataset
from hpa_core.imbalance.label_sets import alone_counts, always_with, expected_pairs, never_with
from hpa_core.imbalance.measures import Imbalance

MOST_BARS = 12
NOTABLE = 2.0


def draw_company(dataset: Dataset, measured: Imbalance, number: int) -> None:
    """Draw the classes on the same samples, and what is always or never among them."""
    st.subheader("On the same samples")
    pairs = cache.class_pairs(dataset.info.name, "all", "count")
    residual = cache.class_pairs(dataset.info.name, "all", "residual")[number]
    told = [_alone(int(alone_counts(dataset.targets)[number]), int(measured.counts[number]))]
    told += company_facts(pairs, number, samples=measured.samples)
    st.markdown("\n".join(f"- {sentence}" for sentence in told))
    together = np.where(np.arange(len(pairs)) == number, 0, pairs[number])
    if together.any():
        st.plotly_chart(_bars(together, residual), key="passport-company")
        st.caption(
            "In brackets the residual against independence, (seen - expected) / √expected: orange "
            f"above {NOTABLE:.0f}, more often than by chance; blue below -{NOTABLE:.0f}."
        )


def company_facts(pairs: np.ndarray, number: int, *, samples: int) -> list[str]:
    """Say in sentences which classes are always or never on the samples of one.

    Args:
        pairs: samples with both classes, (28, 28).
        number: the class.
        samples: in all.
    """
    always, never = always_with(pairs), never_with(pairs, samples=samples)[number]
    expected = expected_pairs(pairs, samples=samples)[number]
    count = pairs[number, number]
    told = [
        f"**Always with** {CLASS_LABELS[other]}: {counted(count, 'sample')}, each with both "
        f"(chance would give {expected[other]:.2g})."
        for other in np.flatnonzero(always[number])
    ]
    told += [
        f"{CLASS_LABELS[other]} is never without this class: "
        f"{counted(pairs[other, other], 'sample')}, each with both."
        for other in np.flatnonzero(always[:, number])
    ]
    if never.any():
        missed = sorted(np.flatnonzero(never), key=lambda other: -expected[other])
        names = ", ".join(f"{CLASS_LABELS[other]} ({expected[other]:.0f})" for other in missed)
        told.append(f"**Never with**, though chance would give 5 samples or more: {names}.")
    return told


def _alone(alone: int, count: int) -> str:
    if not alone:
        return f"**Never alone**: {counted(count, 'sample')}, each with another class."
    return f"**Alone** on {alone:,} of {counted(count, 'sample')}."


def _bars(together: np.ndarray, residual: np.ndarray) -> go.Figure:
    order = np.argsort(-together, kind="stable")[:MOST_BARS]
    order = order[together[order] > 0]
    colours = np.select([residual > NOTABLE, residual < -NOTABLE], [ORANGE, BLUE], GREY)
    figure = go.Figure(
        go.Bar(
            x=together[order],
            y=[CLASS_LABELS[other] for other in order],
            orientation="h",
            marker_color=colours[order],
            text=[f"{together[other]:,} ({residual[other]:+.1f})" for other in order],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}<br>%{x:,} samples with both<extra></extra>",
        )
    )
    figure.update_xaxes(title="samples with both classes", range=[0, together.max() * 1.3])
    if together.max() < 8:
        figure.update_xaxes(dtick=1)
    figure.update_yaxes(autorange="reversed", ticks="")
    return tidy(figure, height=24 * len(order) + 90)
