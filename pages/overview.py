import streamlit as st

from dashboard import cache
from dashboard.guard import guarded
from dashboard.jobs import offer_stopped, watch_jobs
from dashboard.overview import import_forms, inventory, merges
from dashboard.overview.loop import draw_loop
from dashboard.session import session

st.title("HPA Workbench")
st.write(
    "Imbalanced multi-label classification of four-channel protein images, in one loop: see the "
    "imbalance, train, look at the images, move thresholds while F1 follows, understand the "
    "errors, correct labels, train again, hand in."
)
datasets, runs = inventory.list_contents()
sentence, page, link = inventory.next_step(datasets, runs)
with st.container(horizontal=True, vertical_alignment="center"):
    st.info(f"Next: {sentence}", icon=":material/arrow_forward:")
    if page:
        st.page_link(f"../pages/{page}.py", label=link, icon=":material/arrow_forward:")

if datasets or runs:
    draw_loop(session())

with st.expander("Bring in data", expanded=not datasets, icon=":material/add:"):
    kind = st.segmented_control(
        "What", list(import_forms.FORMS), default="Demo", required=True, key="import-kind"
    )
    with guarded():
        import_forms.FORMS[kind]()
with guarded():
    offer_stopped(import_forms.KEPT)
    watch_jobs()

if datasets:
    st.subheader("Datasets")
    st.dataframe(
        inventory.dataset_table(datasets),
        column_config=inventory.COLUMNS,
        hide_index=True,
        key="datasets",
    )
if merged := merges.merged_datasets(datasets):
    with st.expander("What merges did to rows and labels"), guarded():
        merges.draw_merge(st.selectbox("Merged dataset", merged, key="merged-dataset"))
if incomplete := [info.name for info in datasets if info.refused]:
    with st.expander("Samples that imports refused, by id and reason"):
        name = st.selectbox("Dataset", incomplete, key="refused-dataset")
        st.dataframe(inventory.refusal_table(name), hide_index=True, lazy=True, key="refused")
if runs:
    st.subheader("Runs")
    st.dataframe(
        inventory.run_table(runs), column_config=inventory.COLUMNS, hide_index=True, key="runs"
    )
st.caption(f"Workspace: {cache.workspace().root}")
