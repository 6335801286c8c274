"""Where the thresholds stood during this visit: moves at rest and sets taken up, newest first."""

import pandas as pd
import streamlit as st

from dashboard.thresholds.active import Stand, remembered_stands, take_up
from dashboard.thresholds.measured import Measured
from dashboard.thresholds.scores import score_set
from hpa_core.runs.thresholds import UNSAVED, ThresholdSet


def draw_history(measured: Measured) -> None:
    """List this visit's moves on one split of a run; one can be taken up again."""
    run, split = measured.run, measured.split
    here = (run.id, split)
    stands = [stand for stand in remembered_stands() if (stand.run, stand.split) == here]
    with st.expander(f"Moves of this visit ({len(stands)})", icon=":material/history:"):
        if not stands:
            st.write(
                "None yet. What is saved below stays; what is listed here ends with the visit."
            )
            return
        picked = st.dataframe(
            _table(stands, measured),
            key=f"history-{run.id}-{split}-{len(stands)}",
            hide_index=True,
            on_select="rerun",
            selection_mode="single-row",
            column_config={"Macro F1": st.column_config.NumberColumn(format="%.5f")},
        )
        rows = picked["selection"]["rows"]
        chosen = stands[rows[0]].thresholds if rows else None
        label = "Select a move to go back to it" if chosen is None else "Go back to it"
        st.button(label, disabled=chosen is None, key="use-stand", on_click=take_up, args=(chosen,))


def _table(stands: list[Stand], measured: Measured) -> pd.DataFrame:
    rows = []
    for stand, before in zip(stands, [*stands[1:], None], strict=True):
        now = stand.thresholds
        scores = score_set(now, measured)
        rows.append(
            {
                "At (UTC)": f"{stand.at:%H:%M:%S}",
                "How": now.strategy if now.name == UNSAVED else now.name,
                "Moved": _moved(before, now),
                "No call": "highest class" if now.fallback == "top1" else "nothing",
                "Macro F1": scores.macro_f1 if scores else None,
            }
        )
    return pd.DataFrame(rows)


def _moved(before: Stand | None, now: ThresholdSet) -> str:
    """Name the classes that moved, with where they went, if they are few."""
    if before is None:
        return ""
    pairs = zip(before.thresholds.thresholds, now.thresholds, strict=True)
    changed = [number for number, (was, at) in enumerate(pairs) if was != at]
    if len(changed) > 3:
        return f"{len(changed)} classes"
    return ", ".join(f"{number} to {now.thresholds[number]:.4f}" for number in changed)
