"""Class by class: what was found, missed and false, and how sure the F1 of it is."""

from typing import Literal, get_args

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from plotly.subplots import make_subplots

from dashboard.charts import BLUE, CLASS_LABELS, GREY, OUTCOMES, legend_above, tidy
from dashboard.errors.judged import Judged
from dashboard.errors.opening import NoSuchPickError, Opened, class_of, draw_clickable
from dashboard.wording import counted
from hpa_core.evaluation.averages import AverageIntervals, average_intervals
from hpa_core.evaluation.class_scores import ClassScores, score_class
from hpa_core.evaluation.metrics import Scores, evaluate
from hpa_core.intervals import Interval
from hpa_core.selections.expression import And, Expression, HasClass, Kind, Or

Part = Literal["found", "missed", "false", "wrong"]
MEANINGS: dict[str, str] = {
    "found": "carry {0} and are called it",
    "missed": "carry {0} and are not called it",
    "false": "are called {0} and do not carry it",
    "wrong": "are wrong about {0}: missed or called falsely",
}
BARS: tuple[tuple[Part, str, str], ...] = (
    ("found", OUTCOMES["found"], ""),
    ("missed", OUTCOMES["missed"], "/"),
    ("false", OUTCOMES["false"], ""),
)
"""Each part of a bar: its name, its colour, its hatching."""
ORDERS = ("lowest F1 first", "most errors first", "class number")


def draw_classes(judged: Judged) -> None:
    """Draw counts and F1 of every class; each bar and point opens its images."""
    scored = _scored(judged.key, judged)
    _draw_averages(judged)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        order = st.segmented_control(
            "Order",
            ORDERS,
            default=ORDERS[0],
            required=True,
            key="errors-order",
            bind="query-params",
        )
        shares = st.toggle(
            "Bars as shares",
            value=True,
            key="errors-shares",
            bind="query-params",
            help="Of the images that carry the class or are called it; else their number.",
        )
    draw_clickable(_chart(scored, _ordered(scored, order), shares=shares), key="errors-classes")
    st.caption(
        "Shares are of the images that carry the class or are called it. F1 with its 95 % interval "
        "of what other images of the same source would give, wide where these are few, and where "
        "none is found. A class without a positive and a call has no F1 here and counts 0 in the "
        "macro F1."
    )


def open_class(judged: Judged, pick: str) -> Opened:
    """Open `found.7`, `missed.7`, `false.7` or `wrong.7`, the most telling scores first."""
    part, _, text = pick.partition(".")
    if part not in get_args(Part):
        raise NoSuchPickError(pick)
    number = class_of(text)
    truth, called = judged.targets[:, number], judged.calls[:, number]
    held = {
        "found": truth & called,
        "missed": truth & ~called,
        "false": ~truth & called,
        "wrong": truth != called,
    }[part]
    score = judged.probs[:, number]
    # The furthest on the wrong side first: low scores of positives, high ones of the others.
    away = np.where(truth, score, -score) if part != "found" else -score
    rows = np.flatnonzero(held)
    return Opened(
        title=MEANINGS[part].format(CLASS_LABELS[number]),
        rows=rows[np.argsort(away[rows], kind="stable")],
        scored_class=number,
        expression=_expression(part, number),
    )


def _expression(part: str, number: int) -> Expression:
    def has(kind: Kind) -> Expression:
        return HasClass(kind, (number,))

    return {
        "found": And((has("true"), has("called"))),
        "missed": has("missed"),
        "false": has("false"),
        "wrong": Or((has("missed"), has("false"))),
    }[part]


def _draw_averages(judged: Judged) -> None:
    """Say macro, micro and samples F1, each with its interval, where there is an image."""
    if not len(judged.ids):
        return
    scores, ends = _averaged(judged.key, judged)
    empty = int((~(judged.targets | judged.calls).any(axis=0)).sum())
    without = (
        f"; {counted(empty, 'class counts', 'classes count')} 0, without a positive and a call"
    )
    st.markdown(
        f"Macro F1 **{scores.macro_f1:.4f}** ({_range(ends.macro)}{without if empty else ''}), "
        f"micro {scores.micro_f1:.4f} "
        f"({_range(ends.micro)}), samples {scores.samples_f1:.4f} ({_range(ends.samples)}). Click "
        f"a bar or a point to see its {judged.opens}.",
        help="In brackets 95 % intervals of what these calls' F1 would be on as many other images "
        "of the same source, by a Bayesian bootstrap over the images. They allow neither for "
        "thresholds chosen on these images nor for what the network has learnt.",
    )


