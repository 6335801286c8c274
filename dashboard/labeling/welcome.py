"""What the Label page says before anybody has given a name: what it is for, and what was done."""

import streamlit as st

from dashboard import cache
from dashboard.labeling.review import draw_counts, draw_deciders
from hpa_core.data.dataset import Dataset
from hpa_core.labeling.current import current_labels

SECTIONS_TOLD = """
- **One by one**: the image beside its 28 classes, each with its key, the model's score and the
  label of today. First comes what needs it most: labels that are probably wrong, uncertain calls,
  rare classes, or images at random, which alone tell how many labels are wrong.
- **Grid**: one question, such as *is this Golgi?*, for 48 images at once.
- **Review**: who agrees with whom, and what a reviewer settles.
- **Out and back**: labels as files, or published as a new dataset to train on, and what that gains.
"""


def draw_welcome(dataset: Dataset) -> None:
    """Say what labelling is for and how far the labels of a dataset are."""
    st.info(
        "Say who labels: every decision is kept under a name, for good, and can be undone. "
        "Several people may label at once; nobody overwrites another.",
        icon=":material/person:",
    )
    st.markdown(
        f"A network is no better than its labels, and some labels are wrong.{SECTIONS_TOLD}"
    )
    st.subheader(f"The labels of {dataset.info.name} today")
    current = current_labels(cache.label_store(), dataset)
    draw_counts(current)
    draw_deciders(current)
