"""The colours, class labels and layout that every page's charts share."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float

from hpa_core.classes import CLASS_NAMES

BLUE, ORANGE, GREEN, PINK, SKY, RED, YELLOW = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#D55E00",
    "#F0E442",
)
GREY = "#999999"
"""Readable on light and dark ground."""
OUTCOMES = {"found": GREEN, "missed": ORANGE, "false": RED}
"""What calls come to: word and colour on every page, and of the channel viewer's chips."""
CLASS_LABELS = tuple(f"{number} {name}" for number, name in enumerate(CLASS_NAMES))


def see_through(colour: str, opacity: float) -> str:
    """Return a colour, `#rrggbb`, as one that covers the ground by `opacity`, in [0, 1]."""
    red, green, blue = bytes.fromhex(colour[1:])
    return f"rgba({red}, {green}, {blue}, {opacity})"


def heatmap(values: Float[np.ndarray, "rows columns"], **options: Any) -> go.Heatmap:
    """Draw a heat map in the theme's colours: the nearer to nothing, the nearer to the ground.

    `zmin` and `zmax` on two sides of zero make the colours diverge from there; without them they
    run from the lowest value up. Streamlit's theme has them for light and for dark ground.

    Args:
        values: NaN leaves a cell empty.
        options: of the trace.
    """
    return go.Heatmap(z=values, autocolorscale=True, **options)


def unseen_points(x: list[Any], y: list[Any], **options: Any) -> go.Scatter:
    """Lay points that can be clicked over the cells of a heat map, which cannot."""
    marker = {"symbol": "square", "size": 22, "color": "rgba(0,0,0,0)"}
    return go.Scatter(x=x, y=y, mode="markers", marker=marker, showlegend=False, **options)


def legend_above(figure: go.Figure, *, room: int) -> go.Figure:
    """Lay a tidy figure's legend along its upper edge, `room` pixels above the plots.

    A place by a share of the plots' height would lie on the ticks of low plots.
    """
    place = {"xref": "container", "x": 0, "yref": "container", "y": 1, "yanchor": "top"}
    legend = {"orientation": "h", "traceorder": "normal", **place}
    return figure.update_layout(legend=legend, margin_t=room)


def tidy(figure: go.Figure, *, height: int) -> go.Figure:
    """Give a figure its height and leave its axes room for their labels."""
    figure.update_layout(height=height, margin={"l": 0, "r": 40, "t": 10, "b": 0}, dragmode=False)
    figure.update_xaxes(automargin=True)
    figure.update_yaxes(automargin=True)
    return figure
