"""The filter as a line of text, counted as it is typed, and what can be done with what it finds."""

from pathlib import Path

import numpy as np
import streamlit as st
from jaxtyping import Int

from dashboard import cache
from dashboard.guard import as_written, guarded
from dashboard.mirrors import mirror_key, read_mirror
from dashboard.selections.active import active_rows, set_filter
from dashboard.session import session
from hpa_core.errors import HpaError
from hpa_core.selections.expression import Saved
from hpa_core.selections.parsing import parse_filter
from hpa_core.selections.samples import Samples
from hpa_core.selections.saved import (
    delete_selection,
    list_selections,
    read_selection,
    save_selection,
)
from hpa_core.selections.table import selection_csv

_PLACEHOLDER = "every sample; for example  missed:Golgi score(Cytosol)>0.3 labels>=2"
HELP = """
Conditions stand side by side and must all hold; `or`, `not` and brackets join them otherwise.

| condition | holds for samples |
|---|---|
| `true:Golgi` `called:2` | with that class, by the beginning of its name or its number |
| `missed:7,25` `false:"Rods & rings"` | with one of these classes missed, or called falsely |
| `missed` `false` `right` `wrong` | with any fault of that kind, without, or with one |
| `score(Cytosol)>0.3` | whose score of a class compares so: `<` `<=` `>` `>=` `=` `!=` |
| `labels>=2` `calls=0` `mistakes>1` | with so many true classes, calls, mistakes |
| `split:validation` `source:external` | of a split, of a source |
| `antibody:7` `plate:921` | whose id of the atlas names that antibody or plate |
| `id~"abc"` `id:a,b,c` | whose id holds a text, or is one of these |
| `annotator:anna` | that this person has labelled |
| `saved:odd` | of a saved selection |
"""


def draw_filter(samples: Samples) -> Int[np.ndarray, " n"]:
    """Draw the filter in force and return the places of what it finds, by id.

    Raises:
        FilterError: the filter cannot be read, or asks what is not known of these samples; it
            stands there to be mended.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = mirror_key("filter", session().filter)
        st.text_input(
            "Filter",
            key=key,
            live=True,
            placeholder=_PLACEHOLDER,
            help=HELP,
            icon=":material/filter_alt:",
            on_change=_take,
            args=(key,),
        )
        rows, unread = _found(samples)
        with st.popover("Keep", icon=":material/bookmark:", key="filter-keep"):
            _draw_keeping(samples, rows)
    if unread is not None:
        raise unread
    return rows


def count_selected(samples: Samples) -> str:
    """Say in a few words how many samples the filter in force finds, or why none can be said."""
    try:
        found = len(active_rows(samples))
    except HpaError as error:
        return as_written(str(error))
    return f"{found:,} of {len(samples.ids):,} samples"


def _found(samples: Samples) -> tuple[Int[np.ndarray, " n"], HpaError | None]:
    """Return the places of what the filter in force finds; none of them, and why, if it cannot."""
    try:
        return active_rows(samples), None
    except HpaError as error:
        return np.zeros(0, dtype=np.int64), error


def _take(key: str) -> None:
    typed, newest = read_mirror("filter", key)
    if newest:
        set_filter(typed or "")


def _draw_keeping(samples: Samples, rows: Int[np.ndarray, " n"]) -> None:
    """Save the filter by name, hand out the samples at `rows`, delete a saved one."""
    chosen = session()
    folder = cache.workspace().dataset(chosen.dataset or "none")
    with st.form("filter-save", border=False):
        name = st.text_input("Name of the selection", key="filter-name", placeholder="odd-nuclei")
        if st.form_submit_button("Save with the dataset", icon=":material/save:"):
            with guarded():
                _save(folder, name.strip())
    st.download_button(
        "Samples (CSV)",
        lambda: selection_csv(samples, rows),  # Called later, where no session is at hand.
        disabled=not len(rows),
        file_name=f"{chosen.dataset}-selection.csv",
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
    names = [each.name for each in list_selections(folder)]
    if names:
        _draw_deleting(folder, names)


def _save(folder: Path, name: str) -> None:
    save_selection(folder, name, session().filter, over=True)
    session().filter = str(Saved(name))
    st.rerun()


def _draw_deleting(folder: Path, names: list[str]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        old = st.selectbox("Saved selections", names, key=f"filter-saved-{len(names)}")
        if st.button("Delete", key="filter-delete", icon=":material/delete:"):
            with guarded():
                _delete(folder, old)


def _delete(folder: Path, name: str) -> None:
    """Delete a selection; a filter that is just its name becomes what it said."""
    text = read_selection(folder, name).filter
    delete_selection(folder, name)
    if session().filter and parse_filter(session().filter) == Saved(name):
        session().filter = text
    st.rerun()
