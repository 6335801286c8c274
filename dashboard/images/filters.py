"""What the page Images shows: the samples, the pickers that write the filter, and the order.

?filter=missed:Golgi&sort=score&by=Golgi apparatus
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st
from jaxtyping import Int

from dashboard.samples import labelled_samples, scored_samples
from dashboard.selections.active import active_rows
from dashboard.selections.quick import draw_quick_pickers
from dashboard.session import Session, write_link
from hpa_core.classes import CLASS_NAMES
from hpa_core.data.dataset import Dataset
from hpa_core.evaluation.mistakes import sort_by_mistake, sort_by_score
from hpa_core.selections.samples import Samples

BY_ID, BY_SCORE, BY_MISTAKE = "id", "score", "mistake"
_SORT_HELP = (
    "score: highest score of a class first. mistake: most confident mistake first, that is the "
    "score furthest beyond its threshold on the wrong side."
)


def choose_samples(chosen: Session, dataset: Dataset) -> Samples:
    """Return what the sidebar's run says of the dataset; else labels alone, of the split picked.

    Only without a run has the sidebar no picker of the split.
    """
    if scored := scored_samples(chosen, dataset):
        return scored
    if chosen.run:
        split = chosen.split if chosen.split in dataset.splits else "all"
        where = "every split" if split == "all" else f"split {split}"
        st.warning(
            f"Run {chosen.run} has no scores of this dataset's images: labels alone are shown, of "
            f"{where}.",
            icon=":material/link_off:",
        )
        return labelled_samples(dataset, split)
    options = ["all", *dataset.splits]
    split = st.segmented_control("Split", options, default="all", required=True, key="images-split")
    return labelled_samples(dataset, split or "all")


def choose_order(samples: Samples) -> tuple[Int[np.ndarray, " n"], int | None]:
    """Draw the pickers, and return the places of what the filter finds, in the order they say.

    With them comes the class whose score decides the order, if one does.

    Raises:
        FilterError: the filter cannot be read, or asks what is not known of these samples.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        draw_quick_pickers(samples)
        by = _choose_sort(samples)
    found = active_rows(samples)
    if isinstance(by, int) and samples.probs is not None:
        return sort_by_score(found, samples.probs, class_id=by), by
    # Asked for last: it is worked out anew for every threshold set.
    if by == BY_MISTAKE and samples.confidence is not None:
        return sort_by_mistake(found, samples.confidence), None
    return found, None


def _choose_sort(samples: Samples) -> str | int:
    """Return the order, by the number of a class where its score decides."""
    if samples.probs is None:
        return BY_ID
    options = [BY_ID, BY_SCORE, *([BY_MISTAKE] if samples.truth_known else [])]
    by: str = _picker("Sort by", "sort", options, explanation=_SORT_HELP, width=105)
    if by != BY_SCORE:
        return by
    return CLASS_NAMES.index(_picker("Score of", "by", list(CLASS_NAMES)))


def _picker(
    label: str,
    key: str,
    options: Sequence[Any],
    *,
    explanation: str | None = None,
    width: int = 150,
) -> Any:
    """Draw one picker; what stands in the link is the option as it is shown."""
    return st.selectbox(
        label,
        options,
        key=key,
        help=explanation,
        bind="query-params",
        on_change=_first_page,
        width=width,
    )


def _first_page() -> None:
    write_link(page=None)
