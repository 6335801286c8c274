import streamlit as st

from dashboard.guard import guarded
from dashboard.leaks import draw_leak_badge
from dashboard.session import session
from dashboard.thresholds.board import draw_board
from dashboard.thresholds.bring import draw_bring_form
from dashboard.thresholds.history import draw_history
from dashboard.thresholds.measured import ask_measured
from dashboard.thresholds.scores import describe_scores, need_scores, score_set
from dashboard.thresholds.sections import SECTIONS
from dashboard.thresholds.sets import draw_comparison, draw_exports, draw_save_form

st.title("Thresholds")
chosen = session()
run, split = need_scores(chosen)
measured = ask_measured(run, split)
st.markdown(describe_scores(measured, chosen.thresholds))
draw_leak_badge(run, split)
draw_board(measured, score_set(chosen.thresholds, measured))
section = st.segmented_control(
    "Section",
    list(SECTIONS),
    default=next(iter(SECTIONS)),
    required=True,
    key="studio",  # Not `section`: the Imbalance page has that key, and a key is one widget.
    bind="query-params",
    label_visibility="collapsed",
)
below = st.container()

st.subheader("Sets of this run")
draw_comparison(measured)
draw_history(measured)
keep, bring = st.columns(2, gap="large")
with keep:
    st.subheader("Keep")
    draw_save_form(run)
    draw_exports(run, split, narrowed=measured.rows is not None)
with bring:
    st.subheader("Bring in")
    draw_bring_form(run)
with below, guarded():  # Filled last: it may take seconds, which nothing else here waits for.
    SECTIONS[section](measured)
