"""How often each class shall be called: as in the training split, or as an uploaded table says."""

from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st

from dashboard import cache
from hpa_core.data.prevalence import Shares, read_prevalence_table, split_prevalence
from hpa_core.errors import DatasetError, LabelTableError
from hpa_core.runs.folder import RunFolder


def training_shares(run: RunFolder) -> Shares | None:
    """Return the shares of the training split of a run's dataset; None where there is none."""
    if not run.info.dataset:
        return None
    try:
        return split_prevalence(cache.dataset(run.info.dataset), "train")
    except (DatasetError, LabelTableError):
        return None


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
