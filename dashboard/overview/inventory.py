"""What the Overview shows: datasets, runs, and the next sensible step."""

import pandas as pd
import streamlit as st

from dashboard import cache
from dashboard.leaks import leak_summary
from hpa_core.data.dataset import DatasetInfo, list_datasets
from hpa_core.runs.folder import RunFolder, list_runs
from hpa_core.runs.predictions import predicted_splits
from hpa_core.runs.status import observed_status

COLUMNS = {
    "created": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm", timezone="UTC"),
    "samples": st.column_config.NumberColumn(format="localized"),
    "leaks": st.column_config.TextColumn(
        help="Scored images that have a copy among those the run learnt from: its scores on that "
        "split are too high."
    ),
    "refused": st.column_config.NumberColumn(
        format="localized", help="Samples of the input that could not be taken; listed below."
    ),
}
SOURCES = {
    "kaggle": "four-channel images",
    "external": "false-colour images",
    "labels": "labels only",
    "merged": "two datasets merged",
    "synthetic": "SYNTHETIC cells",
}


def dataset_table(infos: list[DatasetInfo]) -> pd.DataFrame:
    """One row a dataset."""
    return pd.DataFrame(
        {
            "dataset": [info.name for info in infos],
            "samples": [info.samples for info in infos],
            "content": [SOURCES.get(info.source, info.source) for info in infos],
            "size": [f"{info.image_size} px" if info.has_images else "-" for info in infos],
            "refused": [info.refused for info in infos],
            "created": pd.to_datetime([info.created for info in infos]),
        }
    )


def refusal_table(name: str) -> pd.DataFrame:
    """What the import of a dataset refused: one row a sample, with its reason."""
    return pd.DataFrame(cache.dataset(name).refused, columns=["id", "file", "reason"])


def run_table(runs: list[RunFolder]) -> pd.DataFrame:
    """One row a run."""
    return pd.DataFrame(
        {
            "run": [run.id for run in runs],
            "kind": [run.info.kind for run in runs],
            "dataset": [run.info.dataset or "-" for run in runs],
            "state": [_state(run) for run in runs],
            "predictions": [", ".join(predicted_splits(run)) or "-" for run in runs],
            "leaks": [leak_summary(run) or "-" for run in runs],
            "data": ["SYNTHETIC" if run.info.synthetic else "real" for run in runs],
            "created": pd.to_datetime([run.info.created for run in runs]),
        }
    )


def _state(run: RunFolder) -> str:
    if run.info.kind != "train":
        return "ready"
    status = observed_status(run.path)
    return f"{status.state}, epoch {status.epoch} of {status.epochs}" if status else "waiting"


def next_step(infos: list[DatasetInfo], runs: list[RunFolder]) -> tuple[str, str, str]:
    """A sentence, the page to go to and the link's text, by what is still missing."""
    if not infos and not runs:
        return ("Open the demo or import your own data below.", "", "")
    if not infos:
        return ("Scores are here: tune their thresholds.", "thresholds", "Go to Thresholds")
    if not any(predicted_splits(run) for run in runs):
        if any(info.has_images for info in infos):
            return ("Images are here: train a first model on them.", "train", "Go to Train")
        return ("Labels are here: look at how uneven they are.", "imbalance", "Go to Imbalance")
    return (
        "Predictions are here: look at the images, then move the thresholds.",
        "images",
        "Go to Images",
    )


def list_contents() -> tuple[list[DatasetInfo], list[RunFolder]]:
    """List the datasets and runs of the workspace."""
    return list_datasets(cache.workspace()), list_runs(cache.workspace())
