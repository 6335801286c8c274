"""Tables of the plan: those that a visitor edits, and what a plan does to every class."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.charts import CLASS_LABELS
from hpa_core.imbalance.preview import PlanPreview

COLUMNS = {
    "class": st.column_config.TextColumn(width=205),
    "times": st.column_config.NumberColumn(format="%.2f", help="Positives after over before."),
    "% before": st.column_config.NumberColumn(format="%.2f", help="Of all labels."),
    "% after": st.column_config.NumberColumn(format="%.2f", help="Of all labels of an epoch."),
    "points": st.column_config.NumberColumn(
        format="%+.2f", help="Change of the share, in percentage points."
    ),
    "added": st.column_config.NumberColumn(help="Positives on copies."),
    "by-product": st.column_config.NumberColumn(
        help="Those of them that came with copies made for a rarer class of the same sample."
    ),
    "left out": st.column_config.NumberColumn(help="Positives of samples that are left out."),
}


def kept_table(
    key: str, begin: Callable[[], pd.DataFrame], *, column_config: Mapping[str, Any]
) -> pd.DataFrame:
    """Draw a table that can be edited and return it as edited.

    The widget keeps the edits, and counts them from the table that it began with; that one is kept
    beside it until the widget is drawn anew.
    """
    first = f"{key}-begin"
    if key not in st.session_state or first not in st.session_state:
        st.session_state[first] = begin()
    edited: pd.DataFrame = st.data_editor(
        st.session_state[first],
        key=key,
        num_rows="dynamic",
        hide_index=True,
        column_config=dict(column_config),
    )
    return edited


def effect_table(seen: PlanPreview) -> pd.DataFrame:
    """One row a class: before, after, and what came along with other classes."""
    before, after = 100 * seen.before.shares, 100 * seen.after.shares
    return pd.DataFrame(
        {
            "class": CLASS_LABELS,
            "before": seen.before.counts,
            "after": seen.after.counts,
            "times": seen.factors,
            "% before": before,
            "% after": after,
            "points": after - before,
            "added": seen.added,
            "by-product": seen.by_product,
            "left out": seen.removed,
        }
    )
