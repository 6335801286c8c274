"""What the Imbalance page shows in figures: the headline, the order, one row a class."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.imbalance.facts import above_mean
from hpa_core.classes import CLASS_NAMES
from hpa_core.imbalance.label_sets import LabelSets, alone_counts
from hpa_core.imbalance.measures import Imbalance

ROW_HEIGHT = 27
COLUMNS = {
    "name": st.column_config.TextColumn(width=190),
    "share": st.column_config.NumberColumn(format="%.2f %%", help="Of all labels."),
    "IRLbl": st.column_config.NumberColumn(
        format="%.1f", help="The largest class's count over this class's own."
    ),
    "rare": st.column_config.CheckboxColumn(help="IRLbl above MeanIR."),
    "SCUMBLE": st.column_config.NumberColumn(
        format="%.2f",
        help="How much the class's samples also carry more frequent classes, 0 to 1: "
        "where it is high, copying the samples copies those classes too.",
    ),
    "alone": st.column_config.NumberColumn(help="Samples whose only label is this class."),
}
_IRLBL = "IRLbl: the largest class's count over the class's own (Charte et al. 2015)."
SET_COLUMNS = {
    "labels": st.column_config.TextColumn(width="large"),
    "share": st.column_config.NumberColumn(format="%.2f %%", help="Of all samples."),
}


def headline(measured: Imbalance) -> list[tuple[str, str, str]]:
    """Name, value and meaning of the six measures of the whole set."""
    return [
        ("Labels per sample", f"{measured.cardinality:.2f}", "Mean number of classes a sample."),
        ("Label sets", f"{measured.label_sets:,}", "Different combinations of classes."),
        ("Largest ratio", f"{_largest(measured):,.0f}", f"Largest IRLbl of a class. {_IRLBL}"),
        ("MeanIR", f"{measured.mean_ir:.2f}", f"Mean IRLbl over the classes that occur. {_IRLBL}"),
        (
            "CVIR",
            f"{measured.cvir:.3f}",
            f"Sample standard deviation of IRLbl, divided by its mean. {_IRLBL}",
        ),
        (
            "SCUMBLE",
            f"{measured.scumble:.3f}",
            "How far rare and frequent classes stand on the same samples, 0 to 1: mean over the "
            "samples of 1 - geometric / arithmetic mean of their classes' IRLbl (Charte et al. "
            "2019).",
        ),
    ]


def _largest(measured: Imbalance) -> float:
    return float(np.max(measured.irlbl, where=np.isfinite(measured.irlbl), initial=1.0))


def class_order(measured: Imbalance, *, by_size: bool) -> np.ndarray:
    """Class numbers from the top of the chart down."""
    numbers = np.arange(len(measured.counts))
    return np.argsort(-measured.counts, kind="stable") if by_size else numbers


def per_class(measured: Imbalance, targets: np.ndarray) -> pd.DataFrame:
    """One row a class: counts, shares and measures of `targets`."""
    return pd.DataFrame(
        {
            "class": np.arange(len(CLASS_NAMES)),
            "name": CLASS_NAMES,
            "count": measured.counts,
            "share": 100 * measured.shares,
            "IRLbl": np.where(np.isfinite(measured.irlbl), measured.irlbl, np.nan),
            "rare": above_mean(measured),
            "SCUMBLE": measured.scumble_per_class,
            "alone": alone_counts(targets),
        }
    )


def label_set_table(sets: LabelSets) -> pd.DataFrame:
    """One row a label set, the most frequent first."""
    names = [" + ".join(CLASS_NAMES[number] for number in np.flatnonzero(row)) for row in sets.sets]
    share = 100 * sets.counts / max(int(sets.counts.sum()), 1)
    return pd.DataFrame(
        {"labels": [name or "none" for name in names], "samples": sets.counts, "share": share}
    )
