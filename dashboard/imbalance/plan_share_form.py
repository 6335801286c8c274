"""The form of target shares: a table of wishes, what may be done to meet them, what came of it."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.charts import CLASS_LABELS
from dashboard.imbalance.plan_draft import DraftStep, Values
from dashboard.imbalance.plan_tables import kept_table
from hpa_core.imbalance.target_shares import KINDS, MOST_COPIES, ShareSolution

DEFAULTS: Values = {"copy": [], "cap": None, "drop": [], "spread": False}
CLASSES, WISH, SHARE, SLACK = "classes, together", "wish", "%", "±"
COLUMNS = {
    CLASSES: st.column_config.MultiselectColumn(
        options=list(CLASS_LABELS), color="primary", required=True, width=180
    ),
    WISH: st.column_config.SelectboxColumn(options=list(KINDS), required=True, width=84),
    SHARE: st.column_config.NumberColumn(
        min_value=0.0, max_value=100.0, required=True, width=62, help="Of all labels of an epoch."
    ),
    SLACK: st.column_config.NumberColumn(
        min_value=0.0,
        max_value=100.0,
        width=62,
        help="How far `about` may miss the share on either side, in percentage points.",
    ),
}


def ask_shares(step: DraftStep) -> Values:
    """Draw the form of a step of target shares and return its values."""
    values, key = step.values, f"plan-{step.uid}"
    table = kept_table(
        f"{key}-targets", lambda: wishes_to_table(values["targets"]), column_config=COLUMNS
    )
    copied = _ask_classes(
        "Copy samples of", values["copy"], key=f"{key}-copy", placeholder="every class"
    )
    dropped = _ask_classes(
        "Leave out samples with one of these labels alone",
        values["drop"],
        key=f"{key}-drop",
        placeholder="none is left out",
    )
    cap, spread = st.columns(2, vertical_alignment="bottom")
    with cap:
        most = _ask_cap(values["cap"], key=f"{key}-cap")
    with spread:
        even = _ask_spread(values["spread"], key=f"{key}-spread")
    return {
        "step": "target-shares",
        "targets": table_to_wishes(table),
        "copy": copied,
        "cap": most,
        "drop": dropped,
        "spread": even,
    }


def draw_solution(solution: ShareSolution, *, spread: bool) -> None:
    """Say what meeting the shares takes, and how far that may lie above the least."""
    moved = [
        f"**{count:,}** {what}"
        for count, what in ((solution.added, "copies added"), (solution.dropped, "left out"))
        if count
    ]
    least = (
        f"at most {solution.gap:,} more than the least" if solution.gap else "the least there is"
    )
    shares = ", ".join(f"{100 * share:.3f} %" for share in solution.achieved)
    st.caption(
        f"{' and '.join(moved) or 'Nothing to do'}: {least}"
        f"{', because they are spread' if spread and solution.gap else ''}. A sample is shown up "
        f"to {int(solution.copies.max()):,} times. Reached, in order: {shares}."
    )


def wishes_to_table(wishes: list[Values]) -> pd.DataFrame:
    """One row a wish, shares in percent."""
    return pd.DataFrame(
        {
            CLASSES: [[CLASS_LABELS[number] for number in wish["classes"]] for wish in wishes],
            WISH: [wish["kind"] for wish in wishes],
            SHARE: [round(100 * wish["share"], 3) for wish in wishes],
            SLACK: [round(100 * wish.get("tolerance", 0.001), 3) for wish in wishes],
        }
    )


def table_to_wishes(table: pd.DataFrame) -> list[Values]:
    """Read the finished rows of the table; a tolerance that is not given is 0.1 points."""
    wishes = []
    for row in table.to_dict("records"):
        labels = row[CLASSES]
        if not isinstance(labels, list) or not labels:
            continue
        if row[WISH] not in KINDS or pd.isna(row[SHARE]):
            continue
        slack = 0.1 if pd.isna(row[SLACK]) else row[SLACK]
        wishes.append(
            {
                "classes": sorted(CLASS_LABELS.index(label) for label in labels),
                "kind": row[WISH],
                "share": round(row[SHARE] / 100, 5),
                "tolerance": round(slack / 100, 5),
            }
        )
    return wishes


def _ask_classes(label: str, current: Any, *, key: str, placeholder: str) -> list[int]:
    if key not in st.session_state:
        st.session_state[key] = [CLASS_LABELS[number] for number in current]
    chosen = st.multiselect(label, CLASS_LABELS, key=key, placeholder=placeholder)
    return sorted(CLASS_LABELS.index(name) for name in chosen)


def _ask_cap(current: int | None, *, key: str) -> int | None:
    if key not in st.session_state:
        st.session_state[key] = current
    cap: int | None = st.number_input(
        "Show a sample at most",
        min_value=1,
        max_value=MOST_COPIES,
        value=None,
        step=1,
        key=key,
        placeholder="smallest that works",
        help="Times an epoch, the sample itself included.",
    )
    return cap


def _ask_spread(current: bool, *, key: str) -> bool:
    if key not in st.session_state:
        st.session_state[key] = current
    return st.toggle(
        "Spread the copies",
        key=key,
        help="Copy many samples a little rather than few samples often. It takes more copies.",
    )
