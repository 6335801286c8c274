import streamlit as st

from dashboard import cache
from dashboard.guard import guarded, need
from dashboard.imbalance.sections import SECTIONS
from dashboard.session import session

st.title("Imbalance")
name = need(session().dataset, "There is no dataset yet. Import one, or open the demo.")
section = st.segmented_control(
    "Section",
    list(SECTIONS),
    default=next(iter(SECTIONS)),
    required=True,
    key="section",
    bind="query-params",
    label_visibility="collapsed",
)
with guarded():
    SECTIONS[section](cache.dataset(name))
