"""The colours, class labels and layout that every page's charts share."""

import plotly.graph_objects as go

from hpa_core.classes import CLASS_NAMES

BLUE, ORANGE, GREEN, PINK, SKY, RED = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#D55E00",
)
GREY = "#999999"
"""Readable on light and dark ground."""
FOUND, MISSED, FALSE = GREEN, ORANGE, RED
"""What calls come to, on every page; the channel viewer's chips have the same hues."""
CLASS_LABELS = tuple(f"{number} {name}" for number, name in enumerate(CLASS_NAMES))


def tidy(figure: go.Figure, *, height: int) -> go.Figure:
    """Give a figure its height and leave its axes room for their labels."""
    figure.update_layout(height=height, margin={"l": 0, "r": 40, "t": 10, "b": 0}, dragmode=False)
    figure.update_xaxes(automargin=True)
    figure.update_yaxes(automargin=True)
    return figure
