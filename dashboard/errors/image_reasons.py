"""Why the image shown large was called what it was: classes true or called, and one asked for."""

import numpy as np
import streamlit as st

from dashboard.charts import CLASS_LABELS
from dashboard.errors.explanations import (
    draw_reasons,
    explanation_of,
    offer_explaining,
    why_unknown,
)
from hpa_core.data.dataset import Dataset
from hpa_core.runs.explanations import METHODS
from hpa_core.runs.folder import RunFolder
from hpa_core.selections.samples import Samples

COLUMNS = 3


def draw_image_reasons(
    run: RunFolder, dataset: Dataset, samples: Samples, *, asked: int | None = None
) -> None:
    """Draw heat maps and scores without each channel of the image in the link, if there is one.

    Args:
        run: whose calls they are.
        dataset: with images.
        samples: with calls; the image must be among them.
        asked: a class that is looked at though it be neither true nor called.
    """
    place = samples.identities.place_of.get(st.query_params.get("image", ""))
    if place is None:
        return
    if why := why_unknown(run):
        st.caption(f"Why it is called so is not known here. {why}")
        return
    with st.expander("Why: what the network read", expanded=True, key="image-reasons"):
        _draw(run, dataset, samples, place, asked)


def _draw(
    run: RunFolder, dataset: Dataset, samples: Samples, place: int, asked: int | None
) -> None:
    if samples.calls is None:
        raise ValueError("reasons need calls")
    true, called = samples.targets[place], samples.calls[place]
    looked_at = np.arange(len(CLASS_LABELS)) == asked
    classes = np.flatnonzero(true | called | looked_at).tolist()
    if not classes:
        st.caption("No class is true or called, so there is nothing to explain.")
        return
    row = int(samples.rows[place])
    one = explanation_of(run, dataset, row, "hirescam")
    if one is None:
        sample_id = str(samples.ids[place])
        offer_explaining(run, dataset, [row], classes[0], "hirescam", shown=sample_id)
        return
    st.caption(
        f"HiResCAM by run {run.id}: {METHODS['hirescam']}. Grey: the protein channel. Orange "
        "speaks for the class, blue against it. Bars: its score with one channel blacked out."
    )
    reach = float(np.abs(one.maps[classes]).max()) or 1.0
    columns = [column for _ in classes[::COLUMNS] for column in st.columns(COLUMNS)]
    for column, number in zip(columns, classes, strict=False):
        with column:
            st.markdown(f"**{CLASS_LABELS[number]}**: {_verdict(true[number], called[number])}")
            draw_reasons(dataset, row, one, number, reach=reach)


def _verdict(true: bool, called: bool) -> str:
    if true:
        return "found" if called else "missed"
    return "false" if called else "neither true nor called"
