"""Back to a page as it was left, also where the browser remembers another address of it.

Turning to a page whose link names what a widget of the old page also keeps there, Streamlit (1.67)
writes the new page's link under the old page's path first, and that is where Back leads. A page
that is come to by the very link of the one before it gets back the link it was left with.
"""

from typing import NamedTuple

import streamlit as st

KEY = "hpa-way-back"
Link = dict[str, str]


class _Visit(NamedTuple):
    """The page shown, the link it was come to by, and the link each page was last seen with."""

    page: str
    came_by: Link
    seen: dict[str, Link]


def return_to(shown: st.Page) -> None:
    """Give the page shown back the link it was left with, if Back led to one never its own."""
    last: _Visit = st.session_state.get(KEY, _Visit("", {}, {}))
    page, link = shown.title, st.query_params.to_dict()
    if page == last.page:
        return
    left = last.seen.get(page) if link and link == last.came_by else None
    st.session_state[KEY] = _Visit(page, left or link, last.seen)
    if left:  # By a switch, so that widgets that keep something in the link take it from there.
        st.switch_page(shown, query_params=left)


def remember_link() -> None:
    """Take note of the link that the page shown has now."""
    last: _Visit = st.session_state[KEY]
    link = st.query_params.to_dict()
    st.session_state[KEY] = last._replace(seen={**last.seen, last.page: link})
