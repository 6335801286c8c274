"""The most confident mistakes: each a point that opens its image, and the images in that order."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from jaxtyping import Int

from dashboard.charts import CLASS_LABELS, OUTCOMES, legend_above, tidy
from dashboard.errors.judged import Judged
from dashboard.errors.opening import NoSuchPickError, Opened, class_of, draw_clickable, draw_images
from dashboard.session import write_link
from dashboard.wording import counted
from hpa_core.evaluation.mistakes import Mistakes, rank_mistakes

ANY, MISSED, FALSE = "both", "missed", "false"
MOST_POINTS = 2_000


def draw_mistakes(judged: Judged) -> None:
    """Draw the mistakes class by class, and below them their images."""
    found = _ranked(judged.key, judged)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.segmented_control(
            "Mistakes",
            [ANY, MISSED, FALSE],
            default=ANY,
            required=True,
            key="errors-kind",
            bind="query-params",
            on_change=lambda: write_link(page=None),
        )
        number = st.selectbox(
            "Class",
            [None, *range(len(CLASS_LABELS))],
            format_func=lambda each: "any" if each is None else CLASS_LABELS[each],
            key="errors-mistaken",
            bind="query-params",
            on_change=lambda: write_link(page=None),
            width=320,
        )
    places, rows = _kept(judged.key, kind, number, found)
    drawn = min(len(places), MOST_POINTS)
    cut = f" Drawn: the {drawn:,} most confident." if drawn < len(places) else ""
    st.markdown(
        f"**{counted(len(places), 'wrong call')}** on {counted(len(rows), 'image')}.{cut} "
        "Confidence is how far a score lies beyond its threshold, as a share of what was "
        f"possible. Click a point to see {judged.opens_one}."
    )
    draw_clickable(
        _chart(judged, found, places[:drawn]),
        key=f"errors-points-{kind}-{number}",
        image_after=r"\d+\.",
    )
    if judged.dataset is None:
        return
    draw_images(judged, judged.dataset, rows, scored_class=number)


def open_mistake(judged: Judged, pick: str) -> Opened:
    """Open `7.sample-id`: the image of that id, its score of class 7."""
    number, _, sample_id = pick.partition(".")
    place, class_id = judged.place_of(sample_id), class_of(number)
    if place is None:
        raise NoSuchPickError(pick)
    told = MISSED if judged.targets[place, class_id] else FALSE
    score, bound = judged.probs[place, class_id], judged.thresholds.thresholds[class_id]
    title = f"{CLASS_LABELS[class_id]} {told}, score {score:.3f}, threshold {bound:.3f}"
    return Opened(title=title, rows=np.array([place]), scored_class=class_id)


@st.cache_resource(max_entries=16, show_spinner=False)
def _ranked(key: str, _judged: Judged) -> Mistakes:
    return rank_mistakes(
        _judged.probs, _judged.bounds, targets=_judged.targets, calls=_judged.calls
    )


@st.cache_resource(max_entries=16, show_spinner=False)
def _kept(
    key: str, kind: str, number: int | None, _found: Mistakes
) -> tuple[Int[np.ndarray, " m"], Int[np.ndarray, " n"]]:
    """Return the places of the mistakes asked for, and their images, each once, in their order."""
    kept = np.ones(len(_found.row), dtype=bool)
    if kind != ANY:
        kept &= _found.missed == (kind == MISSED)
    if number is not None:
        kept &= _found.class_id == number
    places = np.flatnonzero(kept)
    _, first = np.unique(_found.row[places], return_index=True)
    return places, _found.row[places[np.sort(first)]]


def _chart(judged: Judged, found: Mistakes, places: np.ndarray) -> go.Figure:
    figure = go.Figure()
    present = [number for number in range(len(CLASS_LABELS)) if number in found.class_id[places]]
    line_of = {number: line for line, number in enumerate(present)}
    sides = (
        (MISSED, True, "circle", -0.16),
        (FALSE, False, "x", 0.16),
    )
    for name, missed, symbol, shift in sides:
        mine = places[found.missed[places] == missed]
        rows, classes = found.row[mine], found.class_id[mine]
        figure.add_scattergl(
            x=found.confidence[mine],
            y=[line_of[number] + shift for number in classes.tolist()],
            mode="markers",
            name=name,
            marker={"color": OUTCOMES[name], "symbol": symbol, "size": 8, "opacity": 0.7},
            customdata=[
                [f"{number}.{judged.ids[row]}", judged.ids[row], judged.probs[row, number]]
                for row, number in zip(rows.tolist(), classes.tolist(), strict=True)
            ],
            hovertemplate="%{customdata[1]}<br>score %{customdata[2]:.3f}, confidence %{x:.2f}"
            f"<extra>{name}</extra>",
        )
    figure.update_xaxes(title="confidence of the mistake", range=[-0.02, 1.02], side="top")
    figure.update_yaxes(
        tickvals=list(range(len(present))),
        ticktext=[CLASS_LABELS[number] for number in present],
        range=[len(present) - 0.5, -0.5],
        zeroline=False,
    )
    tidy(figure, height=max(19 * len(present), 60) + 100)
    return legend_above(figure, room=80)
