"""Labels that are probably wrong, with the image and what speaks against each."""

from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st
from jaxtyping import Float

from dashboard.charts import CLASS_LABELS
from dashboard.errors.judged import Judged
from dashboard.errors.opening import NoSuchPickError, Opened, class_of, draw_clickable_table
from dashboard.errors.thumbnails import CHANNELS_TOLD, picture_addresses
from dashboard.neighbours import Heard, hear_neighbours, offer_neighbours
from dashboard.wording import counted
from hpa_core.evaluation.suspicious.ranking import Order, Suspicions
from hpa_core.evaluation.suspicious.wording import (
    GAIN_DIGITS,
    expected_wrong,
    reason_of,
    rounded_gains,
)
from hpa_core.selections.suspicion import suspicious_labels, weigh_labels
from hpa_core.targets import rows_of

ORDERS: dict[Order, str] = {"gain": "gain in macro F1", "suspicion": "suspicion"}
ANY, MISSING, SURPLUS = "both", "missing", "surplus"
SIGNS = {"missing": "+", "surplus": "\u2212"}
"""What correcting the label does: it is added, or taken away."""
PAGE = "suspicious-page"
PER_PAGE = 20
ROW_HEIGHT = 104
COLUMNS = {
    "image": st.column_config.ImageColumn(width=110),
    "id": st.column_config.TextColumn(width=100),
    "correction": st.column_config.TextColumn(width=140),
    "suspicion": st.column_config.ProgressColumn(
        format="%.2f",
        min_value=0,
        max_value=1,
        width="small",
        help="Probability that the label is wrong, as far as scores and neighbours tell. Where the "
        "network is unsure of a class, right labels are suspicious too.",
    ),
    "macro F1": st.column_config.NumberColumn(
        format=f"%+.{GAIN_DIGITS}f",
        width="small",
        help="What macro F1 gains on average when the label is corrected, at the active "
        "thresholds. Negative: the calls agree with the wrong label and were rewarded for it.",
    ),
    "why": st.column_config.TextColumn(width="large"),
}


def draw_suspicious(judged: Judged) -> None:
    """List the most suspicious labels; every row opens its image."""
    if judged.learnt:
        st.warning(
            f"The run has learnt the labels of {judged.split}, wrong ones included, so its scores "
            "cannot speak against them. Choose a split that it has not learnt from.",
            icon=":material/warning:",
        )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        order: Order = st.segmented_control(
            "First",
            list(ORDERS),
            default="gain",
            required=True,
            format_func=lambda name: ORDERS[name],
            key="suspicious-order",
            bind="query-params",
            on_change=_first_page,
        )
        kind = st.segmented_control(
            "Labels",
            [ANY, MISSING, SURPLUS],
            default=ANY,
            required=True,
            key="suspicious-kind",
            bind="query-params",
            on_change=_first_page,
        )
        number = st.selectbox(
            "Class",
            [None, *range(len(CLASS_LABELS))],
            format_func=lambda each: "any" if each is None else CLASS_LABELS[each],
            key="suspicious-class",
            bind="query-params",
            on_change=_first_page,
            width=320,
        )
    heard = _hear(judged)
    offer_neighbours(judged.run.id, judged.split, judged.labels_of, heard)
    found = _ranked(judged, order, heard)
    places = _kept(found, kind, number)
    st.markdown(_count_told(found.suspicion[places], judged, heard))
    if not len(places):
        return
    if judged.dataset is not None:
        st.page_link("../pages/label.py", label="Correct them by keys", icon=":material/edit:")
    page = _choose_page(len(places))
    shown = places[(page - 1) * PER_PAGE : page * PER_PAGE]
    draw_clickable_table(
        _table(judged, found, shown),
        lambda row, _: _pick(judged, found, int(shown[row])),
        key=f"suspicious-{order}-{kind}-{number}-{page}",
        image_after=r"\d+\.",
        column_config=COLUMNS,
        row_height=ROW_HEIGHT,
        height=ROW_HEIGHT * len(shown) + 40,
    )
    if judged.dataset is not None:
        st.caption(CHANNELS_TOLD)