def _range(ends: Interval) -> str:
    return f"{ends.low:.3f} to {ends.high:.3f}"


@st.cache_resource(max_entries=16, show_spinner=False)
def _scored(key: str, _judged: Judged) -> list[ClassScores]:
    return [score_class(*pair) for pair in zip(_judged.targets.T, _judged.calls.T, strict=True)]


@st.cache_resource(max_entries=16, show_spinner=False)
def _averaged(key: str, _judged: Judged) -> tuple[Scores, AverageIntervals]:
    held = _judged.targets, _judged.calls
    return evaluate(*held), average_intervals(*held)


def _ordered(scored: list[ClassScores], order: str) -> list[int]:
    keys = {
        ORDERS[0]: lambda number: _or_last(scored[number].f1.value),
        ORDERS[1]: lambda number: -(scored[number].fn + scored[number].fp),
        ORDERS[2]: lambda number: number,
    }
    return sorted(range(len(scored)), key=keys[order])


def _or_last(f1: float | None) -> float:
    return np.inf if f1 is None else f1


def _chart(scored: list[ClassScores], order: list[int], *, shares: bool) -> go.Figure:
    labels = [CLASS_LABELS[number] for number in order]
    figure = make_subplots(
        1, 2, shared_yaxes=True, horizontal_spacing=0.03, column_widths=[0.6, 0.4]
    )
    counts = np.array([[scored[n].tp, scored[n].fn, scored[n].fp] for n in order])
    whole = np.maximum(counts.sum(axis=1), 1) if shares else np.ones(len(order))
    for (part, colour, shape), column in zip(BARS, counts.T, strict=True):
        figure.add_bar(
            x=column / whole,
            y=labels,
            orientation="h",
            name=part,
            marker={
                "color": colour,
                "line": {"width": 0},
                "pattern": {"shape": shape, "fillmode": "overlay", "fgopacity": 0.12},
            },
            text=[f"{count:,}" if count else "" for count in column],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            insidetextfont={"color": "black" if part == "missed" else "white"},
            customdata=[
                [f"{part}.{number}", count] for number, count in zip(order, column, strict=True)
            ],
            hovertemplate=f"%{{y}}: %{{customdata[1]:,}} {part}<extra></extra>",
            row=1,
            col=1,
        )
    _add_f1(figure, scored, order, labels)
    figure.update_layout(barmode="stack")
    figure.update_xaxes(side="top")  # Beside the classes that are read first.
    figure.update_xaxes(
        title="share of<br>images" if shares else "images",
        tickformat=".0%" if shares else ",d",
        row=1,
        col=1,
    )
    figure.update_xaxes(title="F1 and its<br>95 % interval", range=[-0.02, 1.02], row=1, col=2)
    figure.update_yaxes(range=[len(order) - 0.5, -0.5], ticks="")
    return legend_above(tidy(figure, height=24 * len(order) + 130), room=100)


def _add_f1(
    figure: go.Figure, scored: list[ClassScores], order: list[int], labels: list[str]
) -> None:
    told = [
        (label, number, scored[number].f1.value, scored[number].f1.interval)
        for label, number in zip(labels, order, strict=True)
    ]
    known = [
        (label, n, value, ends) for label, n, value, ends in told if value is not None and ends
    ]
    figure.add_scatter(
        x=[0] * (len(told) - len(known)),
        y=[label for label, _, value, ends in told if value is None or not ends],
        mode="text",
        text="no F1",
        textposition="middle right",
        showlegend=False,
        hovertemplate="%{y}: without a positive and a call<extra></extra>",
        row=1,
        col=2,
    )
    values = np.array([value for _, _, value, _ in known])
    low, high = np.array([ends for *_, ends in known]).reshape(-1, 2).T
    figure.add_scatter(
        x=values,
        y=[label for label, *_ in known],
        error_x={
            "symmetric": False,
            "array": high - values,
            "arrayminus": values - low,
            "thickness": 1.5,
            "color": GREY,
        },
        mode="markers",
        marker={"color": BLUE, "size": 9},
        name="F1",
        showlegend=False,
        customdata=[
            [f"wrong.{number}", scored[number].positives, ends.low, ends.high]
            for _, number, _, ends in known
        ],
        hovertemplate="%{y}: F1 %{x:.3f}, %{customdata[2]:.3f} to %{customdata[3]:.3f}; "
        "%{customdata[1]:,} positives<extra></extra>",
        row=1,
        col=2,
    )
