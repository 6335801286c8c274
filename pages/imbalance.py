import streamlit as st

from dashboard import cache, charts, imbalance_tables
from dashboard.guard import need
from dashboard.session import session

st.title("Imbalance")
name = need(session().dataset, "There is no dataset yet. Import one, or open the demo.")
dataset = cache.dataset(name)
split = st.segmented_control(
    "Samples", ["all", *dataset.splits], default="all", required=True, key="imbalance-split"
)
measured = cache.imbalance(dataset.info.name, split)
kind = "synthetic samples" if dataset.info.synthetic else "samples"
st.caption(
    f"{measured.samples:,} {kind} and {measured.counts.sum():,} labels: dataset "
    f"{dataset.info.name!r}, {'every split' if split == 'all' else f'split {split}'}."
)

for column, (name, value, meaning) in zip(
    st.columns(6), imbalance_tables.headline(measured), strict=True
):
    column.metric(name, value, help=meaning)

chart, table = st.columns([4, 7], gap="medium")
with chart:
    st.subheader("Samples per class")
    sort, scale = st.columns(2)
    by_size = sort.toggle("Largest first", value=True, key="imbalance-by-size")
    log = scale.toggle("Logarithmic", value=True, key="imbalance-log")
    order = imbalance_tables.class_order(measured, by_size=by_size)
    st.plotly_chart(charts.class_count_bars(measured.counts, order, log=log), key="class-counts")
with table:
    st.subheader("Every class")
    st.dataframe(
        imbalance_tables.per_class(dataset, measured),
        column_config=imbalance_tables.COLUMNS,
        hide_index=True,
        height=28 * 35 + 40,
        key="class-table",
    )

st.subheader("Which classes occur together")
st.caption(
    "Copying a sample of a rare class copies its other classes too. The residual compares a pair's "
    "count with what independence would give: above 2 more often than chance, below -2 less often."
)
pair_kind = st.segmented_control(
    "Show", ["residual", "count"], default="residual", required=True, key="imbalance-pairs"
)
pairs = cache.class_pairs(dataset.info.name, split, pair_kind)
title = "residual" if pair_kind == "residual" else "samples with both"
st.plotly_chart(
    charts.pair_heatmap(pairs, title=title, diverging=pair_kind == "residual"), key="class-pairs"
)
