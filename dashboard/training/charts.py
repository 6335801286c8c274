"""Curves of one training, or of several beside each other; records in, figure out.

Colour tells the side (one run) or the run (several); the dash tells training from validation.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go

from dashboard.charts import BLUE, CLASS_LABELS, GREEN, GREY, ORANGE, PINK, RED, SKY, heatmap

COLOURS = (ORANGE, SKY, GREEN, PINK, RED, BLUE, GREY)
Record = dict[str, Any]
HEIGHT = 300
ROW_PIXELS = 19

ONE_SIDE = ""
DASHES = {"train": "dot", "validation": "solid", ONE_SIDE: "solid"}


@dataclass(frozen=True)
class Figure:
    """One chart of figures over the epochs.

    Attributes:
        key: the figure's name in `metrics.jsonl`, before the side.
        unit: what the vertical axis says.
        sides: the sides it is known for; none where it has no side.
        scale: whether the vertical axis begins at zero, fits the figures, or is logarithmic.
    """

    title: str
    key: str
    unit: str
    sides: tuple[str, ...] = ("train", "validation")
    scale: Literal["zero", "fit", "log"] = "zero"


FIGURES = (
    Figure("Loss", "loss", "loss"),
    Figure("Macro F1", "f1_macro", "macro F1 (0 to 1)"),
    Figure("Accuracy", "accuracy", "share of decisions right at 0.5", scale="fit"),
    Figure("Learning rate", "learning_rate", "learning rate (log scale)", sides=(), scale="log"),
)


@dataclass(frozen=True)
class Curves:
    """The metrics of one run under the name that the legend gives it."""

    name: str
    records: list[Record]


def epoch_curves(figure: Figure, runs: Sequence[Curves]) -> go.Figure:
    """Draw one figure over the epochs for one run or several."""
    chart = go.Figure()
    if len(runs) == 1:
        _draw_sides(chart, figure, runs[0])
    else:
        _draw_runs(chart, figure, runs)
    chart.update_yaxes(
        title=figure.unit,
        type="log" if figure.scale == "log" else "linear",
        rangemode="tozero" if figure.scale == "zero" else "normal",
    )
    return _over_epochs(chart, height=HEIGHT)


def short_name(run_id: str) -> str:
    """Take the time off a run id, for legends.

    >>> short_name("20261123-101530-wide-4f2a")
    'wide-4f2a'
    """
    return re.sub(r"^\d{8}-\d{6}-", "", run_id)


def class_curves(run: Curves, classes: Sequence[int]) -> go.Figure:
    """Draw the validation F1 of the chosen classes over the epochs."""
    chart = go.Figure()
    for number, class_number in enumerate(classes):
        chart.add_trace(
            go.Scatter(
                x=[record["epoch"] for record in run.records],
                y=[record["f1/validation"][class_number] for record in run.records],
                name=CLASS_LABELS[class_number],
                mode="lines+markers",
                line={"color": COLOURS[number % len(COLOURS)], "width": 2},
                hovertemplate="epoch %{x}: F1 %{y:.3f}",
            )
        )
    chart.update_yaxes(title="F1 at 0.5, validation", range=[0, 1.02])
    return _over_epochs(chart, height=HEIGHT + 80)


def class_heatmap(run: Curves) -> go.Figure:
    """Draw the validation F1 of all 28 classes over the epochs, one row a class."""
    chart = go.Figure(
        heatmap(
            np.array([record["f1/validation"] for record in run.records], dtype=float).T,
            x=[record["epoch"] for record in run.records],
            y=list(CLASS_LABELS),
            zmin=0,
            zmax=1,
            colorbar={"title": {"text": "F1 at 0.5, validation", "side": "right"}},
            hovertemplate="%{y}<br>epoch %{x}: F1 %{z:.3f}<extra></extra>",
        )
    )
    chart.update_yaxes(autorange="reversed", tickmode="linear", showgrid=False)
    return _over_epochs(chart, height=len(CLASS_LABELS) * ROW_PIXELS + 60, hover="closest")


def _draw_sides(chart: go.Figure, figure: Figure, run: Curves) -> None:
    """One run: each side has its colour and its line in the legend."""
    sides = figure.sides or (ONE_SIDE,)
    for side, colour in zip(sides, (SKY, ORANGE), strict=False):
        line = {"color": colour, "dash": DASHES[side]}
        _add_line(chart, _points(figure, run, side), line=line, name=side or figure.title.lower())
    if figure.key == "f1_macro":
        tuned = _points(figure, run, "validation", key="f1_macro_tuned")
        line = {"color": GREEN, "dash": "dash"}
        _add_line(chart, tuned, line=line, name="validation, tuned in-sample")


def _draw_runs(chart: go.Figure, figure: Figure, runs: Sequence[Curves]) -> None:
    """Several runs: each has its colour and one line in the legend, which switches both sides."""
    for run, colour in zip(runs, COLOURS, strict=False):
        for side in figure.sides or (ONE_SIDE,):
            name = short_name(run.name)
            line = {"color": colour, "dash": DASHES[side]}
            legend = {"legendgroup": run.name, "showlegend": side != "train"}
            _add_line(chart, _points(figure, run, side), line=line, name=name, **legend)


def _points(figure: Figure, run: Curves, side: str, *, key: str = "") -> list[tuple[int, float]]:
    """Epoch and value of every epoch that knows the figure and that the axis can show."""
    full = "/".join(filter(None, (key or figure.key, side)))
    known = [(record["epoch"], record.get(full)) for record in run.records]
    return [
        (epoch, value)
        for epoch, value in known
        if value is not None and (value > 0 or figure.scale != "log")
    ]


def _add_line(
    chart: go.Figure,
    points: list[tuple[int, float]],
    *,
    line: dict[str, str],
    name: str,
    **legend: Any,
) -> None:
    if not points:
        return
    epochs, values = zip(*points, strict=True)
    chart.add_trace(
        go.Scatter(
            x=epochs,
            y=values,
            name=name,
            mode="lines+markers",
            line={**line, "width": 2},
            marker={"size": 5},
            hovertemplate="%{y:.4g}",
            **legend,
        )
    )


def _over_epochs(chart: go.Figure, *, height: int, hover: str = "x unified") -> go.Figure:
    # The same `uirevision` keeps a zoom and hidden lines while new epochs arrive.
    chart.update_layout(
        height=height,
        margin={"l": 0, "r": 10, "t": 10, "b": 0},
        hovermode=hover,
        showlegend=True,
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0},
        uirevision="epochs",
    )
    chart.update_xaxes(title="epoch", tickformat="d", automargin=True)
    chart.update_yaxes(automargin=True)
    return chart
