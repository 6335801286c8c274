"""What the Imbalance page shows in figures: the headline, the order, one row a class."""

import numpy as np
import pandas as pd
import streamlit as st

from hpa_core.classes import CLASS_NAMES
from hpa_core.data.dataset import Dataset
from hpa_core.imbalance.measures import Imbalance, class_counts

COLUMNS = {
    "share": st.column_config.NumberColumn(format="%.2f %%", help="Of all labels."),
    "IRLbl": st.column_config.NumberColumn(
        format="%.1f", help="The largest class's count over this class's own."
    ),
    "SCUMBLE": st.column_config.NumberColumn(
        format="%.2f",
        help="How much the class's samples also carry more frequent classes, 0 to 1: "
        "where it is high, copying the samples copies those classes too.",
    ),
    "alone": st.column_config.NumberColumn(help="Samples whose only label is this class."),
}


def headline(measured: Imbalance) -> list[tuple[str, str, str]]:
    """Name, value and meaning of the six measures of the whole set."""
    return [
        ("Labels per sample", f"{measured.cardinality:.2f}", "Mean number of classes a sample."),
        ("Label sets", f"{measured.label_sets:,}", "Different combinations of classes."),
        ("Largest ratio", f"{_largest(measured):,.0f}", "Largest IRLbl of a class that occurs."),
        ("MeanIR", f"{measured.mean_ir:.2f}", "Mean IRLbl over the classes that occur."),
        ("CVIR", f"{measured.cvir:.3f}", "Sample standard deviation of IRLbl over its mean."),
        ("SCUMBLE", f"{measured.scumble:.3f}", "Rare and frequent classes on one sample, 0 to 1."),
    ]


def _largest(measured: Imbalance) -> float:
    return float(np.max(measured.irlbl, where=np.isfinite(measured.irlbl), initial=1.0))


def class_order(measured: Imbalance, *, by_size: bool) -> np.ndarray:
    """Class numbers from the top of the chart down."""
    numbers = np.arange(len(measured.counts))
    return np.argsort(-measured.counts, kind="stable") if by_size else numbers


def per_class(dataset: Dataset, measured: Imbalance) -> pd.DataFrame:
    """One row a class: counts, shares, measures, and its positives in each split."""
    alone = dataset.targets[dataset.targets.sum(axis=1) == 1]
    table = pd.DataFrame(
        {
            "class": np.arange(len(CLASS_NAMES)),
            "name": CLASS_NAMES,
            "count": measured.counts,
            "share": 100 * measured.shares,
            "IRLbl": np.where(np.isfinite(measured.irlbl), measured.irlbl, np.nan),
            "SCUMBLE": measured.scumble_per_class,
            "alone": class_counts(alone),
        }
    )
    for split in dataset.splits:
        table[split] = class_counts(dataset.targets[dataset.rows(split)])
    return table
