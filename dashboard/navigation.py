"""The script that Streamlit runs: the menu, the pickers beside it, then the page."""

from pathlib import Path

import streamlit as st

from dashboard.guard import guarded
from dashboard.sidebar import choose_context

PAGES = (
    ("overview", "Overview", ":material/home:"),
    ("imbalance", "Imbalance", ":material/bar_chart:"),
    ("train", "Train", ":material/model_training:"),
    ("experiments", "Experiments", ":material/science:"),
    ("images", "Images", ":material/grid_view:"),
    ("thresholds", "Thresholds", ":material/tune:"),
    ("errors", "Errors", ":material/troubleshoot:"),
    ("label", "Label", ":material/edit:"),
)

# A file of our own: Streamlit fetches its material icons for the tab from another server.
ICON = Path(__file__).with_name("icon.png")
STYLE = Path(__file__).with_name("style.css")

st.set_page_config(page_title="HPA Workbench", page_icon=str(ICON), layout="wide")
st.html(STYLE)
page = st.navigation(
    [
        st.Page(f"../pages/{name}.py", title=title, icon=icon, default=name == "overview")
        for name, title, icon in PAGES
    ]
)
with guarded():
    choose_context()
    page.run()
