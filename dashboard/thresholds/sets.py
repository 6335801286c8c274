"""Naming, listing and handing out threshold sets: the foot of the Thresholds page."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import cache
from dashboard.guard import as_written, guarded
from dashboard.session import session
from dashboard.thresholds.active import take_up
from dashboard.thresholds.measured import Measured
from dashboard.thresholds.scores import score_set
from hpa_core.classes import CLASS_NAMES, N_CLASSES
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.thresholds import (
    ThresholdSet,
    known_thresholds,
    load_thresholds,
    save_thresholds,
    unreadable_thresholds,
)


def draw_save_form(run: RunFolder) -> None:
    """Ask for a name and keep the active set under it, in the run's folder."""
    chosen = session()
    with st.form("save-thresholds", border=False):
        name = st.text_input("Name of the set", key="save-name", placeholder="exact-on-validation")
        over = st.checkbox("Replace a set of the same name", key="save-over")
        if st.form_submit_button("Save in the run", icon=":material/save:"):
            with guarded():
                named = replace(chosen.thresholds, name=name.strip(), created="")
                chosen.thresholds = save_named(run, named, over=over)
                st.rerun()


def draw_comparison(measured: Measured) -> None:
    """List every set of the run beside the active one; one can be taken into use."""
    run = measured.run
    sets = offered_sets(run)
    active = sets[0]
    picked = st.dataframe(
        _table(sets, measured),
        column_config={
            name: st.column_config.NumberColumn(format="%.5f")
            for name in ("Macro F1", "Micro F1", "Samples F1")
        },
        key=f"sets-{run.id}-{len(sets)}",
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
    )
    for refused in unreadable_thresholds(run):
        st.warning(as_written(refused), icon=":material/error:")
    rows = picked["selection"]["rows"]
    other = sets[rows[0]] if rows and rows[0] < len(sets) else active
    if measured.rows is not None:
        st.caption(f"F1 of {measured.count}; sets are chosen on whole splits.")
    label = "Select a set to use it" if other == active else f"Use {other.name}"
    st.button(label, disabled=other == active, key="use-set", on_click=take_up, args=(other,))


def draw_exports(run: RunFolder, split: str, *, narrowed: bool) -> None:
    """Offer the active set as JSON, and as a table with what each class scores under it.

    Args:
        run: whose set it is.
        split: on the whole of which the classes are scored.
        narrowed: whether the page shows only some of its images.
    """
    active = session().thresholds
    if narrowed:
        st.caption(f"Of the whole split {split}, which a set that was moved here is kept for, too.")
    stem = f"{run.id}-{split}-{active.name}"
    with st.container(horizontal=True):
        st.download_button(
            "Set (JSON)",
            json.dumps(asdict(active), indent=1),
            file_name=f"{stem}.json",
            mime="application/json",
            on_click="ignore",
            icon=":material/download:",
        )
        st.download_button(
            "Classes (CSV)",
            lambda: class_table(active, run.id, split).to_csv(index=False).encode(),
            file_name=f"{stem}.csv",
            mime="text/csv",
            on_click="ignore",
            icon=":material/download:",
        )


def class_table(thresholds: ThresholdSet, run_id: str, split: str) -> pd.DataFrame:
    """One row a class: its threshold, and where the truth is known what it scores."""
    columns: dict[str, Any] = {
        "class": range(N_CLASSES),
        "name": CLASS_NAMES,
        "threshold": thresholds.thresholds,
    }
    if scores := score_set(thresholds, Measured(run=cache.run(run_id), split=split)):
        columns |= vars(scores.per_class)
    return pd.DataFrame(columns)


def save_named(run: RunFolder, named: ThresholdSet, *, over: bool) -> ThresholdSet:
    """Save a set in a run and return it as it was saved.

    Raises:
        RunError: the name is taken and `over` is not asked for, or it cannot be a name.
    """
    save_thresholds(run, named, over=over)
    return load_thresholds(run, named.name)


def offered_sets(run: RunFolder) -> list[ThresholdSet]:
    """The active set first, then the saved and the built-in ones that differ from it."""
    active = session().thresholds
    return [active, *(item for item in known_thresholds(run) if item != active)]


def _table(sets: Sequence[ThresholdSet], measured: Measured) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for item in sets:
        scores = score_set(item, measured)
        here = (item.run, item.split) == (measured.run.id, measured.split)
        origin = f"{item.run}, {item.split}" if item.run else "nothing: fixed"
        if not item.origin_known:
            origin = "unknown"
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
