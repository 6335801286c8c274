"""The pages in the order of the menu, which is the order of the work."""

from collections.abc import Iterable
from typing import NamedTuple

import streamlit as st


class Entry(NamedTuple):
    """A page of the menu.

    Attributes:
        page: its file in `pages/` without the ending.
        filtered: whether it deals with the samples that the filter in force finds.
    """

    page: str
    title: str
    icon: str
    filtered: bool = False


MENU = (
    Entry("overview", "Overview", ":material/home:"),
    Entry("imbalance", "Imbalance", ":material/bar_chart:", filtered=True),
    Entry("train", "Train", ":material/model_training:"),
    Entry("experiments", "Experiments", ":material/science:"),
    Entry("images", "Images", ":material/grid_view:", filtered=True),
    Entry("thresholds", "Thresholds", ":material/tune:", filtered=True),
    Entry("errors", "Errors", ":material/troubleshoot:", filtered=True),
    Entry("label", "Label", ":material/edit:", filtered=True),
)

_CARRIED = ("dataset", "run", "split", "thresholds", "filter", "narrowed")
"""What of the link is of every page."""


def draw_menu(pages: Iterable[st.Page]) -> None:
    """Draw links to the pages that carry what the pickers say.

    So a page opened in a new tab shows the same, and a step to a page is one step of the history:
    its address is whole from the beginning.
    """
    link = st.query_params.to_dict()
    query = {key: value for key, value in link.items() if key in _CARRIED}
    for page in pages:
        st.page_link(page, width="stretch", query_params=query)
