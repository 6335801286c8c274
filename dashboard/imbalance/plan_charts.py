"""The chart of a plan; data in, figure out."""

import numpy as np
import plotly.graph_objects as go

from dashboard.charts import CLASS_LABELS, GREY, ORANGE, SKY, tidy
from hpa_core.imbalance.preview import PlanPreview


def before_and_after(seen: PlanPreview, *, shares: bool) -> go.Figure:
    """Two points a class joined by a line, on a logarithmic axis, the largest class on top."""
    order = np.argsort(-seen.before.counts, kind="stable")
    labels = [CLASS_LABELS[number] for number in order]
    before, after = (
        (100 * side.shares if shares else side.counts)[order] for side in (seen.before, seen.after)
    )
    unit = "%{x:.2f} % of labels" if shares else "%{x:,} samples"
    figure = go.Figure(
        go.Scatter(
            x=_joined(before, after),
            y=[label for label in labels for _ in range(3)],
            mode="lines",
            line={"color": GREY, "width": 2},
            hoverinfo="skip",
            showlegend=False,
        )
    )
    sides = (("before", before, SKY, "circle-open"), ("after", after, ORANGE, "circle"))
    for name, values, colour, symbol in sides:
        figure.add_scatter(
            x=np.where(values > 0, values, np.nan),
            y=labels,
            name=name,
            mode="markers",
            marker={"color": colour, "symbol": symbol, "size": 9, "line": {"width": 2}},
            hovertemplate=f"%{{y}}<br>{name}: {unit}<extra></extra>",
        )
    what = "share of all labels in %" if shares else "samples with this class"
    figure.update_xaxes(title=f"{what} (log scale)", type="log", dtick=1)
    figure.update_yaxes(range=[len(labels) - 0.4, -0.6], ticks="", tickmode="linear", showgrid=True)
    figure.update_layout(legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0})
    return tidy(figure, height=28 * 20 + 90)


def _joined(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """The ends of each line, with a gap after it; none where a side has no place on the axis."""
    shown = (before > 0) & (after > 0)
    ends = np.full((len(before), 3), np.nan)
    ends[shown, 0], ends[shown, 1] = before[shown], after[shown]
    joined: np.ndarray = ends.ravel()
    return joined
