"""Missed A, said B: which class is called where another one is not."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.charts import CLASS_LABELS, heatmap, tidy, unseen_points
from dashboard.errors.judged import Judged
from dashboard.errors.opening import NoSuchPickError, Opened, class_of, clicked, clicked_table
from dashboard.wording import counted, signed
from hpa_core.evaluation.errors.chance import LEVEL
from hpa_core.evaluation.errors.confusion import Confusions, confused_rows, count_confusions
from hpa_core.selections.expression import And, Expression, HasClass, Kind, Not

NOTHING = "none"
COUNT, RESIDUAL = "images", "residual"
MOST_PAIRS = 15
CLIP = 12
WIDTH = 1_100
"""Pixels at most, so that cells stay near to squares."""


def draw_confusion(judged: Judged) -> None:
    """Draw the matrix and the pairs confused beyond chance; every cell opens its images."""
    found = _counted(judged.key, judged)
    st.caption(
        "A cell counts the images that **miss A and falsely say B**; the last column those that "
        "say nothing falsely in A's place, the last row those that miss nothing. An image with "
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
        help="residual: (seen - expected) / sqrt(expected), expected if each class were missed and "
        "said falsely at its own rate whatever else the image shows, so co-occurrence alone. "
        "Where little is expected a single image makes it large: what is beyond chance is told "
        "below.",
    )
    clicked(_matrix(found, shown), key=f"errors-matrix-{shown}", width=WIDTH)
    table = _pairs(found)
    st.markdown(_beyond_chance(table))
    if table.empty:
        return
    clicked_table(
        table.drop(columns="pick"),
        lambda row, _: str(table["pick"].iloc[row]),
        key="errors-pair-table",
        column_config={
            "expected": st.column_config.NumberColumn(format="%.1f"),
            "p (Holm)": st.column_config.NumberColumn(
                format="%.2g", help="Over all pairs together; below 0.05 it is beyond chance."
            ),
        },
    )


def open_confusion(judged: Judged, pick: str) -> Opened:
    """Open `7.25`: misses 7 and says 25; either may be `none`."""
    first, dot, second = pick.partition(".")
    if not dot or first == second == NOTHING:
        raise NoSuchPickError(pick)
    missed, said = (None if text == NOTHING else class_of(text) for text in (first, second))
    rows = confused_rows(judged.targets, judged.calls, missed=missed, said=said)
    scored = missed if said is None else said
    if scored is None:
        raise NoSuchPickError(pick)
    lost = "miss nothing" if missed is None else f"miss {CLASS_LABELS[missed]}"
    put = "say nothing falsely" if said is None else f"falsely say {CLASS_LABELS[said]}"
    return Opened(
        title=f"{lost} and {put}",
        rows=rows[np.argsort(-judged.probs[rows, scored], kind="stable")],
        scored_class=scored,
        expression=And((_condition("missed", missed), _condition("false", said))),
    )


def _condition(kind: Kind, number: int | None) -> Expression:
    return Not(HasClass(kind)) if number is None else HasClass(kind, (number,))


@st.cache_resource(max_entries=16, show_spinner=False)
def _counted(key: str, _judged: Judged) -> Confusions:
    return count_confusions(_judged.targets, _judged.calls)


def _beyond_chance(table: pd.DataFrame) -> str:
    """Say in Markdown what the pairs listed are, and how many of them are more than chance."""
    if table.empty:
        return "No pair is confused more often than co-occurrence gives."
    beyond = int((table["p (Holm)"] < LEVEL).sum())
    listed = counted(len(table), "pair")
    told = (
        f"**{beyond} of {listed} shown {'is' if beyond == 1 else 'are'} beyond chance**"
        if beyond
        else f"**none of {listed} shown is beyond chance**"
    )
    return (
        "Confused more often than co-occurrence gives, the least likely by chance first: "
        f"{told} at 5 % over all pairs together."
    )


def _pairs(found: Confusions) -> pd.DataFrame:
    rows, columns = found.likeliest(MOST_PAIRS)
    return pd.DataFrame(
        {
            "missed": [CLASS_LABELS[number] for number in rows],
            "said": [CLASS_LABELS[number] for number in columns],
            "images": found.swapped[rows, columns],
            "expected": found.expected[rows, columns],
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
    across, down = [*CLASS_LABELS, "nothing said"], [*CLASS_LABELS, "nothing missed"]
    figure = go.Figure(_heat(counts, found, shown, across, down))
    names = [*map(str, range(len(CLASS_LABELS))), NOTHING]
    points = unseen_points(
        [across[column] for column in columns],
        [down[row] for row in rows],
        customdata=[
            [f"{names[row]}.{names[column]}", counts[row, column], *_told(found, row, column)]
            for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
        ],
        hovertemplate="missed: %{y}<br>said: %{x}<br>%{customdata[1]:,} images%{customdata[2]}"
        "<extra></extra>",
    )
    figure.add_trace(points)
    figure.update_xaxes(
        title="said falsely (class number; \u2205: nothing)",
        tickvals=across,
        ticktext=[*map(str, range(len(CLASS_LABELS))), "\u2205"],
        tickangle=0,
        side="top",
        showgrid=False,
    )
    figure.update_yaxes(title="missed", autorange="reversed", dtick=1, showgrid=False)
    return tidy(figure, height=730)


def _heat(
    counts: np.ndarray, found: Confusions, shown: str, across: list[str], down: list[str]
) -> go.Heatmap:
    if shown == RESIDUAL:
        values = np.full(counts.shape, np.nan)
        values[:-1, :-1] = np.where(found.expected > 0, found.residual, np.nan)
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
        hoverinfo="skip",
        text=[["" if np.isnan(value) else written(value) for value in row] for row in values],
        texttemplate="%{text}",
        textfont={"size": 9 if shown == RESIDUAL else 11},
        showscale=False,
        **limits,
    )


def _told(found: Confusions, row: int, column: int) -> tuple[str]:
    if row == len(CLASS_LABELS) or column == len(CLASS_LABELS):
        return ("",)
    expected, residual = found.expected[row, column], found.residual[row, column]
    return (f"<br>{expected:.1f} expected, residual {signed(residual, 1)}",)
