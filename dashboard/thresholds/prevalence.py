"""How often each class shall be called: as in the training split, or as an uploaded table says."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import streamlit as st

from dashboard import cache
from dashboard.thresholds.active import take_up, unsaved_set
from hpa_core.data.prevalence import Shares, read_prevalence_table, split_prevalence
from hpa_core.errors import DatasetError, LabelTableError
from hpa_core.evaluation.shift import match_prevalence
from hpa_core.runs.folder import RunFolder

FROM_TRAIN, FROM_FILE = "training split", "a file"
WANTED = "**Call each class as often as it shall come.**"


def training_shares(run: RunFolder) -> Shares | None:
    """Return the shares of the training split of a run's dataset; None where there is none."""
    if not run.info.dataset:
        return None
    try:
        return split_prevalence(cache.dataset(run.info.dataset), "train")
    except (DatasetError, LabelTableError):
        return None


def ask_for_wanted(run: RunFolder) -> Shares | None:
    """Ask whose shares are wanted: those of the run's training split, or of a table."""
    shares = training_shares(run)
    sources = [FROM_TRAIN, FROM_FILE] if shares else [FROM_FILE]
    source = st.segmented_control(
        "Shares of", sources, default=sources[0], required=True, key=f"wish-source-{len(sources)}"
    )
    return ask_for_shares("wish-shares") if source == FROM_FILE else shares


def draw_prevalence_match(run: RunFolder, split: str) -> None:
    """Offer thresholds that call each class as often as wanted: what can be done without truth."""
    st.markdown(WANTED)
    shares = ask_for_wanted(run)
    if shares is None:
        return
    thresholds = match_prevalence(cache.predictions(run.id, split).probs, np.array(shares))
    st.button(
        "Use",
        key="use-prevalence",
        on_click=take_up,
        args=(unsaved_set(run, split, thresholds, "prevalence-target"),),
    )


def ask_for_shares(key: str) -> Shares | None:
    """Ask for a CSV, and for its column where several hold a share of each class.

    Raises:
        LabelTableError: none does.
    """
    file = st.file_uploader(
        "A CSV with a line a class; its first line names the columns", type=["csv"], key=key
    )
    if file is None:
        return None
    with TemporaryDirectory() as folder:
        path = Path(folder) / Path(file.name).name
        path.write_bytes(file.getvalue())
        columns = read_prevalence_table(path)
    name = st.segmented_control(
        "Column", list(columns), default=next(iter(columns)), required=True, key=f"{key}-column"
    )
    return columns[name]
