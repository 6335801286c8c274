"""Which page of a selection is shown, and which image large: both are in the page's address.

The viewer opens, closes and turns by itself and tells the server, which writes the link. Where the
link says otherwise (it was followed), or the viewer does not know the image it asks for, the server
tells the viewer: the token changes.

A page turned is drawn by itself, without the script around it; what the script draws besides
follows the image shown large and the filter, so when one of them changes all of it runs.
"""

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st
from jaxtyping import Int

from dashboard.components.channel_viewer import Page, Tile, Wish, channel_viewer
from dashboard.guard import guarded
from dashboard.images.context import image_context
from dashboard.images.tiles import find_tile, make_tile
from dashboard.selections.active import FILTER
from dashboard.session import session, write_link
from hpa_core.data.dataset import Dataset
from hpa_core.runs.thresholds import ThresholdSet
from hpa_core.selections.samples import Samples

PAGE_SIZE = 48
_KEY = "gallery-image"


@dataclass
class _Shown:
    """What this visitor sees, as far as the server knows.

    Attributes:
        image: the one shown large.
        token, heard: see `channel_viewer.Page`.
        outdated: whether the script around the viewer has to run again.
    """

    image: str | None = None
    token: int = 0
    heard: int = 0
    outdated: bool = False


def draw_gallery(
    dataset: Dataset,
    samples: Samples,
    order: Int[np.ndarray, " n"],
    *,
    thresholds: ThresholdSet,
    scored_class: int | None = None,
) -> None:
    """Draw the page of a selection that the link names, in the channel viewer.

    Args:
        dataset: whose images they are; it has images.
        samples: what can be shown.
        order: indices into `samples`, selected and sorted.
        thresholds: what the calls of `samples` follow; of no meaning where they have no scores.
        scored_class: the class whose score every tile shows, where there are scores.
    """
    _shown().outdated = False
    _draw_page(dataset, samples, order, thresholds, scored_class)


@st.fragment
def _draw_page(
    dataset: Dataset,
    samples: Samples,
    order: Int[np.ndarray, " n"],
    thresholds: ThresholdSet,
    scored_class: int | None,
) -> None:
    if _shown().outdated:
        st.rerun()
    write_link()
    with guarded():
        channel_viewer(
            dataset.info,
            replace(_chosen_page(samples, order, dataset), scored_class=scored_class),
            thresholds=None if samples.calls is None else thresholds.thresholds,
            on_show=lambda wish: _show(samples, order, wish),
            on_filter=_show_all,
        )


def _chosen_page(samples: Samples, order: Int[np.ndarray, " n"], dataset: Dataset) -> Page:
    """Return the page that the link names, with the image that it names."""
    opened = _follow_link(samples, order, dataset)
    first = (_page_number(len(order)) - 1) * PAGE_SIZE
    shown = order[first : first + 2 * PAGE_SIZE].tolist()
    both = [make_tile(samples, index, dataset) for index in shown]
    return Page(
        tiles=both[:PAGE_SIZE],
        following=both[PAGE_SIZE:],
        first=first,
        total=len(order),
        size=PAGE_SIZE,
        opened=opened,
        token=_shown().token,
        heard=_shown().heard,
        context=image_context(dataset, samples, opened.id) if opened else None,
    )


def _show(samples: Samples, order: Int[np.ndarray, " n"], wish: Wish) -> None:
    """Take note of what the viewer shows, and put it into the link."""
    shown = _shown()
    shown.heard = wish.sequence
    place = min(wish.position, len(order) - 1)  # The selection may have changed meanwhile.
    image = wish.image
    if wish.large and place >= 0:
        image, shown.token = str(samples.ids[order[place]]), shown.token + 1
    shown.outdated |= shown.image != image
    shown.image = image
    write_link(image=image, page=_page_of(place))


def _show_all(wanted: str) -> None:
    """Show every image of a filter, as a gallery: one step of the history."""
    chosen = session()
    chosen.filter, chosen.unread = wanted, None
    write_link(**{FILTER: wanted, "image": None, "page": None})
    shown = _shown()
    shown.image, shown.token, shown.outdated = None, shown.token + 1, True


def _follow_link(samples: Samples, order: np.ndarray, dataset: Dataset) -> Tile | None:
    """Return the image that the link names; a link not followed yet turns to its page."""
    wanted = st.query_params.get("image") or None
    tile, index = find_tile(samples, dataset, wanted) if wanted else (None, None)
    if wanted and tile is None:
        st.warning("The link names an image that this dataset does not hold.")
    shown = _shown()
    if wanted != shown.image:
        shown.image, shown.token = wanted, shown.token + 1
        if index is not None and (place := np.flatnonzero(order == index)).size:
            write_link(page=_page_of(int(place[0])))
    return tile


def _page_number(total: int) -> int:
    """Read the link's page; what is no page of this selection is the nearest one."""
    text = st.query_params.get("page", "1")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1
    return min(max(number, 1), max(-(-total // PAGE_SIZE), 1))


def _page_of(position: int) -> str | None:
    """Return the page of a place in the selection, as the link names it: not at all the first."""
    page = position // PAGE_SIZE + 1
    return str(page) if page > 1 else None


def _shown() -> _Shown:
    shown: _Shown = st.session_state.setdefault(_KEY, _Shown())
    return shown
