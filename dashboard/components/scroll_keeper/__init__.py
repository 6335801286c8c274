"""The scroll keeper: unseen; brings a page back to where it was when what it opened is closed."""

from pathlib import Path

import streamlit as st

from dashboard.components.assets import module_source

_keeper = st.components.v2.component(
    "hpa_scroll_keeper", js=module_source(Path(__file__).parent, "scroll_keeper.js")
)


def keep_scroll(place: str, *, opened: bool, key: str) -> None:
    """Keep how far the page is scrolled; drawn last, as it takes a line of the page.

    Args:
        place: what the page shows; another place begins where it begins.
        opened: whether something opened from there is looked at in its stead.
        key: of the component.
    """
    _keeper(key=key, data={"place": place, "open": opened})
