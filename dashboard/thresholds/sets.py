"""Naming, comparing and handing out threshold sets: the lower half of the Thresholds page."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.guard import guarded
from dashboard.session import UNSAVED, fixed_thresholds, session
from dashboard.thresholds.scores import score_set
from hpa_core.data.submission import write_submission
from hpa_core.errors import RunError
from hpa_core.evaluation.calls import apply_thresholds
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.predictions import Predictions
from hpa_core.runs.thresholds import ThresholdSet, list_thresholds, save_thresholds


def draw_save_form(run: RunFolder) -> None:
    """Ask for a name and keep the active set under it, in the run's folder."""
    chosen = session()
    with st.form("save-thresholds", border=False):
        name = st.text_input("Name of the set", key="save-name", placeholder="exact-on-validation")
        over = st.checkbox("Replace a set of the same name", key="save-over")
        if st.form_submit_button("Save in the run", icon=":material/save:"):
            with guarded():
                chosen.thresholds = _save(run, chosen.thresholds, name.strip(), over=over)
                st.rerun()


def draw_comparison(run: RunFolder, split: str) -> None:
    """List every set of the run beside the active one; one can be taken into use."""
    active = session().thresholds
    saved = [item for item in list_thresholds(run) if item != active]
    fixed = [item for item in (fixed_thresholds(0.5), fixed_thresholds(0.15)) if item != active]
    sets = [active, *saved, *fixed]
    picked = st.dataframe(
        _table(sets, run.id, split),
        column_config={
            name: st.column_config.NumberColumn(format="%.5f")
            for name in ("Macro F1", "Micro F1", "Samples F1")
        },
        key=f"sets-{run.id}-{len(sets)}",
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
    )
    rows = picked["selection"]["rows"]
    other = sets[rows[0]] if rows and rows[0] < len(sets) else active
    label = "Select a set to use it" if other == active else f"Use {other.name}"
    st.button(label, disabled=other == active, key="use-set", on_click=_use, args=(other,))


def draw_exports(run: RunFolder, split: str, predictions: Predictions) -> None:
    """Offer the active set as JSON and its calls as a submission."""
    active = session().thresholds
    stem = f"{run.id}-{split}-{active.name}"
    st.download_button(
        "Threshold set (JSON)",
        json.dumps(asdict(active), indent=1),
        file_name=f"{stem}.json",
        mime="application/json",
        on_click="ignore",
        icon=":material/download:",
    )
    st.download_button(
        "Submission (CSV)",
        lambda: _submission(predictions, active),
        file_name=f"{stem}.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        help="Id,Predicted: one line an image, in the order of the predictions.",
    )


def _save(run: RunFolder, active: ThresholdSet, name: str, *, over: bool) -> ThresholdSet:
    if name == UNSAVED:
        raise RunError(f"{UNSAVED!r} names the set that is not saved yet; choose another name.")
    if not over and name in {item.name for item in list_thresholds(run)}:
        raise RunError(f"Run {run.id!r} has a set {name!r} already; tick Replace, or rename.")
    named = replace(active, name=name, created="")
    save_thresholds(run, named)
    return next(item for item in list_thresholds(run) if item.name == name)


def _use(thresholds: ThresholdSet) -> None:
    session().thresholds = thresholds


def _table(sets: Sequence[ThresholdSet], run_id: str, split: str) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for item in sets:
        scores = score_set(item, run_id, split)
        here = (item.run, item.split) == (run_id, split)
        origin = f"{item.run}, {item.split}" if item.run else "nothing: fixed"
        row: dict[str, Any] = {
            "Set": f"{item.name} (active)" if item is sets[0] else item.name,
            "Chosen by": item.strategy or "unknown",
            "Chosen on": f"{origin} (these images)" if here else origin,
            "No call": "highest class" if item.fallback == "top1" else "nothing",
        }
        if scores:
            row |= {
                "Macro F1": scores.macro_f1,
                "Micro F1": scores.micro_f1,
                "Samples F1": scores.samples_f1,
            }
        rows.append(row | {"Saved": item.created[:16].replace("T", " ")})
    return pd.DataFrame(rows)


def _submission(predictions: Predictions, active: ThresholdSet) -> bytes:
    bounds = np.array(active.thresholds)
    calls = apply_thresholds(predictions.probs, bounds, fallback=active.fallback)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "submission.csv"
        write_submission(path, predictions.ids.tolist(), calls)
        return path.read_bytes()
