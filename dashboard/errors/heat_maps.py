"""Heat maps: where the network found its evidence for a class, image by image."""

import numpy as np
import streamlit as st

from dashboard.charts import CLASS_LABELS, OUTCOMES
from dashboard.errors.explanations import (
    NAMES,
    draw_reasons,
    explanation_of,
    offer_explaining,
    why_unknown,
)
from dashboard.errors.judged import Judged
from dashboard.errors.opening import NoSuchPickError, Opened, class_of, open_pick
from hpa_core.data.dataset import Dataset
from hpa_core.runs.explanations import METHODS, Explanation, Method

FOUND, MISSED, FALSE = KINDS = tuple(OUTCOMES)
COLUMNS, SHOWN = 3, 6


def draw_heat_maps(judged: Judged) -> None:
    """Choose a class and draw the heat maps of its surest hits or mistakes."""
    if why := why_unknown(judged.run):
        st.info(why)
        return
    if judged.dataset is None:
        st.info("Heat maps need the images: choose the dataset of this run, with its images.")
        return
    number, kind, method = _ask()
    places = _chosen(judged, number, kind)
    if not len(places):
        st.info(f"At these thresholds no call of {CLASS_LABELS[number]} is {kind}.")
        return
    st.caption(
        f"{NAMES[method]}: {METHODS[method]}. Grey: the protein channel. Orange speaks for "
        f"{CLASS_LABELS[number]}, blue against it, both in log-odds."
    )
    rows = judged.samples.rows[places].tolist()
    explained = [explanation_of(judged.run, judged.dataset, row, method) for row in rows]
    missing = [row for row, one in zip(rows, explained, strict=True) if one is None]
    if missing:
        shown = f"{CLASS_LABELS[number]}, {kind}"
        offer_explaining(judged.run, judged.dataset, missing, number, method, shown=shown)
    known = [(int(p), one) for p, one in zip(places, explained, strict=True) if one is not None]
    if known:
        _draw_grid(judged, judged.dataset, known, number)


def open_heat_map(judged: Judged, pick: str) -> Opened:
    """Open `7.sample-id`: one image, with its score of class 7."""
    number, _, sample_id = pick.partition(".")
    place = judged.place_of(sample_id)
    if place is None:
        raise NoSuchPickError(pick)
    class_id = class_of(number)
    title = f"score of {CLASS_LABELS[class_id]} {judged.probs[place, class_id]:.3f}"
    return Opened(title=title, rows=np.array([place]), scored_class=class_id)


def _ask() -> tuple[int, str, Method]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("Class", CLASS_LABELS, key="heat-class", bind="query-params", width=260)
        kind = st.segmented_control(
            "Images",
            KINDS,
            default=FOUND,
            required=True,
            key="heat-kind",
            bind="query-params",
        )
        method = st.segmented_control(
            "Map",
            list(METHODS),
            default="hirescam",
            required=True,
            format_func=NAMES.__getitem__,
            key="heat-method",
            bind="query-params",
            help="  \n".join(f"{NAMES[name]}: {told}." for name, told in METHODS.items()),
        )
    return CLASS_LABELS.index(name), kind, method


def _chosen(judged: Judged, number: int, kind: str) -> np.ndarray:
    """Return the images of that kind; surest first: highest score, or lowest where missed."""
    true, called = judged.targets[:, number], judged.calls[:, number]
    wanted = {FOUND: true & called, MISSED: true & ~called, FALSE: ~true & called}[kind]
    places = np.flatnonzero(wanted)
    scores = judged.probs[places, number]
    order = np.argsort(scores if kind == MISSED else -scores, kind="stable")
    return np.asarray(places[order[:SHOWN]])


def _draw_grid(
    judged: Judged, dataset: Dataset, known: list[tuple[int, Explanation]], number: int
) -> None:
    reach = max(float(np.abs(one.maps[number]).max()) for _, one in known) or 1.0
    for start in range(0, len(known), COLUMNS):
        for column, (place, one) in zip(
            st.columns(COLUMNS), known[start : start + COLUMNS], strict=False
        ):
            with column:
                _draw_card(judged, dataset, place, one, number, reach)


def _draw_card(  # noqa: PLR0913, PLR0917 - one picture of a grid
    judged: Judged, dataset: Dataset, place: int, one: Explanation, number: int, reach: float
) -> None:
    row = int(judged.samples.rows[place])
    st.button(
        f"score {one.probs[number]:.2f}, {one.id}",
        key=f"heat-open-{one.id}",
        icon=":material/open_in_full:",
        type="tertiary",
        on_click=open_pick,
        args=(f"{number}.{one.id}",),
        kwargs={"image": one.id},
    )
    draw_reasons(dataset, row, one, number, reach=reach)
