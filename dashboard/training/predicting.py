"""The form that predicts by a training: a split or a folder of new images, alone or with others.

The prediction is a job that runs `python -m hpa_core predict`; what it makes stands in the pickers.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import cache
from dashboard.guard import guarded
from dashboard.jobs import NOTHING_KEPT, offer_stopped, submit_job, watch_jobs
from dashboard.uploads import Source
from hpa_core.choices import CHECKPOINTS, VIEWS, VIEWS_BY
from hpa_core.data.dataset import Dataset
from hpa_core.errors import DatasetError, WorkspaceError
from hpa_core.files import checked_name
from hpa_core.jobs.trainings import Training
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.predictions import awaited_predictions_path

SPLIT, FOLDER = "a split", "a folder of new images"
KEYS = ("images", "split", "folder", "others", "checkpoint", "views", "by", "name")


def draw_predicting(run_id: str, trainings: Sequence[Training]) -> None:
    """Draw the form, folded, and the jobs under way."""
    run = cache.run(run_id)
    with st.expander("Predict", icon=":material/online_prediction:", key="predict-open"), guarded():
        if not run.has_network:
            st.info("It has no checkpoint yet: predict after its first epoch.")
            return
        _draw_form(run, [item.run for item in trainings if _may_join(run, item.run)])
        offer_stopped({("predict", run.id): NOTHING_KEPT})
        watch_jobs()


def _draw_form(run: RunFolder, others: Sequence[RunFolder]) -> None:
    st.caption(
        f"By {run.id}. Its own split goes into the run itself; with other runs or views, several "
        "of its epochs, or a name, the scores become a run of their own, and images of a folder a "
        "dataset as well. Both then stand in the pickers beside."
    )
    what = st.segmented_control(
        "Images", [SPLIT, FOLDER], default=SPLIT, required=True, key="predict-images"
    )
    left, middle, right = st.columns(3)
    with left:
        if what == SPLIT:
            st.selectbox("Split", _splits(run), key="predict-split")
        else:
            st.text_input(
                "Folder on this machine",
                key="predict-folder",
                help="With `<id>_{red,green,blue,yellow}.png`, or .jpg as the atlas has them.",
            )
    middle.multiselect(
        "Together with",
        [other.id for other in others],
        key="predict-others",
        placeholder="this run alone",
        help="The mean of all; each sample is scored by the runs that have not learnt from it, so "
        "the runs of all folds give out-of-fold scores of `all`.",
    )
    right.text_input("Name", key="predict-name", help="A word for what is made; else the time.")
    choices = {
        "Weights": ("checkpoint", CHECKPOINTS),
        "Views of each image": ("views", VIEWS),
        "Joined by": ("by", VIEWS_BY),
    }
    for column, (label, (key, meanings)) in zip(st.columns(3), choices.items(), strict=True):
        column.selectbox(
            label, list(meanings), format_func=meanings.__getitem__, key=f"predict-{key}"
        )
    st.button(
        "Predict",
        type="primary",
        icon=":material/play_arrow:",
        key="predict-start",
        on_click=_start,
        args=(run.id, what),
    )


def _start(run_id: str, what: str) -> None:
    with guarded():
        asked: dict[str, Any] = {key: st.session_state.get(f"predict-{key}") for key in KEYS}
        options: list[str | Source] = []
        images: str = (asked["folder"] or "").strip() if what == FOLDER else asked["split"]
        if not images:
            raise WorkspaceError("Name the folder that the images lie in.")
        if what == FOLDER:
            options += ["--images", Source(images, None)]
        else:
            options += ["--split", images]
        options += ["--checkpoint", asked["checkpoint"]]
        options += ["--views", asked["views"], "--views-by", asked["by"]]
        if name := (asked["name"] or "").strip():
            options += ["--name", checked_name(name, what="run")]
        together = [run_id, *asked["others"]]
        title = f"Predict {images} by {' and '.join(together)}"
        makes = _made_by(together, what, asked)
        submit_job(title, "predict", *together, *options, devices=1, makes=makes)


def _made_by(together: list[str], what: str, asked: dict[str, Any]) -> Path | None:
    """Return the file that the scores go into; None where the run is named by the time."""
    name = (asked["name"] or "").strip()
    own = len(together) == 1 and asked["views"] == "none" and asked["checkpoint"] != "top"
    if not name and (what == FOLDER or not own):
        return None
    run = name or together[0]
    split = "test" if what == FOLDER else asked["split"]
    return awaited_predictions_path(cache.workspace(), run, split)


def _splits(run: RunFolder) -> list[str]:
    """Return the splits of the run's dataset, its folds, and all of it."""
    try:
        dataset = cache.dataset(run.info.dataset)
    except DatasetError:
        return ["validation"]
    own = [*dataset.splits, *_folds(dataset), "all"]
    first = run.info.settings.get("validation_split", "validation")
    return sorted(own, key=lambda split: split != first)


def _folds(dataset: Dataset) -> list[str]:
    return [
        f"{saved.name}.fold-{number}"
        for saved in cache.folds(dataset.info.name)
        if saved.folds
        for number in range(saved.folds.count)
    ]


def _may_join(run: RunFolder, other: RunFolder) -> bool:
    same = other.info.dataset == run.info.dataset and other.id != run.id
    return same and other.has_network
