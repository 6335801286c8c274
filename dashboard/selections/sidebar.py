"""The selection beside every page: all samples, a saved selection, or the filter being tried."""

import streamlit as st

from dashboard import cache
from dashboard.images.gallery import labelled_samples, scored_samples
from dashboard.mirrors import mirror_key, read_mirror
from dashboard.selections.active import set_filter
from dashboard.selections.bar import count_selected
from dashboard.session import session
from hpa_core.selections.expression import Saved
from hpa_core.selections.saved import SavedSelection, list_selections

EVERY = ""


def choose_selection() -> None:
    """Draw the picker, and under it how many samples the filter in force finds."""
    chosen = session()
    if not chosen.dataset:
        return
    saved = list_selections(cache.workspace().dataset(chosen.dataset))
    names = {str(Saved(each.name)): _name(each) for each in saved}
    options = [EVERY, *names]
    if chosen.filter not in options:
        options.append(chosen.filter)
    key = mirror_key("selection", chosen.filter)
    st.selectbox(
        "Selection",
        options,
        key=key,
        format_func=lambda text: names.get(text, text or "every sample"),
        help="Saved filters: made and kept on the page Images, which shows what they find; the "
        "page Errors can be narrowed to it.",
        on_change=_take,
        args=(key,),
    )
    if chosen.filter:
        dataset = cache.dataset(chosen.dataset)
        samples = scored_samples(chosen, dataset) or labelled_samples(dataset, "all")
        st.caption(count_selected(samples))


def _name(selection: SavedSelection) -> str:
    return f"{selection.name}: {selection.note}" if selection.note else selection.name


def _take(key: str) -> None:
    picked, newest = read_mirror("selection", key)
    if newest:
        set_filter(picked)
