"""The section of measures: how uneven the classes are, and which of them occur together."""

import streamlit as st

from dashboard import cache
from dashboard.imbalance import charts, tables
from hpa_core.data.dataset import Dataset
from hpa_core.imbalance.measures import Imbalance


def draw_measures(dataset: Dataset) -> None:
    """Draw the headline, the classes as chart and table, and their pairs."""
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
        st.columns(6), tables.headline(measured), strict=True
    ):
        column.metric(name, value, help=meaning)
    _draw_classes(dataset, measured)
    _draw_pairs(dataset, split)


def _draw_classes(dataset: Dataset, measured: Imbalance) -> None:
    chart, table = st.columns([4, 7], gap="medium")
    with chart:
        st.subheader("Samples per class")
        sort, scale = st.columns(2)
        by_size = sort.toggle("Largest first", value=True, key="imbalance-by-size")
        log = scale.toggle("Logarithmic", value=True, key="imbalance-log")
        order = tables.class_order(measured, by_size=by_size)
        st.plotly_chart(
            charts.class_count_bars(measured.counts, order, log=log), key="class-counts"
        )
    with table:
        st.subheader("Every class")
        st.dataframe(
            tables.per_class(dataset, measured),
            column_config=tables.COLUMNS,
            hide_index=True,
            height=28 * 35 + 40,
            key="class-table",
        )


def _draw_pairs(dataset: Dataset, split: str) -> None:
    st.subheader("Which classes occur together")
    st.caption(
        "Copying a sample of a rare class copies its other classes too. The residual compares a "
        "pair's count with what independence would give: above 2 more often than chance, below "
        "-2 less often."
    )
    kind = st.segmented_control(
        "Show", ["residual", "count"], default="residual", required=True, key="imbalance-pairs"
    )
    pairs = cache.class_pairs(dataset.info.name, split, kind)
    title = "residual" if kind == "residual" else "samples with both"
    figure = charts.pair_heatmap(pairs, title=title, diverging=kind == "residual")
    st.plotly_chart(figure, key="class-pairs")
