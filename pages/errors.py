import streamlit as st

from dashboard.errors.judged import describe, judge
from dashboard.errors.opening import close, draw_section
from dashboard.errors.sections import SECTIONS
from dashboard.guard import guarded
from dashboard.leaks import draw_leak_badge
from dashboard.session import session

st.title("Errors")
judged = judge(session())
st.markdown(describe(judged))
draw_leak_badge(judged.run, judged.split)
section = st.segmented_control(
    "Section",
    list(SECTIONS),
    default=next(iter(SECTIONS)),
    required=True,
    key="atlas",  # Not `section`: the Imbalance page has that key, and a key is one widget.
    bind="query-params",
    on_change=close,
    label_visibility="collapsed",
)
with guarded():
    draw_section(SECTIONS[section], judged)
