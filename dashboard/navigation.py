"""The script that Streamlit runs: the menu, the pickers beside it, then the page."""

from pathlib import Path

import streamlit as st

from dashboard.guard import guarded
from dashboard.menu import MENU, draw_menu
from dashboard.session import follow_link
from dashboard.sidebar import choose_context
from dashboard.way_back import remember_link, return_to

# A file of our own: Streamlit fetches its material icons for the tab from another server.
ICON = Path(__file__).with_name("icon.png")
STYLE = Path(__file__).with_name("style.css")

st.set_page_config(page_title="HPA Workbench", page_icon=str(ICON), layout="wide")
st.html(STYLE)
pages = {
    entry.title: st.Page(
        f"../pages/{entry.page}.py",
        title=entry.title,
        icon=entry.icon,
        default=entry.page == "overview",
    )
    for entry in MENU
}
shown = st.navigation(list(pages.values()), position="hidden")
menu = st.sidebar.container(gap="xxsmall")
return_to(shown)
follow_link(shown.title)
with guarded():
    try:
        choose_context(next(entry for entry in MENU if entry.title == shown.title))
    finally:  # Whatever the pickers stumble over, the other pages can be gone to.
        with menu:
            draw_menu(pages.values())
    remember_link()
    shown.run()
