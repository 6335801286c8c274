"""What can be done with what a filter finds: save it by name, hand it out, label it, come back."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import streamlit as st
from jaxtyping import Int

from dashboard.guard import guarded
from dashboard.mirrors import mirror_key, read_mirror
from dashboard.selections.active import set_filter
from dashboard.session import session
from hpa_core.selections.expression import Saved
from hpa_core.selections.samples import Samples
from hpa_core.selections.saved import (
    SavedSelection,
    delete_selection,
    list_selections,
    read_selection,
    rename_selection,
    save_selection,
)
from hpa_core.selections.table import Origin, selection_csv

WIDTH = 256
"""Pixels: as wide as the sidebar, whatever the name of the selection, for images lie beside it."""


class Found(NamedTuple):
    """The places of what the filter in force finds, by id, and the samples that they are among."""

    samples: Samples
    rows: Int[np.ndarray, " n"]


def draw_keeping(found: Found | None, folder: Path) -> None:
    """Draw what is done with the samples found, none without any, and the saved filters.

    Args:
        found: what the filter in force finds.
        folder: the dataset's.
    """
    saved = {each.name: each for each in list_selections(folder)}
    active = next((name for name in saved if str(Saved(name)) == session().filter.strip()), None)
    with st.container(horizontal=True):
        with st.popover(
            "Keep", icon=":material/bookmark:", key="filter-keep", disabled=found is None
        ):
            if found is not None:
                with st.container(width=WIDTH):
                    _draw_saving(folder, saved, active)
                    _draw_handing_out(found)
        if saved:
            _offer(saved, active)


def _draw_saving(folder: Path, saved: dict[str, SavedSelection], active: str | None) -> None:
    """Save the filter in force; rename or delete it where it is a saved one already."""
    if active is not None:
        st.markdown(f"Saved with the dataset as **{active}**.")
        new = st.text_input(
            "Another name", active, key=f"filter-rename-{active}", live=True
        ).strip()
        if st.button(
            "Rename",
            key="filter-rename",
            icon=":material/edit:",
            disabled=new in ("", *saved),
        ):
            with guarded():
                rename_selection(folder, active, new)
                _put(str(Saved(new)))
        if st.button("Delete", key="filter-delete", icon=":material/delete:"):
            with guarded():
                _delete(folder, active)
        return
    name = st.text_input(
        "Name of the selection", key="filter-name", live=True, placeholder="odd-nuclei"
    ).strip()
    taken = name in saved
    over = taken and st.checkbox(f"Replace {name}", key=f"filter-replace-{name}")
    if st.button(
        "Save with the dataset",
        key="filter-save",
        icon=":material/save:",
        disabled=not name or taken > over,
    ):
        with guarded():
            save_selection(folder, name, session().filter, over=over)
            _put(str(Saved(name)))


def _delete(folder: Path, name: str) -> None:
    """Delete the selection in force; the filter becomes what it said."""
    text = read_selection(folder, name).filter
    delete_selection(folder, name)
    _put(text)


def _put(text: str) -> None:
    """Put what finds the same samples into the filter."""
    session().filter = text
    st.rerun()


def _draw_handing_out(found: Found) -> None:
    origin = _origin(found.samples)
    st.download_button(
        "Samples (CSV)",
        lambda: selection_csv(*found, origin),  # Called later, where no session is at hand.
        disabled=not len(found.rows),
        file_name=f"{session().dataset}-selection.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
    )
    st.page_link(
        "../pages/label.py",
        label="Label these",
        icon=":material/edit:",
        help="The filter stays in force there.",
    )


def _origin(samples: Samples) -> Origin | None:
    chosen = session()
    if samples.probs is None or chosen.run is None or chosen.split is None:
        return None
    return Origin(run=chosen.run, split=chosen.split, thresholds=chosen.thresholds.name)


def _offer(saved: dict[str, SavedSelection], active: str | None) -> None:
    """Offer the saved filters; the one in force, if it is one of them, is picked."""
    key = mirror_key("saved", active)
    st.selectbox(
        "Saved filters",
        list(saved),
        index=None,
        key=key,
        format_func=lambda name: _titled(saved[name]),
        placeholder="Saved filters",
        label_visibility="collapsed",
        on_change=_take,
        args=(key,),
    )


def _titled(selection: SavedSelection) -> str:
    return f"{selection.name}: {selection.note}" if selection.note else selection.name


def _take(key: str) -> None:
    picked, newest = read_mirror("saved", key)
    if newest:
        set_filter("" if picked is None else str(Saved(picked)))
