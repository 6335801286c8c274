import streamlit as st

from dashboard.components.scroll_keeper import keep_scroll
from dashboard.errors.judged import describe_judged, judge_scores
from dashboard.errors.opening import PICK, close_pick, draw_section
from dashboard.errors.sections import LINK, SECTIONS, follow_former_link
from dashboard.guard import guarded
from dashboard.leaks import draw_leak_badge
from dashboard.session import session

st.title("Errors")
judged = judge_scores(session())
st.markdown(describe_judged(judged))
draw_leak_badge(judged.run, judged.split)
follow_former_link()
section = st.segmented_control(
    "Section",
    list(SECTIONS),
    default=next(iter(SECTIONS)),
    required=True,
    key=LINK,
    bind="query-params",
    on_change=close_pick,
    label_visibility="collapsed",
)
with guarded():
    draw_section(SECTIONS[section], judged)
keep_scroll(section, opened=PICK in st.query_params, key="errors-scroll")
