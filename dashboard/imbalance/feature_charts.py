"""Charts and tables of the feature-space section: a report in, a figure or a table out."""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.charts import BLUE, CLASS_LABELS, GREY, ORANGE, tidy
from hpa_core.oversampling.report import Comparison, Report, VariantScore
from hpa_core.oversampling.settings import OWN
from hpa_core.oversampling.wording import LEVELS, NAMES, pair_name, span

ORDER = (OWN, "as-is", "copies", "mlsmote", "weighted")
COLOURS = {"fixed": ORANGE, "fitted": BLUE}
ROW_PIXELS = 22
LEGEND = {"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0}
UNCHANGED = "F1 unchanged in these samples"
MARKS = {
    "helps": (BLUE, "circle"),
    "hurts": (ORANGE, "circle"),
    "cannot tell": (GREY, "circle"),
    UNCHANGED: (GREY, "circle-open"),
}
"""Colour and symbol of every verdict."""

CLASS_COLUMNS = {
    name: st.column_config.NumberColumn(format=spec, help=told)
    for name, (spec, told) in {
        "gain": ("%+.3f", "Of the class's F1."),
        "low": ("%+.3f", "With high: an interval that holds for all classes at once."),
        "high": ("%+.3f", ""),
        "F1 before": ("%.3f", "Of what it is compared with."),
        "F1 after": ("%.3f", ""),
    }.items()
}


def macro_chart(report: Report) -> go.Figure:
    """Macro F1 of every head as a dot with its interval, at 0.5 and with fitted thresholds."""
    figure = go.Figure()
    for shift, (kind, name) in zip((-0.14, 0.14), LEVELS.items(), strict=True):
        scores = [_score(report, variant, kind) for variant in ORDER]
        figure.add_trace(
            go.Scatter(
                x=[one.macro.value for one in scores],
                y=[place + shift for place in range(len(ORDER))],
                error_x={
                    "symmetric": False,
                    "array": [one.macro.high - one.macro.value for one in scores],
                    "arrayminus": [one.macro.value - one.macro.low for one in scores],
                    "thickness": 1.4,
                    "width": 0,
                },
                mode="markers",
                name=name,
                marker={"size": 9, "color": COLOURS[kind]},
                customdata=[
                    (NAMES[one.variant], one.macro.low, one.macro.high, one.rows_made)
                    for one in scores
                ],
                hovertemplate="%{customdata[0]}: %{x:.4f} (95 %: %{customdata[1]:.3f} to "
                "%{customdata[2]:.3f})<br>%{customdata[3]:.0f} rows added a fold<extra></extra>",
            )
        )
    figure.update_xaxes(title="macro F1 of samples held back (0 to 1), 95 % interval")
    figure.update_yaxes(
        autorange="reversed",
        tickvals=list(range(len(ORDER))),
        ticktext=[NAMES[variant] for variant in ORDER],
        ticks="",
    )
    return tidy(figure, height=300).update_layout(legend=LEGEND)


def macro_table(report: Report) -> pd.DataFrame:
    """One row a pair: the gain of macro F1 with its 95 % interval, and the verdict."""
    pairs = list(dict.fromkeys((one.variant, one.against) for one in report.comparisons))
    columns: dict[str, list[str]] = {"macro F1 of": [pair_name(*pair) for pair in pairs]}
    for kind, name in LEVELS.items():
        found = [report.comparison(*pair, kind).macro for pair in pairs]
        columns[name] = [f"{span(one, digits=3)}: {one.verdict}" for one in found]
    return pd.DataFrame(columns)


def class_table(report: Report, comparison: Comparison) -> pd.DataFrame:
    """One row a class that occurs, the largest gain first."""
    after = _score(report, comparison.variant, comparison.thresholds)
    before = _score(report, comparison.against, comparison.thresholds)
    table = pd.DataFrame(
        {
            "class": CLASS_LABELS,
            "positives": report.positives,
            "rows made": [number in report.minority for number in range(len(CLASS_LABELS))],
            "F1 before": before.f1,
            "F1 after": after.f1,
            "gain": [one.value for one in comparison.classes],
            "low": [one.low for one in comparison.classes],
            "high": [one.high for one in comparison.classes],
            "verdict": [one.verdict for one in comparison.classes],
        }
    )
    known = table[table["positives"] > 0]
    return known.sort_values("gain", ascending=False, kind="stable")


def class_chart(report: Report, comparison: Comparison) -> go.Figure:
    """A dot and its interval for each class, the largest gain on top; colour tells the verdict.

    Hollow where F1 did not change: the interval has no width there, which is no certainty.
    """
    table = class_table(report, comparison)
    unchanged = (table["low"] == 0) & (table["high"] == 0)
    told = table["verdict"].where(~unchanged, UNCHANGED)
    figure = go.Figure()
    for verdict, (colour, symbol) in MARKS.items():
        if (told == verdict).any():
            _add_classes(figure, table[told == verdict], verdict, colour=colour, symbol=symbol)
    figure.add_vline(x=0, line_width=1, line_color=GREY)
    figure.update_xaxes(title="gain of F1, interval that holds for all classes at once")
    figure.update_yaxes(
        categoryorder="array",
        categoryarray=_labels(table)[::-1],
        title="class (positives; * rows made)",
        ticks="",
    )
    height = len(table) * ROW_PIXELS + 110
    return tidy(figure, height=height).update_layout(legend=LEGEND, showlegend=True)


def _add_classes(
    figure: go.Figure, table: pd.DataFrame, verdict: str, *, colour: str, symbol: str
) -> None:
    figure.add_trace(
        go.Scatter(
            x=table["gain"],
            y=_labels(table),
            error_x={
                "symmetric": False,
                "array": table["high"] - table["gain"],
                "arrayminus": table["gain"] - table["low"],
                "color": colour,
                "thickness": 1.2,
                "width": 0,
            },
            mode="markers",
            name=verdict,
            marker={"size": 8, "color": colour, "symbol": symbol},
            customdata=table[["low", "high", "F1 before", "F1 after", "verdict"]],
            hovertemplate="%{y}<br>F1 %{customdata[2]:.3f} -> %{customdata[3]:.3f}: %{x:+.3f} "
            "(%{customdata[0]:+.3f} to %{customdata[1]:+.3f}), %{customdata[4]}<extra></extra>",
        )
    )


def _labels(table: pd.DataFrame) -> list[str]:
    columns = (table[name] for name in ("class", "positives", "rows made"))
    return [
        f"{name} ({positives:,}{' *' if made else ''})"
        for name, positives, made in zip(*columns, strict=True)
    ]


def _score(report: Report, variant: str, kind: str) -> VariantScore:
    return next(one for one in report.scores if (one.variant, one.thresholds) == (variant, kind))
