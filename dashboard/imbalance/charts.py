"""Charts of the Imbalance page; data in, figure out."""

import numpy as np
import plotly.graph_objects as go

from dashboard.charts import BLUE, CLASS_LABELS, ORANGE, heatmap, tidy


def class_count_bars(
    counts: np.ndarray, order: np.ndarray, *, marked: np.ndarray, log: bool
) -> go.Figure:
    """Horizontal bars of the positives per class, the first class of `order` on top.

    Args:
        counts: positives, (C,).
        order: class numbers.
        marked: the classes that stand out, (C,) of bool.
        log: whether the scale is logarithmic.
    """
    total = max(int(counts.sum()), 1)
    figure = go.Figure(
        go.Bar(
            x=counts[order],
            y=[CLASS_LABELS[number] for number in order],
            orientation="h",
            marker_color=np.where(marked, ORANGE, BLUE)[order],
            text=[f"{counts[number]:,}" for number in order],
            textposition="outside",
            cliponaxis=False,
            customdata=100 * counts[order] / total,
            hovertemplate="%{y}<br>%{x:,} samples, %{customdata:.2f} % of labels<extra></extra>",
        )
    )
    figure.update_xaxes(
        title=f"samples with this class{' (log scale)' if log else ''}",
        type="log" if log else "linear",
        dtick=1 if log else None,
        # Bars on a logarithmic axis begin at one sample, so that their lengths compare.
        range=[0, np.log10(max(counts.max(), 10)) * 1.02] if log else None,
    )
    figure.update_yaxes(autorange="reversed", ticks="")
    return tidy(figure, height=28 * 23 + 80)


def pair_heatmap(values: np.ndarray, *, title: str, diverging: bool) -> go.Figure:
    """A C x C matrix of class pairs; a diverging scale is centred on zero and clipped at +-20."""
    hidden = values.astype(float)
    np.fill_diagonal(hidden, np.nan)
    limits = {"zmin": -20, "zmax": 20} if diverging else {}
    figure = go.Figure(
        heatmap(
            hidden,
            x=list(CLASS_LABELS),
            y=list(CLASS_LABELS),
            colorbar={"title": {"text": title, "side": "right"}},
            hovertemplate=f"%{{y}}<br>%{{x}}<br>{title}: %{{z:,.1f}}<extra></extra>",
            **limits,
        )
    )
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(tickangle=-55)
    return tidy(figure, height=720)


def labels_per_sample_bars(samples: np.ndarray) -> go.Figure:
    """Bars of how many samples carry 0, 1, 2, ... labels; none are left out at the start."""
    first = int(np.flatnonzero(samples)[0]) if samples.any() else 0
    figure = go.Figure(
        go.Bar(
            x=list(range(first, len(samples))),
            y=samples[first:],
            marker_color=BLUE,
            text=[f"{count:,}" for count in samples[first:]],
            textposition="outside",
            cliponaxis=False,
            customdata=100 * samples[first:] / max(int(samples.sum()), 1),
            hovertemplate="%{x} labels<br>%{y:,} samples, %{customdata:.2f} %<extra></extra>",
        )
    )
    figure.update_xaxes(title="labels of a sample", dtick=1)
    figure.update_yaxes(title="samples")
    return tidy(figure, height=300)
