"""Explanations as a run keeps them: found, asked for by a job, and drawn for one class."""

import numpy as np
import streamlit as st

from dashboard import cache
from dashboard.errors.heat_charts import channel_figure, heat_figure
from dashboard.jobs import offer_job
from dashboard.wording import counted
from hpa_core.classes import CHANNELS
from hpa_core.data.dataset import Dataset
from hpa_core.errors import CheckpointError
from hpa_core.runs.explanations import (
    Explanation,
    Method,
    explanation_key,
    explanation_path,
    read_explanation,
)
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.networks import network_of

NAMES: dict[Method, str] = {"hirescam": "HiResCAM", "gradcam": "Grad-CAM", "occlusion": "occlusion"}
GREEN = CHANNELS.index("green")


def why_unknown(run: RunFolder) -> str:
    """Say in a sentence why there is no network to ask; nothing where there is one."""
    try:
        network_of(run)
    except CheckpointError as error:
        return str(error)
    return ""


def explanation_of(
    run: RunFolder, dataset: Dataset, row: int, method: Method
) -> Explanation | None:
    """Return the explanation of one row of a dataset; None where it has not been made."""
    return read_explanation(run, method, _key(run, dataset, row, method))


def offer_explaining(  # noqa: PLR0913 - images, what is looked at, what they are called
    run: RunFolder, dataset: Dataset, rows: list[int], number: int, method: Method, *, shown: str
) -> None:
    """Draw the button that explains some images.

    Args:
        run: of one network.
        dataset: of the images.
        rows: of it; at least one.
        number: the class that is looked at.
        method: how the maps are made.
        shown: which images the page shows, for the job's title: the same when some are explained.
    """
    ids = dataset.ids[rows].tolist()
    offer_job(
        f"Explain {counted(len(ids), 'image')}",
        f"Heat maps of {run.id}, {NAMES[method]}: {shown}",
        "explain",
        run.id,
        f"--ids={','.join(ids)}",
        f"--class={number}",
        f"--method={method}",
        key=f"heat-explain-{method}",
        told="Some seconds to start a process with torch; then a moment an image, for occlusion "
        "225 predictions an image. The maps of all 28 classes stay in the run.",
        primary=True,
        kept="Every image explained by then was kept.",
        makes=explanation_path(run, method, _key(run, dataset, rows[-1], method)),
    )


def draw_reasons(
    dataset: Dataset, row: int, one: Explanation, number: int, *, reach: float
) -> None:
    """Draw the heat map of a class over one image, and its score without each channel."""
    green = np.asarray(dataset.images[row, GREEN])
    st.plotly_chart(
        heat_figure(green, one.maps[number], offset=one.offset, reach=reach),
        key=f"heat-map-{one.id}-{one.method}-{number}",
        config={"displayModeBar": False},
    )
    st.plotly_chart(
        channel_figure(float(one.probs[number]), one.without[:, number]),
        key=f"heat-bars-{one.id}-{one.method}-{number}",
        config={"displayModeBar": False},
    )


def _key(run: RunFolder, dataset: Dataset, row: int, method: Method) -> str:
    image = str(dataset.manifest["sha256"].iloc[row])
    digest = cache.file_hash(network_of(run))
    return explanation_key(digest, str(dataset.ids[row]), image, method)
