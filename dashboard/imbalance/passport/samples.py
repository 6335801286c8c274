"""The samples of one class: all that carry it, and those that a run finds hardest and easiest."""

import numpy as np
import pandas as pd
import streamlit as st
from jaxtyping import Int

from dashboard.images.gallery import draw_gallery
from dashboard.samples import labelled_samples
from dashboard.selections.links import draw_images_link
from dashboard.session import session, write_link
from dashboard.synthetic import counted_samples
from hpa_core.data.dataset import Dataset
from hpa_core.evaluation.mistakes import sort_by_score
from hpa_core.selections.expression import HasClass
from hpa_core.selections.samples import Samples
from hpa_core.targets import format_target

ALL, WORST, BEST, REST = "all positives", "lowest positives", "highest positives", "highest others"
MOST_ROWS = 1_000
"""A table of ids is not read further; the images have pages."""
MEANINGS = {
    ALL: "every sample of the dataset with the class, by id",
    WORST: "the positives that the run scores lowest, first",
    BEST: "the positives that the run scores highest, first",
    REST: "the images without the class that the run scores highest, first",
}


def draw_samples(dataset: Dataset, scored: Samples | None, number: int) -> None:
    """Draw the samples as images where there are some, else as a table.

    Args:
        dataset: whose samples.
        scored: what a run says of some of them, with their truth; None without.
        number: the class.
    """
    st.subheader("Samples")
    shown = _choose() if scored else ALL
    samples = scored if scored and shown != ALL else labelled_samples(dataset, "all")
    order = _order(samples, number, shown)
    _draw_caption(dataset, number, shown, len(order))
    if not len(order):
        return
    if not dataset.info.has_images:
        _draw_table(dataset, samples, order, number)
        return
    draw_gallery(dataset, samples, order, thresholds=session().thresholds, scored_class=number)


def _choose() -> str:
    shown: str = st.segmented_control(
        "Which",
        list(MEANINGS),
        default=ALL,
        required=True,
        key="samples",
        bind="query-params",
        label_visibility="collapsed",
        on_change=lambda: write_link(page=None, image=None),
    )
    return shown


def _order(samples: Samples, number: int, shown: str) -> Int[np.ndarray, " n"]:
    has = samples.targets[:, number]
    rows = np.flatnonzero(~has if shown == REST else has)
    rows = rows[np.argsort(samples.id_rank[rows])]
    if samples.probs is None:
        return rows
    ordered = sort_by_score(rows, samples.probs, class_id=number)
    return ordered[::-1] if shown == WORST else ordered


def _draw_caption(dataset: Dataset, number: int, shown: str, count: int) -> None:
    chosen = session()
    source = f"Dataset {dataset.info.name}, every split"
    if shown != ALL:
        source = f"Run {chosen.run}, split {chosen.split}, set {chosen.thresholds.name}"
    many = counted_samples(dataset.info, count)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{many}: {MEANINGS[shown]}. {source}.", width="content")
        if dataset.info.has_images:
            draw_images_link("Filter and sort them on the page Images", HasClass("true", (number,)))


def _draw_table(
    dataset: Dataset, samples: Samples, order: Int[np.ndarray, " n"], number: int
) -> None:
    if len(order) > MOST_ROWS:
        st.caption(f"The first {MOST_ROWS:,} of them:")
        order = order[:MOST_ROWS]
    splits = dataset.manifest["split"].to_numpy()[samples.rows[order]]
    labels = [format_target(np.flatnonzero(row)) for row in samples.targets[order]]
    table = pd.DataFrame({"sample": samples.ids[order], "split": splits, "labels": labels})
    if samples.probs is not None and samples.calls is not None:
        table["score"] = samples.probs[order, number]
        table["called"] = samples.calls[order, number]
    st.dataframe(table, hide_index=True, lazy=True, height=400, key="passport-table")