def open_suspicious(judged: Judged, pick: str) -> Opened:
    """Open `7.sample-id`, with what speaks against the label."""
    text, _, sample_id = pick.partition(".")
    number, place = class_of(text), judged.place_of(sample_id)
    if place is None:
        raise NoSuchPickError(pick)
    found = _ranked(judged, "gain", _hear(judged))
    held = np.flatnonzero((found.row == place) & (found.class_id == number))
    title = reason_of(found, int(held[0]), CLASS_LABELS) if held.size else CLASS_LABELS[number]
    return Opened(title=title, rows=np.array([place]), scored_class=number)


def _hear(judged: Judged) -> Heard:
    return hear_neighbours(judged.run.id, judged.split, judged.everything, judged.labels_of)


def _count_told(suspicion: Float[np.ndarray, " n"], judged: Judged, heard: Heard) -> str:
    """Say how many of the labels listed are probably wrong: most of a long list are not."""
    told, labels = _speakers(heard).capitalize(), judged.targets.size
    if not len(suspicion):
        return f"{told} speak against **none** of {counted(labels, 'label')}, of those asked for."
    likely = int((suspicion > 0.5).sum())
    return (
        f"{told} make **{counted(likely, 'label') if likely else 'no label'}** of {labels:,} more "
        f"likely wrong than right. {expected_wrong(suspicion)} Click a row to see "
        f"{judged.opens_one}."
    )


def _speakers(heard: Heard) -> str:
    if heard.nearest is not None:
        return "scores, the image's other labels and its nearest neighbours in the embedding"
    why = "" if heard.waiting else " (the run has no embeddings, so no neighbours)"
    return f"scores and the image's other labels{why}"


def _ranked(judged: Judged, order: Order, heard: Heard) -> Suspicions:
    return _listed(f"{judged.key} {order} {heard.key}", order, judged, heard)


@st.cache_resource(max_entries=4, show_spinner="Weighing every label\u2026")
def _weighed(key: str, _judged: Judged, _heard: Heard) -> Float[np.ndarray, "n C"]:
    """Weigh all labels of the split, once for every threshold, order and filter."""
    return weigh_labels(_judged.everything, _heard.nearest)


@st.cache_resource(max_entries=8, show_spinner=False)
def _listed(key: str, order: Order, _judged: Judged, _heard: Heard) -> Suspicions:
    """List the judged samples' labels; what speaks against them are all samples of the split."""
    against = _weighed(_heard.key, _judged, _heard)
    among = rows_of(_judged.everything.ids, _judged.ids)
    found = suspicious_labels(
        _judged.everything,
        _heard.nearest,
        against=against,
        among=among,
        order=order,
        limit=None,
    )
    return replace(found, row=np.searchsorted(among, found.row))


def _kept(found: Suspicions, kind: str, number: int | None) -> np.ndarray:
    kept = np.ones(len(found.row), dtype=bool)
    if kind != ANY:
        kept &= found.missing == (kind == MISSING)
    if number is not None:
        kept &= found.class_id == number
    return np.flatnonzero(kept)


def _choose_page(count: int) -> int:
    pages = max(-(-count // PER_PAGE), 1)
    if pages == 1:
        return 1
    page: int = st.pagination(pages, key=PAGE, bind="query-params")
    return page


def _first_page() -> None:
    if PAGE in st.session_state:
        st.session_state[PAGE] = 1


def _table(judged: Judged, found: Suspicions, places: np.ndarray) -> pd.DataFrame:
    pictures = picture_addresses(judged, found.row[places], side=96)
    labels = [
        f"{SIGNS[found.kind(int(place))]} {CLASS_LABELS[found.class_id[place]]}" for place in places
    ]
    columns = {
        "id": judged.ids[found.row[places]],
        "correction": labels,
        "suspicion": found.suspicion[places],
        "macro F1": rounded_gains(found.gain[places]),
        "why": [reason_of(found, int(place), CLASS_LABELS) for place in places],
    }
    return pd.DataFrame(columns if pictures is None else {"image": pictures, **columns})


def _pick(judged: Judged, found: Suspicions, place: int) -> str:
    return f"{found.class_id[place]}.{judged.ids[found.row[place]]}"
