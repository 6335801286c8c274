"""Charts of the Imbalance page; data in, figure out."""

import numpy as np
import plotly.graph_objects as go

from dashboard.charts import BLUE, CLASS_LABELS, tidy


def class_count_bars(counts: np.ndarray, order: np.ndarray, *, log: bool) -> go.Figure:
    """Horizontal bars of the positives per class, the first class of `order` on top."""
    total = max(int(counts.sum()), 1)
    figure = go.Figure(
        go.Bar(
            x=counts[order],
            y=[CLASS_LABELS[number] for number in order],
            orientation="h",
            marker_color=BLUE,
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
    )
    figure.update_yaxes(autorange="reversed", ticks="")
    return tidy(figure, height=28 * 22 + 80)


def pair_heatmap(values: np.ndarray, *, title: str, diverging: bool) -> go.Figure:
    """A C x C matrix of class pairs; a diverging scale is centred on zero and clipped at +-20."""
    hidden = values.astype(float)
    np.fill_diagonal(hidden, np.nan)
    limits = {"zmin": -20, "zmax": 20, "colorscale": "RdBu_r"} if diverging else {}
    figure = go.Figure(
        go.Heatmap(
            z=hidden,
            x=list(CLASS_LABELS),
            y=list(CLASS_LABELS),
            colorbar={"title": {"text": title, "side": "right"}},
            hovertemplate=f"%{{y}}<br>%{{x}}<br>{title}: %{{z:,.1f}}<extra></extra>",
            **(limits or {"colorscale": "Cividis"}),
        )
    )
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(tickangle=-55)
    return tidy(figure, height=720)
