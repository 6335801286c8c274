"""Small pictures as data, for tables and charts that stand still."""

from base64 import b64encode

import numpy as np
import streamlit as st

from dashboard.errors.judged import Judged
from hpa_core.data.composites import compose, encode_jpeg
from hpa_core.data.dataset import Dataset

CHANNELS_TOLD = (
    "Small pictures: protein green; nucleus blue, microtubules red and endoplasmic reticulum "
    "yellow, dimmed; each channel stretched by itself."
)


def picture_addresses(judged: Judged, places: np.ndarray, *, side: int) -> list[str] | None:
    """Return a data address for the image at each place; None where there are no images."""
    if judged.dataset is None:
        return None
    rows = tuple(judged.samples.rows[places].tolist())
    return _addresses(judged.dataset.info.hash, rows, side, judged.dataset)


@st.cache_data(max_entries=100, show_spinner=False)
def _addresses(version: str, rows: tuple[int, ...], side: int, _dataset: Dataset) -> list[str]:
    if not rows:
        return []
    pictures = compose(_dataset.thumbnails[list(rows)])
    return [
        "data:image/jpeg;base64," + b64encode(encode_jpeg(each, side=side)).decode()
        for each in pictures
    ]
