"""Lists of ids that a link names before anybody follows it; saved once somebody does."""

from pathlib import Path

import streamlit as st

from hpa_core.selections.saved import filter_of_ids, text_of_ids

MOST_OFFERED = 64


def offer_list(folder: Path, ids: list[str], *, note: str) -> str:
    """Return a filter for exactly these samples, short enough for a link; nothing is saved yet.

    Args:
        folder: the dataset's.
        ids: of the samples.
        note: where the list came from.
    """
    text, offered = text_of_ids(ids), _offered()
    offered.pop((folder, text), None)
    offered[folder, text] = (ids, note)
    for oldest in list(offered)[:-MOST_OFFERED]:
        offered.pop(oldest, None)
    return text


def keep_list(folder: Path, text: str) -> None:
    """Save the list that a filter names, if it was offered."""
    if found := _offered().get((folder, text)):
        ids, note = found
        filter_of_ids(folder, ids, note=note)


@st.cache_resource
def _offered() -> dict[tuple[Path, str], tuple[list[str], str]]:
    """The lists last offered to any visitor, by dataset folder and filter."""
    return {}
