import streamlit as st

from dashboard import cache, import_forms, overview
from dashboard.guard import guarded

st.title("HPA Workbench")
st.write(
    "Imbalanced multi-label classification of four-channel protein images: see the imbalance, "
    "train, look at images with predicted labels, and move thresholds while F1 follows."
)
datasets, runs = overview.everything()
sentence, page, link = overview.next_step(datasets, runs)
with st.container(horizontal=True, vertical_alignment="center"):
    st.info(f"Next: {sentence}", icon=":material/arrow_forward:")
    if page:
        st.page_link(f"../pages/{page}.py", label=link, icon=":material/arrow_forward:")
with guarded():
    overview.watch_jobs()

if datasets:
    st.subheader("Datasets")
    st.dataframe(
        overview.dataset_table(datasets),
        column_config=overview.COLUMNS,
        hide_index=True,
        key="datasets",
    )
for info in datasets:
    if info.refused:
        with st.expander(f"{info.refused:,} samples refused by the import of {info.name}"):
            st.dataframe(overview.refusal_table(info.name), hide_index=True, lazy=True)
if runs:
    st.subheader("Runs")
    st.dataframe(
        overview.run_table(runs), column_config=overview.COLUMNS, hide_index=True, key="runs"
    )

st.subheader("Bring in data")
kind = st.segmented_control(
    "What",
    list(import_forms.FORMS),
    default=next(iter(import_forms.FORMS)),
    required=True,
    key="import-kind",
)
with guarded():
    import_forms.FORMS[kind]()
st.caption(f"Workspace: {cache.workspace().root}")
