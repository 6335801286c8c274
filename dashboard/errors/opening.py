"""From a number to its images and back: what was clicked stands in the link, as `?pick=...`.

A section draws its charts; a click writes a pick. While there is one, the page shows the pick's
images in the section's place, with the way back on the Backspace key.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from jaxtyping import Bool, Int

from dashboard.charts import CLASS_LABELS
from dashboard.components.channel_viewer import HEAD
from dashboard.errors.image_reasons import draw_image_reasons
from dashboard.errors.judged import Judged
from dashboard.images.gallery import draw_gallery
from dashboard.selections.links import draw_images_link
from dashboard.selections.lists import offer_list
from dashboard.session import write_link
from dashboard.wording import counted
from hpa_core.data.dataset import Dataset
from hpa_core.selections.expression import Expression, all_of, terms_of
from hpa_core.selections.parsing import parse_filter

PICK = "pick"


class NoSuchPickError(Exception):
    """A link's pick that this section cannot read."""


@dataclass(frozen=True, kw_only=True)
class Opened:
    """The images behind one number.

    Attributes:
        title: what they have in common, in Markdown.
        rows: places in what is judged, in the order they are shown.
        scored_class: the class whose score every tile shows; none if None.
        expression: the filter that says the same, for the page Images; None where there is none.
    """

    title: str
    rows: Int[np.ndarray, " n"]
    scored_class: int | None = None
    expression: Expression | None = None


@dataclass(frozen=True)
class Section:
    """One part of the page: how it is drawn, and what a pick of it opens."""

    draw: Callable[[Judged], None]
    open: Callable[[Judged, str], Opened]


def draw_section(section: Section, judged: Judged) -> None:
    """Draw the section, or the images of the pick that the link names."""
    pick = st.query_params.get(PICK)
    if pick is None:
        section.draw(judged)
        return
    try:
        opened = section.open(judged, pick)
    except NoSuchPickError:
        st.warning("The link names nothing that this section shows.")
        section.draw(judged)
        return
    draw_opened(judged, opened)


def draw_opened(judged: Judged, opened: Opened) -> None:
    """Draw the way back, the title and the images; their table where there are no images."""
    with st.container(key=HEAD, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Back",
                key="errors-back",
                icon=":material/arrow_back:",
                shortcut="Backspace",
                on_click=close_pick,
            )
            if judged.dataset is not None and len(opened.rows):
                _draw_way_on(judged, judged.dataset, opened)
        st.markdown(f"**{counted(len(opened.rows), 'image')}**: {opened.title}")
    if judged.dataset is None:
        st.info("The images of these scores are not in the dataset chosen beside.")
        st.dataframe(_table(judged, opened), hide_index=True, key="errors-rows")
        return
    draw_images(judged, judged.dataset, opened.rows, scored_class=opened.scored_class)


def draw_images(
    judged: Judged,
    dataset: Dataset,
    rows: Int[np.ndarray, " n"],
    *,
    scored_class: int | None,
) -> None:
    """Draw a gallery, and below it why the image shown large was called what it was.

    Args:
        judged: what the images are of.
        dataset: of the images.
        rows: places in what is judged, in the order they are shown.
        scored_class: as in `Opened`.
    """
    draw_gallery(
        dataset,
        judged.samples,
        rows,
        thresholds=judged.thresholds,
        scored_class=scored_class,
    )
    draw_image_reasons(judged.run, dataset, judged.samples, asked=scored_class)


def _draw_way_on(judged: Judged, dataset: Dataset, opened: Opened) -> None:
    """Lead to the same images on the page Images; where no filter says them, their ids do."""
    wanted: str | Expression
    if opened.expression is not None:
        narrowed = terms_of(parse_filter(judged.filter))
        wanted = all_of([*narrowed, *terms_of(opened.expression)])
    else:
        ids = judged.samples.ids[opened.rows].tolist()
        wanted = offer_list(dataset.folder, ids, note=f"Errors: {opened.title}")
    draw_images_link("Filter them further", wanted)


def open_pick(pick: str, *, image: str | None = None) -> None:
    """Write a pick into the link; `image` is shown large at once."""
    write_link(**{PICK: pick, "page": None, "image": image})


def close_pick() -> None:
    """Go back to the section."""
    write_link(**{"image": None, "page": None, PICK: None})


def draw_clickable(
    figure: Any,
    *,
    key: str,
    image_after: str | None = None,
) -> None:
    """Draw a chart whose points carry their pick as custom data; a click opens it.

    Args:
        figure: the chart.
        key: of the widget.
        image_after: a pattern; the image whose id follows it in a pick is shown large at once.
    """
    st.plotly_chart(
        figure,
        key=key,
        on_select=lambda: _open_point(key, image_after),
        selection_mode="points",
        config={"displayModeBar": False},
    )


def draw_clickable_table(
    table: pd.DataFrame,
    picks: Callable[[int, str], str | None],
    *,
    key: str,
    image_after: str | None = None,
    **options: Any,
) -> None:
    """Draw a table whose cells open what `picks(row, column)` says; None opens nothing.

    `image_after` is as for `draw_clickable`.
    """
    st.dataframe(
        table,
        key=key,
        hide_index=True,
        on_select=lambda: _open_cell(key, picks, image_after),
        selection_mode="single-cell",
        **options,
    )


def class_of(text: str) -> int:
    """Read a class number of a pick.

    Raises:
        NoSuchPickError: it is none.
    """
    if text.isascii() and text.isdigit() and len(text) < 3 and int(text) < len(CLASS_LABELS):
        return int(text)
    raise NoSuchPickError(text)


def class_names(members: Bool[np.ndarray, " C"]) -> str:
    """Name the classes of a set: `0 Nucleoplasm + 25 Cytosol`; `nothing` where there is none."""
    return " + ".join(CLASS_LABELS[number] for number in np.flatnonzero(members)) or "nothing"


def numbers_of(text: str, separator: str) -> list[int]:
    """Read the whole numbers of a pick.

    Raises:
        NoSuchPickError: something between two separators is none.
    """
    words = text.split(separator)
    if not all(re.fullmatch(r"-?[0-9]{1,9}", word) for word in words):
        raise NoSuchPickError(text)
    return [int(word) for word in words]


def _open_point(key: str, image_after: str | None) -> None:
    points = st.session_state[key]["selection"]["points"]
    if points:
        data = points[0]["customdata"]
        pick = str(data[0] if isinstance(data, list) else data)
        open_pick(pick, image=_image_in(pick, image_after))


def _open_cell(key: str, picks: Callable[[int, str], str | None], image_after: str | None) -> None:
    cells = st.session_state[key]["selection"]["cells"]
    if cells and (pick := picks(*cells[0])) is not None:
        open_pick(pick, image=_image_in(pick, image_after))


def _image_in(pick: str, image_after: str | None) -> str | None:
    found = image_after is not None and re.match(image_after, pick)
    return pick[found.end() :] if found else None


def _table(judged: Judged, opened: Opened) -> pd.DataFrame:
    rows, number = opened.rows, opened.scored_class
    score = (
        {} if number is None else {f"score of {CLASS_LABELS[number]}": judged.probs[rows, number]}
    )
    return pd.DataFrame(
        {
            "id": judged.ids[rows],
            **score,
            "true": [class_names(row) for row in judged.targets[rows]],
            "called": [class_names(row) for row in judged.calls[rows]],
        }
    )
