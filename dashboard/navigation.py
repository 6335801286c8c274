"""The script that Streamlit runs: the menu, the pickers beside it, then the page."""

import streamlit as st

from dashboard.guard import guarded
from dashboard.sidebar import choose_context

PAGES = (
    ("overview", "Overview", ":material/home:"),
    ("imbalance", "Imbalance", ":material/bar_chart:"),
    ("train", "Train", ":material/model_training:"),
    ("images", "Images", ":material/grid_view:"),
    ("thresholds", "Thresholds", ":material/tune:"),
)

st.set_page_config(page_title="HPA Workbench", page_icon=":material/biotech:", layout="wide")
page = st.navigation(
    [
        st.Page(f"../pages/{name}.py", title=title, icon=icon, default=name == "overview")
        for name, title, icon in PAGES
    ]
)
with guarded():
    choose_context()
    page.run()
