"""The script that Streamlit runs: the menu, the pickers beside it, then the page."""

from pathlib import Path

import streamlit as st

from dashboard.guard import guarded
from dashboard.menu import MENU
from dashboard.session import follow_link
from dashboard.sidebar import choose_context
from dashboard.way_back import remember_link, return_to

# A file of our own: Streamlit fetches its material icons for the tab from another server.
ICON = Path(__file__).with_name("icon.png")
STYLE = Path(__file__).with_name("style.css")

st.set_page_config(page_title="HPA Workbench", page_icon=str(ICON), layout="wide")
st.html(STYLE)
chosen = st.navigation(
    [
        st.Page(
            f"../pages/{entry.page}.py",
            title=entry.title,
            icon=entry.icon,
            default=entry.page == "overview",
        )
        for entry in MENU
    ]
)
return_to(chosen)
follow_link(chosen.title)
with guarded():
    choose_context(next(entry for entry in MENU if entry.title == chosen.title))
    remember_link()
    chosen.run()
