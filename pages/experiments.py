import streamlit as st

from dashboard import cache
from dashboard.experiments.form import new_experiment
from dashboard.experiments.results import watch_experiment
from dashboard.guard import guarded, need
from dashboard.session import session
from hpa_core.experiments.experiment import list_experiments

st.title("Experiments")
st.write(
    "The report's questions, asked of your data: some trainings that differ in one setting and "
    "the seed, and what they show beside what the report found."
)
name = need(session().dataset, "There is no dataset yet. Import one, or open the demo.")
names = [experiment.name for experiment in list_experiments(cache.workspace())]
with (
    st.expander("New experiment", expanded=not names, icon=":material/add:", key="experiment-new"),
    guarded(),
):
    if started := new_experiment(cache.dataset(name)):
        st.session_state["experiment"] = started
        st.rerun()
if names:
    chosen = st.selectbox("Experiment", names, key="experiment", bind="query-params", width=420)
    watch_experiment(chosen)
