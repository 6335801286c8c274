"""The embedding map: each image a point, alike ones together; an outline around some opens them."""

from typing import Any

import numpy as np
import streamlit as st
from jaxtyping import Int

from dashboard import cache
from dashboard.charts import CLASS_LABELS
from dashboard.components.point_map import point_map
from dashboard.errors.judged import Judged
from dashboard.errors.map_colours import MISTAKES, MODES, OF_CLASS, colour_points
from dashboard.errors.opening import NoSuchPickError, Opened, class_of, numbers_of, open_pick
from dashboard.jobs import NOTHING_KEPT, offer_job
from dashboard.routes.points import NO_DATASET
from hpa_core.projection.outlines import inside
from hpa_core.projection.projecting import key_of
from hpa_core.projection.store import METHODS, Method, Projection, projection_path
from hpa_core.runs.predictions import predictions_path
from hpa_core.targets import rows_of

NAMES: dict[Method, str] = {"tsne": "t-SNE", "pca": "PCA"}
FINE = 1000
"""Corners of an outline stand in the link in thousandths."""


def draw_map(judged: Judged) -> None:
    """Draw the map of the judged images, or the button that makes it."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        method = st.segmented_control(
            "Projection",
            list(METHODS),
            default="tsne",
            required=True,
            format_func=NAMES.__getitem__,
            key="map-method",
            bind="query-params",
            help="  \n".join(METHODS.values()),
        )
        mode = st.segmented_control(
            "Colour",
            MODES,
            default=MISTAKES,
            required=True,
            key="map-colour",
            bind="query-params",
        )
        number = _ask_class() if mode in OF_CLASS else 0
    made = cache.projection(judged.run.id, judged.split, method)
    if made is None or not _fits(judged, made):
        _offer(judged, method, stale=made is not None)
        return
    st.caption(_about(judged, made))
    colouring = colour_points(judged, _places(judged, made), mode, number)
    info = judged.dataset.info if judged.dataset else None
    shown = info and info.name == judged.run.info.dataset
    content = info.hash if info and shown else NO_DATASET
    address = f"hpa/points/{judged.run.id}/{judged.split}/{method}/{made.key}/{content}"
    point_map(
        address,
        colouring,
        tiles=f"hpa/tiles/{info.name}/{info.hash}/thumbnails" if info and shown else None,
        key="point-map",
        on_pick=lambda picked: _take(made, mode, number, picked),
    )


def open_points(judged: Judged, pick: str) -> Opened:
    """Open `tsne~7~a class~0.2~x,y,x,y`: what lies inside an outline, without hidden levels.

    Corners are in thousandths; the class and the colouring say which levels are meant.
    """
    words = pick.split("~")
    if len(words) != 5 or words[0] not in NAMES or words[2] not in MODES:
        raise NoSuchPickError(pick)
    method: Method = "tsne" if words[0] == "tsne" else "pca"
    made = cache.projection(judged.run.id, judged.split, method)
    corners = np.array(numbers_of(words[4], ","), dtype=float)
    if made is None or len(corners) % 2 or not _fits(judged, made):
        raise NoSuchPickError(pick)
    place = _places(judged, made)
    within = inside(made.points, corners.reshape(-1, 2) / FINE) & (place >= 0)
    if words[3]:
        levels = colour_points(judged, place, words[2], class_of(words[1])).levels
        within &= ~np.isin(levels, numbers_of(words[3], "."))
    rows = place[within]
    title = f"inside the outline on the {NAMES[method]} map"
    return Opened(title=title, rows=rows)


def _ask_class() -> int:
    name = st.selectbox("Class", CLASS_LABELS, key="map-class", bind="query-params", width=260)
    return CLASS_LABELS.index(name)


def _fits(judged: Judged, made: Projection) -> bool:
    """Whether the predictions are still those that were projected."""
    path = predictions_path(judged.run, judged.split)
    return made.key == key_of(cache.file_hash(path), made.method, made.seed)


def _offer(judged: Judged, method: Method, *, stale: bool) -> None:
    if stale:
        st.info("The predictions have changed since the map was made.", icon=":material/update:")
    else:
        st.info(
            f"There is no {NAMES[method]} map of split {judged.split} yet. It places each image by "
            "what the network made of it, so that images it takes for alike lie together."
        )
    offer_job(
        "Make the map",
        f"{NAMES[method]} map of {judged.run.id}, {judged.split}",
        "project",
        judged.run.id,
        f"--split={judged.split}",
        f"--method={method}",
        key=f"map-make-{method}",
        told="Seconds for PCA; t-SNE takes from some seconds for a thousand images to minutes for "
        "a hundred thousand.",
        primary=True,
        kept=NOTHING_KEPT,
        makes=projection_path(judged.run, judged.split, method),
    )


def _about(judged: Judged, made: Projection) -> str:
    by = "embeddings" if made.features == "embeddings" else "28 scores, as it has no embeddings"
    shown = f"{len(judged.ids):,} of {len(made.ids):,} images"
    return (
        f"{shown} of split {judged.split} by run {judged.run.id}'s {by}. {METHODS[made.method]}. "
        f"{made.neighbours_kept:.0%} of an image's 15 nearest neighbours are so on the map; "
        f"trustworthiness {made.trustworthiness:.3f} of 1."
    )


def _places(judged: Judged, made: Projection) -> Int[np.ndarray, " N"]:
    return _placed(f"{judged.key} {made.key}", judged, made)


@st.cache_resource(max_entries=4, show_spinner=False)
def _placed(key: str, _judged: Judged, _made: Projection) -> Int[np.ndarray, " N"]:
    """Return the place of each point's sample in what is judged; -1 for one that is not."""
    return rows_of(_judged.ids, _made.ids)


def _take(made: Projection, mode: str, number: int, picked: dict[str, Any]) -> None:
    if not picked:
        return
    if "point" in picked:
        sample_id = str(made.ids[picked["point"]])
        point = np.round(made.points[picked["point"]] * FINE).astype(int)
        around = point + np.array([[-2, -2], [-2, 2], [2, 2], [2, -2]])
        open_pick(_pick(made.method, number, mode, [], around), image=sample_id)
        return
    corners = np.round(np.array(picked["outline"], dtype=float) * FINE).astype(int)
    open_pick(_pick(made.method, number, mode, picked["hidden"], corners))


def _pick(method: str, number: int, mode: str, hidden: list[int], corners: np.ndarray) -> str:
    levels = ".".join(map(str, sorted(hidden)))
    return "~".join([method, str(number), mode, levels, ",".join(map(str, corners.ravel()))])
