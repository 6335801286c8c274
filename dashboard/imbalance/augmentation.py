"""The section of augmentation: one sample as a training with these settings would show it."""

import json

import streamlit as st

from dashboard import cache
from dashboard.imbalance.augmentation_form import ask_request, recall_preview
from dashboard.imbalance.augmentation_jobs import Request, render_preview
from dashboard.imbalance.augmentation_preview import watch_preview
from dashboard.session import write_link
from dashboard.training import links
from hpa_core.data.dataset import Dataset
from hpa_core.data.previews import FILE

SHOWN, LINK = "augment-shown", "preview"


def draw_augmentation(dataset: Dataset) -> None:
    """Ask for a sample and settings, and show what a training would make of it.

    Raises:
        ConfigError: a setting has a value that cannot be meant.
        DatasetError: the dataset cannot be read.
        JobError, WorkspaceError: the preview cannot be made.
    """
    if not dataset.info.has_images:
        st.info(
            f"Dataset {dataset.info.name!r} holds labels only, and augmentation changes images. "
            "Choose a dataset with images beside, or import them on the Overview.",
            icon=":material/image_not_supported:",
        )
        return
    st.caption(
        "What each epoch does to a sample is drawn from the seed, the epoch and the sample's place "
        "in it. The pictures below are made by the code that trains, in a process of its own."
    )
    shown = _followed()
    request = ask_request(dataset)
    show, use = st.columns([1, 4], vertical_alignment="center")
    if show.button("Show variants", type="primary", key="augment-show", width="stretch"):
        shown = st.session_state[SHOWN] = render_preview(request)
    with use:
        _offer_training(request)
    write_link(**{LINK: shown})
    if shown:
        watch_preview(shown, request, dataset)


def _offer_training(request: Request) -> None:
    """Link to the Train page with the settings; Streamlit's `switch_page` would lose `section`."""
    st.page_link(
        "../pages/train.py",
        label="Use these settings in a training",
        icon=":material/arrow_forward:",
        help="Fills them into the form of the Train page, which starts nothing yet.",
        query_params={"dataset": request.dataset, links.SETTINGS: json.dumps(request.settings)},
    )


def _followed() -> str | None:
    """Return the job whose pictures are shown; at first the link's, whose settings are asked."""
    if SHOWN not in st.session_state:
        linked = st.session_state[SHOWN] = st.query_params.get(LINK)
        if linked and (cache.workspace().job(linked) / FILE).exists():
            recall_preview(cache.preview(linked).preview)
    shown: str | None = st.session_state[SHOWN]
    return shown
