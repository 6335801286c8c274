"""Where a class's positives are: in the splits in force and in every saved set of folds."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import cache
from hpa_core.data.dataset import Dataset
from hpa_core.evaluation.proportions import WIDEST, recall_interval, too_few_positives

COLUMNS = {
    "fewest": st.column_config.NumberColumn(
        help="Positives in the part that the class is validated on: validation, or the fold with "
        "the fewest."
    ),
    "recall": st.column_config.TextColumn(
        help="What a recall of 50 %, measured on so many positives, may be in truth: 95 % Wilson "
        "interval."
    ),
}


def draw_parts(dataset: Dataset, number: int) -> None:
    """Draw one row a split of the dataset, or set of folds."""
    st.subheader("In splits and folds")
    table = parts_table(dataset, number)
    st.dataframe(table, column_config=COLUMNS, hide_index=True, key="passport-parts")
    if (few := too_few_positives(table["fewest"].to_numpy())).any():
        names = ", ".join(table["set"][few])
        st.warning(
            "Too few positives to be validated, fewer than 21, so that the 95 % Wilson interval "
            f"of a recall of 50 % is wider than {100 * WIDEST:.0f} points: {names}.",
            icon=":material/warning:",
        )


def parts_table(dataset: Dataset, number: int) -> pd.DataFrame:
    """Count the positives of one class in each part."""
    has = dataset.targets[:, number]
    parts = {name: int(has[dataset.rows(name)].sum()) for name in dataset.splits}
    told = ", ".join(f"{name} {count:,}" for name, count in parts.items())
    rows = [("splits in force", told, parts.get("validation", [*parts.values()][-1]))]
    for folds in (saved.folds for saved in cache.folds(dataset.info.name)):
        if folds is not None:
            inside = folds.fold[has & (folds.fold >= 0)]
            counts = np.bincount(inside, minlength=folds.count)
            rows.append((folds.name, " ".join(map(str, counts)), int(counts.min())))
    table = pd.DataFrame(rows, columns=["set", "positives", "fewest"])
    low, high = recall_interval(table["fewest"].to_numpy())
    table["recall"] = [f"{100 * a:.0f} to {100 * b:.0f} %" for a, b in zip(low, high, strict=True)]
    return table
