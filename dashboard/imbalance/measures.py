"""The section of measures: how uneven the classes are, and which of them occur together."""

import numpy as np
import streamlit as st

from dashboard.imbalance import charts, tables
from dashboard.imbalance.facts import above_mean, facts
from dashboard.imbalance.measured import Labels, ask_labels
from hpa_core.data.dataset import Dataset
from hpa_core.imbalance.label_sets import LabelSets
from hpa_core.imbalance.measures import Imbalance


def draw_measures(dataset: Dataset) -> None:
    """Draw the headline, the classes as chart and table, and their pairs."""
    split = st.segmented_control(
        "Samples", ["all", *dataset.splits], default="all", required=True, key="imbalance-split"
    )
    labels = ask_labels(dataset, split)
    measured = labels.imbalance
    st.caption(labels.told(dataset))
    for column, (name, value, meaning) in zip(
        st.columns(6), tables.headline(measured), strict=True
    ):
        column.metric(name, value, help=meaning)
    told = facts(measured, labels.sets, targets=labels.targets, pairs=labels.pairs)
    st.markdown("\n".join(f"- {sentence}" for sentence in told))
    _draw_classes(measured, labels.targets)
    _draw_sets(measured, labels.sets)
    _draw_pairs(labels)


def _draw_sets(measured: Imbalance, sets: LabelSets) -> None:
    chart, table = st.columns([4, 7], gap="medium")
    with chart:
        st.subheader("Labels per sample")
        figure = charts.labels_per_sample_bars(measured.labels_per_sample)
        st.plotly_chart(figure, key="labels-per-sample")
    with table:
        st.subheader("Label sets")
        st.dataframe(
            tables.label_set_table(sets),
            column_config=tables.SET_COLUMNS,
            hide_index=True,
            height=300,
            key="label-sets",
        )


def _draw_classes(measured: Imbalance, targets: np.ndarray) -> None:
    chart, table = st.columns([4, 7], gap="medium")
    with chart:
        st.subheader("Samples per class")
        sort, scale = st.columns(2)
        by_size = sort.toggle("Largest first", value=True, key="imbalance-by-size")
        log = scale.toggle("Logarithmic", value=True, key="imbalance-log")
        order = tables.class_order(measured, by_size=by_size)
        marked = above_mean(measured)
        figure = charts.class_count_bars(measured.counts, order, marked=marked, log=log)
        st.plotly_chart(figure, key="class-counts")
        st.caption("Orange: IRLbl above MeanIR.")
    with table:
        st.subheader("Every class")
        st.dataframe(
            tables.per_class(measured, targets),
            column_config=tables.COLUMNS,
            hide_index=True,
            row_height=tables.ROW_HEIGHT,
            height=28 * tables.ROW_HEIGHT + 38,
            key="class-table",
        )


def _draw_pairs(labels: Labels) -> None:
    st.subheader("Which classes occur together")
    st.caption(
        "Copying a sample of a rare class copies its other classes too. The residual compares a "
        "pair's count with what independence would give: above 2 more often than chance, below "
        "-2 less often."
    )
    kind = st.segmented_control(
        "Show", ["residual", "count"], default="residual", required=True, key="imbalance-pairs"
    )
    pairs = labels.residual if kind == "residual" else labels.pairs
    title = "residual" if kind == "residual" else "samples with both"
    figure = charts.pair_heatmap(pairs, title=title, diverging=kind == "residual")
    st.plotly_chart(figure, key="class-pairs")
