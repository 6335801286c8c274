"""The channel viewer: a gallery of four-channel composites, mixed in the browser, and one large.

The page sends rows, ids, labels and scores; pixels come over the tiles route, once, as bytes.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import streamlit as st

from dashboard.components.assets import module_source, style_source
from hpa_core.classes import CLASS_NAMES
from hpa_core.data.dataset import DatasetInfo

KEY = "channel-viewer"
HEAD = "viewer-head"
"""Key of what a page may draw above, to be scrolled into sight with an image shown large."""
FOLDER = Path(__file__).parent
_MODULES = (
    "composite.js",
    "contrast.js",
    "mixer_state.js",
    "mixer_store.js",
    "element.js",
    "fault.js",
    "tile_loader.js",
    "stage_view.js",
    "shown_image.js",
    "gl_painter.js",
    "limit_editor.js",
    "channel_strip.js",
    "mixer_bar.js",
    "mixer_link.js",
    "png_text.js",
    "png_export.js",
    "class_chips.js",
    "gallery.js",
    "pager.js",
    "image_stage.js",
    "score_chart.js",
    "context_strips.js",
    "image_view.js",
    "shortcuts.js",
    "keys_dialog.js",
    "wishes.js",
    "channel_viewer.js",
)
_SYNTHETIC = ": synthetic cells, not microscopy"
_STYLES = ("viewer.css", "gallery.css", "image.css")
_viewer = st.components.v2.component(
    "hpa_channel_viewer",
    js=module_source(FOLDER, *_MODULES),
    css=style_source(FOLDER, *_STYLES),
)


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One image as the viewer shows it.

    Attributes:
        row: its row in the dataset's arrays.
        truth: class numbers, or None where the truth is not known.
        calls: class numbers called under the active thresholds, or None without predictions.
        probs: 28 probabilities, or None without predictions.
        laid: how the tile is turned or flipped, as `hpa_core`'s `ORIENTATIONS` number it.
        shares: how true each class is, for images that are mixed of several; None: wholly.
        note: a few words under the image.
        file_side: pixels a side of the files it was packed from; 0 where not known.
    """

    row: int
    id: str
    truth: list[int] | None
    calls: list[int] | None = None
    probs: list[float] | None = None
    laid: int = 0
    shares: list[float] | None = None
    note: str = ""
    file_side: int = 0


@dataclass(frozen=True, kw_only=True)
class Strip:
    """A row of images that have something to do with the one shown large.

    Attributes:
        title: what they have in common.
        tiles: the first of them.
        filter: finds all of them; empty where no filter does.
        found: how many it finds.
    """

    title: str
    tiles: Sequence[Tile]
    filter: str = ""
    found: int = 0


@dataclass(frozen=True, kw_only=True)
class ImageContext:
    """What else is known of the image shown large.

    Attributes:
        image: its id.
        strips: images that have something to do with it.
        history: what happened to its label, a sentence each, oldest first.
    """

    image: str
    strips: Sequence[Strip] = ()
    history: Sequence[str] = ()


class Wish(NamedTuple):
    """What the viewer has come to show.

    Attributes:
        sequence: its number, which grows.
        position: a place in the selection, from 0; its page is shown.
        large: whether the image at that place is shown large.
        image: else the id of the one that is; None if none is.
    """

    sequence: int
    position: int
    large: bool
    image: str | None


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of a selection.

    Attributes:
        tiles: its images, in order.
        first: place of the first one in the selection, from 0.
        total: images in the whole selection.
        size: images a full page has.
        following: the images of the next page, which the viewer may show at once.
        opened: the image shown large when `token` changes; it need not be among the tiles.
        token: changes when the page, not the viewer, has decided what is shown large.
        heard: number of the last wish that this follows; None where wishes are not followed.
        compared: whether the tiles are few and stand side by side, in full resolution.
        scored_class: the class whose score every tile shows; none if None.
        context: what else is known of the image shown large.
    """

    tiles: Sequence[Tile]
    first: int
    total: int
    size: int
    following: Sequence[Tile] = ()
    opened: Tile | None = None
    token: int = 0
    heard: int | None = None
    compared: bool = False
    scored_class: int | None = None
    context: ImageContext | None = None


def channel_viewer(
    info: DatasetInfo,
    page: Page,
    *,
    thresholds: Sequence[float] | None,
    on_show: Callable[[Wish], None] | None = None,
    on_filter: Callable[[str], None] | None = None,
) -> None:
    """Draw the viewer.

    Args:
        info: the dataset whose images are shown; it has images.
        page: what is shown.
        thresholds: 28 numbers, or None without predictions.
        on_show: called when the viewer has come to show something else; `page.heard` follows it.
        on_filter: called with the filter of a strip whose images are wanted all.
    """
    _viewer(
        key=KEY,
        data=_data(f"hpa/tiles/{info.name}/{info.hash}", info.image_size, page, thresholds)
        | {"source": f"Dataset {info.name}{_SYNTHETIC if info.synthetic else ''}"},
        on_show_change=lambda: on_show(Wish(**_sent("show"))) if on_show else None,
        on_filter_change=lambda: on_filter(_sent("filter")) if on_filter else None,
    )


def picture_viewer(address: str, image_size: int, tiles: Sequence[Tile], *, key: str) -> None:
    """Draw pictures that are no dataset's, all on one page.

    Args:
        address: of a route that answers as the tiles route does.
        image_size: pixels a side.
        tiles: their rows count within the route's arrays.
        key: of the component.
    """
    page = Page(
        tiles=tiles, first=0, total=len(tiles), size=len(tiles), token=crc32(address.encode())
    )
    _viewer(key=key, data=_data(address, image_size, page, None))


def _data(
    address: str, image_size: int, page: Page, thresholds: Sequence[float] | None
) -> dict[str, Any]:
    return {
        "address": address,
        "imageSize": image_size,
        "classes": CLASS_NAMES,
        "tiles": [vars(tile) for tile in page.tiles],
        "following": [vars(tile) for tile in page.following],
        "first": page.first,
        "total": page.total,
        "pageSize": page.size,
        "opened": asdict(page.opened) if page.opened else None,
        "token": page.token,
        "heard": page.heard,
        "compared": page.compared,
        "thresholds": thresholds,
        "scoredClass": page.scored_class,
        "head": HEAD,
        "context": asdict(page.context) if page.context else None,
        "withTruth": any(tile.truth is not None for tile in page.tiles),
        "withCalls": thresholds is not None,
        "source": "",
    }


def _sent(name: str) -> Any:
    return st.session_state[KEY][name]
