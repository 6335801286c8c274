"""Which page of a selection is shown, and which image large: both are in the page's address.

The viewer opens and closes images by itself and tells the server, which writes the link. Where the
link says otherwise (it was followed, or the page was turned), the server tells the viewer: the
token changes.

A page turned is drawn by itself, without the script around it; what the script draws besides
follows the image shown large and the filter, so when one of them changes all of it runs.
"""

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st
from jaxtyping import Int

from dashboard.components.channel_viewer import Page, Tile, channel_viewer
from dashboard.guard import guarded
from dashboard.images.context import image_context
from dashboard.images.gallery import find_tile, make_tile
from dashboard.selections.active import set_filter
from dashboard.session import write_link
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
        token: see `channel_viewer.Page`.
        outdated: whether the script around the viewer has to run again.
    """

    image: str | None = None
    token: int = 0
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
            on_image=_remember_image,
            on_go=lambda position, large: _go_to(samples, order, position, large=large),
            on_filter=_show_all,
        )


def _chosen_page(samples: Samples, order: Int[np.ndarray, " n"], dataset: Dataset) -> Page:
    """Return the page that the link names, with the image that it names."""
    opened = _follow_link(samples, order, dataset)
    first = (_page_number(len(order)) - 1) * PAGE_SIZE
    both = [make_tile(samples, int(index)) for index in order[first : first + 2 * PAGE_SIZE]]
    return Page(
        tiles=both[:PAGE_SIZE],
        following=both[PAGE_SIZE:],
        first=first,
        total=len(order),
        size=PAGE_SIZE,
        opened=opened,
        token=_shown().token,
        linked=True,
        context=image_context(dataset, samples, opened.id) if opened else None,
    )


def _remember_image(sample_id: str | None) -> None:
    """Take note of the image that the viewer opened, and put it into the link."""
    shown = _shown()
    shown.outdated |= shown.image != sample_id
    shown.image = sample_id
    write_link(image=sample_id)


def _show_all(wanted: str) -> None:
    """Show every image of a filter, as a gallery."""
    set_filter(wanted)
    _remember_image(None)
    _shown().token += 1
    _shown().outdated = True


def _go_to(samples: Samples, order: Int[np.ndarray, " n"], position: int, *, large: bool) -> None:
    """Turn to the page of a place in the selection and, if `large`, show that image large."""
    _write_page(position)
    _remember_image(str(samples.ids[order[position]]) if large else None)
    _shown().token += 1


def _follow_link(samples: Samples, order: np.ndarray, dataset: Dataset) -> Tile | None:
    """Return the image that the link names; a link not followed yet turns to its page."""
    wanted = st.query_params.get("image")
    tile, index = find_tile(samples, dataset, wanted) if wanted else (None, None)
    if wanted and tile is None:
        st.warning("The link names an image that this dataset does not hold.")
    shown = _shown()
    if wanted != shown.image:
        shown.image, shown.token = wanted, shown.token + 1
        if index is not None and (place := np.flatnonzero(order == index)).size:
            _write_page(int(place[0]))
    return tile


def _page_number(total: int) -> int:
    """Read the link's page; what is no page of this selection is the nearest one."""
    text = st.query_params.get("page", "1")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1
    return min(max(number, 1), max(-(-total // PAGE_SIZE), 1))


def _write_page(position: int) -> None:
    page = position // PAGE_SIZE + 1
    write_link(page=str(page) if page > 1 else None)


def _shown() -> _Shown:
    shown: _Shown = st.session_state.setdefault(_KEY, _Shown())
    return shown
