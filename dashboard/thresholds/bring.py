"""A threshold set from another run or from a file, kept in this run with where it came from."""

from dataclasses import replace

import streamlit as st

from dashboard import cache
from dashboard.guard import guarded
from dashboard.thresholds.active import take_up
from dashboard.thresholds.sets import save_named
from hpa_core.errors import RunError
from hpa_core.runs.folder import RunFolder, list_runs
from hpa_core.runs.thresholds import list_thresholds, parse_thresholds

NOTHING = ""


def draw_bring_form(run: RunFolder) -> None:
    """Ask for a set of another run, or a JSON file of 28 numbers, and put it into use here."""
    others = {
        f"{other.id} / {item.name}": item
        for other in list_runs(cache.workspace())
        if other.id != run.id
        for item in list_thresholds(other)
    }
    with st.form("bring-thresholds", border=False):
        picked = st.selectbox("Set of another run", [NOTHING, *others], key="bring-set")
        file = st.file_uploader("or a JSON file of 28 numbers", type=["json"], key="bring-file")
        name = st.text_input("Its name here", key="bring-name")
        over = st.checkbox("Replace a set of the same name", key="bring-over")
        if st.form_submit_button("Use it on this run", icon=":material/input:"):
            with guarded():
                if bool(picked) == bool(file):
                    raise RunError("Name the set once: one of another run, or a file.")
                found = (
                    others[picked]
                    if file is None
                    else parse_thresholds(file.getvalue(), source=file.name)
                )
                named = replace(found, name=name.strip() or found.name)
                take_up(save_named(run, named, over=over))
                st.rerun()
