"""Missed A, false B: which class is called where another one is not."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.charts import CLASS_LABELS, heatmap, tidy, unseen_points
from dashboard.errors.judged import Judged
from dashboard.errors.opening import (
    NoSuchPickError,
    Opened,
    class_of,
    draw_clickable,
    draw_clickable_table,
)
from dashboard.wording import counted, signed
from hpa_core.evaluation.errors.confusion import Confusions, confused_rows, count_confusions
from hpa_core.selections.expression import And, Expression, HasClass, Kind, Not

NOTHING = "none"
COUNT, RESIDUAL = "images", "residual"
MOST_PAIRS = 15
CLIP = 8
"""Standard deviations at which the colours end."""


def draw_confusion(judged: Judged) -> None:
    """Draw the matrix and the pairs confused beyond chance; every cell opens its images."""
    found = _counted(judged.key, judged)
    st.caption(
        "A cell counts the images that **miss A and are falsely called B**; the last column those "
        "called nothing false in A's place, the last row those that miss nothing. An image with "
        "two misses or two false calls is in several cells. (After MLCM, Heydarian et al. 2022, "
        "which also counts B against every class of a set found whole; here that is the last row.)"
    )
    shown = st.segmented_control(
        "Show",
        [COUNT, RESIDUAL],
        default=COUNT,
        required=True,
        key="errors-pairs",
        bind="query-params",
        help="residual: how far a count is from what chance gives, in standard deviations: each "
        "class missed and false at its own rate, where its company allows it, and the two "
        "together as often on hard images as in all other pairs. Beyond chance, over all pairs "
        "together, is about 3.8 and more: told below.",
    )
    draw_clickable(_matrix(found, shown), key=f"errors-matrix-{shown}")
    table = _pairs(found)
    st.markdown(_beyond_chance(found, len(table)))
    if table.empty:
        return
    draw_clickable_table(
        table.drop(columns="pick"),
        lambda row, _: str(table["pick"].iloc[row]),
        key="errors-pair-table",
        column_config={
            "by chance": st.column_config.NumberColumn(format="%.2g"),
            "p (Holm)": st.column_config.NumberColumn(
                format="%.2g", help="Over all pairs together; below 0.05 it is beyond chance."
            ),
        },
    )


def open_confusion(judged: Judged, pick: str) -> Opened:
    """Open `7.25`: 7 is missed and 25 is false; either may be `none`."""
    first, dot, second = pick.partition(".")
    if not dot or first == second == NOTHING:
        raise NoSuchPickError(pick)
    missed, false = (None if text == NOTHING else class_of(text) for text in (first, second))
    rows = confused_rows(judged.targets, judged.calls, missed=missed, false=false)
    scored = missed if false is None else false
    if scored is None:
        raise NoSuchPickError(pick)
    lost = "miss nothing" if missed is None else f"miss {CLASS_LABELS[missed]}"
    put = f"have {'nothing' if false is None else CLASS_LABELS[false]} false"
    return Opened(
        title=f"{lost} and {put}",
        rows=rows[np.argsort(-judged.probs[rows, scored], kind="stable")],
        scored_class=scored,
        expression=And((_condition("missed", missed), _condition("false", false))),
    )


def _condition(kind: Kind, number: int | None) -> Expression:
    return Not(HasClass(kind)) if number is None else HasClass(kind, (number,))


@st.cache_resource(max_entries=16, show_spinner=False)
def _counted(key: str, _judged: Judged) -> Confusions:
    return count_confusions(_judged.targets, _judged.calls)


def _beyond_chance(found: Confusions, listed: int) -> str:
    """Say in Markdown how many pairs are more than chance, and how many of them are listed."""
    if not listed:
        return "No pair is confused more often than chance gives."
    beyond, pairs = found.beyond, counted(found.more, "pair")
    told = f"{beyond or 'none'} of {pairs} {'is' if beyond < 2 else 'are'}"
    cut = f"; the {listed} least likely by it are listed" if listed < found.more else ""
    return (
        "Confused more often than co-occurrence and hard images give: "
        f"**{told} beyond chance** at 5 % over all pairs together{cut}."
    )


def _pairs(found: Confusions) -> pd.DataFrame:
    rows, columns = found.likeliest(MOST_PAIRS)
    return pd.DataFrame(
        {
            "missed": [CLASS_LABELS[number] for number in rows],
            "false": [CLASS_LABELS[number] for number in columns],
            "images": found.swapped[rows, columns],
            "by chance": found.expected[rows, columns],
            "p (Holm)": found.p[rows, columns],
            "pick": [f"{a}.{b}" for a, b in zip(rows, columns, strict=True)],
        }
    )


def _matrix(found: Confusions, shown: str) -> go.Figure:
    """A heat map, and on every cell that holds an image an unseen point that can be clicked."""
    counts = np.zeros((len(CLASS_LABELS) + 1,) * 2, dtype=np.int64)
    counts[:-1, :-1] = found.swapped
    counts[:-1, -1], counts[-1, :-1] = found.only_missed, found.only_false
    rows, columns = np.nonzero(counts)
    across, down = [*CLASS_LABELS, "nothing false"], [*CLASS_LABELS, "nothing missed"]
    figure = go.Figure(_heat(counts, found, shown, across, down))
    names, told = [*map(str, range(len(CLASS_LABELS))), NOTHING], _expectations(found)
    points = unseen_points(
        [across[column] for column in columns],
        [down[row] for row in rows],
        customdata=[
            [f"{names[row]}.{names[column]}", counts[row, column], told[row][column]]
            for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
        ],
        hovertemplate="missed: %{y}<br>false: %{x}<br>%{customdata[1]:,} images%{customdata[2]}"
        "<extra></extra>",
    )
    figure.add_trace(points)
    figure.update_layout(hoverdistance=-1)  # A wide cell is clicked at its edges too.
    figure.update_xaxes(
        title="false (class number; \u2205: nothing)",
        tickvals=across,
        ticktext=[*map(str, range(len(CLASS_LABELS))), "\u2205"],
        tickangle=0,
        side="top",
        showgrid=False,
    )
    figure.update_yaxes(title="missed", range=[len(down) - 0.5, -0.5], dtick=1, showgrid=False)
    return tidy(figure, height=730)


def _heat(
    counts: np.ndarray, found: Confusions, shown: str, across: list[str], down: list[str]
) -> go.Heatmap:
    if shown == RESIDUAL:
        values = np.full(counts.shape, np.nan)
        values[:-1, :-1] = np.where(found.residual == 0, np.nan, found.residual)
        colours, limits, written = values, {"zmin": -CLIP, "zmax": CLIP}, "{:z.1f}".format
    else:
        values = np.where(counts > 0, counts, np.nan).astype(float)
        # A root, for one cell of hundreds would leave all others one colour.
        colours, limits, written = np.sqrt(values), {}, "{:.0f}".format
    return heatmap(
        colours,
        x=across,
        y=down,
        xgap=1,
        ygap=1,
        customdata=_expectations(found),
        hovertemplate="missed: %{y}<br>false: %{x}<br>no image%{customdata}<extra></extra>",
        text=[["" if np.isnan(value) else written(value) for value in row] for row in values],
        texttemplate="%{text}",
        textfont={"size": 9 if shown == RESIDUAL else 11},
        showscale=shown == RESIDUAL,
        colorbar={"title": "standard<br>deviations", "thickness": 12},
        **limits,
    )


def _expectations(found: Confusions) -> list[list[str]]:
    """What the pointer is told of each cell; nothing of the last column and row."""
    told = [
        [
            f"<br>{expected:.2g} by chance, residual {signed(residual, 1)}"
            for expected, residual in zip(*row, strict=True)
        ]
        + [""]
        for row in zip(found.expected, found.residual, strict=True)
    ]
    return [*told, [""] * (len(CLASS_LABELS) + 1)]
