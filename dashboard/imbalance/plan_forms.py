"""The form of one step of a plan, drawn from the step's fields; widgets in, plain values out.

Widgets are named by the step's uid, so that they keep their values while steps change places.
"""

from collections.abc import Mapping
from dataclasses import Field, fields
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.charts import CLASS_LABELS
from dashboard.imbalance import plan_share_form
from dashboard.imbalance.plan_draft import DraftStep, Values
from dashboard.imbalance.plan_tables import kept_table
from hpa_core.imbalance.steps import STEPS

HEADINGS = {"factors": "times as often", "fractions": "part left out"}


def ask_step(step: DraftStep) -> Values:
    """Draw the form of a step and return its values."""
    kind = step.values["step"]
    if kind == "target-shares":
        return plan_share_form.ask_shares(step)
    asked = {item.name: _ask(item, step) for item in fields(STEPS[kind])}
    return {"step": kind, **asked}


def starting_values(kind: str, counts: np.ndarray) -> Values:
    """What a step that is added begins with: twice the rarest class, half of the largest.

    Args:
        kind: of the step.
        counts: positives of every class, (C,).
    """
    present = np.flatnonzero(counts)
    rarest = int(present[counts[present].argmin()]) if len(present) else 0
    if kind == "target-shares":
        share = min(round(2 * float(counts[rarest] / max(counts.sum(), 1)), 5), 1.0)
        wish = {"classes": [rarest], "kind": "at least", "share": share, "tolerance": 0.001}
        return {"step": kind, **plan_share_form.DEFAULTS, "targets": [wish]}
    known: Mapping[str, Any] = {
        "factors": {str(rarest): 2.0},
        "fractions": {str(counts.argmax()): 0.5},
    }
    return {"step": kind} | {
        item.name: known.get(item.name, item.default) for item in fields(STEPS[kind])
    }


def _ask(item: Field[Any], step: DraftStep) -> Any:
    key = f"plan-{step.uid}-{item.name}"
    current = step.values[item.name]
    if item.type == dict[int, float]:
        return _ask_by_class(item, current, key=key)
    if key not in st.session_state:
        st.session_state[key] = current
    low, high = item.metadata["low"], item.metadata["high"]
    usual: Any = item.default
    return st.number_input(
        item.name.capitalize(),
        min_value=float(low),
        max_value=float(high),
        format="%g",
        step=usual / 10,
        key=key,
        help=f"{item.metadata['help']} ({low:g} to {high:g}).",
    )


def _ask_by_class(item: Field[Any], current: Mapping[str, float], *, key: str) -> Values:
    """Ask for a number for each of some classes, in a table; unfinished rows do not count."""
    heading = HEADINGS[item.name]
    low, high = item.metadata["low"], item.metadata["high"]

    def begin() -> pd.DataFrame:
        labels = [CLASS_LABELS[int(number)] for number in current]
        return pd.DataFrame({"class": labels, heading: list(current.values())})

    table = kept_table(
        key,
        begin,
        column_config={
            "class": st.column_config.SelectboxColumn(
                options=list(CLASS_LABELS), required=True, width="medium"
            ),
            heading: st.column_config.NumberColumn(
                min_value=low, max_value=high, required=True, help=item.metadata["help"]
            ),
        },
    ).dropna()
    numbers = [CLASS_LABELS.index(label) for label in table["class"]]
    return {
        str(number): float(value) for number, value in zip(numbers, table[heading], strict=True)
    }
