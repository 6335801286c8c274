"""The filters of the Images page: widgets whose values are in the page's address.

?true=Nucleoli&called=Cytosol&outcome=missed&of=Golgi apparatus&labels=2&find=abc&sort=...&by=...
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st
from jaxtyping import Int

from dashboard.images.gallery import Samples, labelled_samples, scored_samples
from dashboard.session import Session, write_link
from hpa_core.classes import CLASS_NAMES
from hpa_core.data.dataset import Dataset
from hpa_core.evaluation.selection import (
    OUTCOMES,
    Outcome,
    Selection,
    select_rows,
    sort_by_mistake,
    sort_by_score,
)

ANY = "any"
MOST_LABELS = 5
_OUTCOME_HELP = (
    "right: calls and truth are the same. wrong: they are not. missed: a true class was not "
    "called. false: a called class is not true."
)
BY_ID, BY_SCORE, BY_MISTAKE = "id", "score", "mistake"
_SORT_HELP = (
    "score: highest score of a class first. mistake: most confident mistake first, that is the "
    "score furthest beyond its threshold on the wrong side."
)


def choose_samples(chosen: Session, dataset: Dataset) -> Samples:
    """Return what the sidebar's run says of the dataset; else labels alone, of the split picked."""
    if scored := scored_samples(chosen, dataset):
        return scored
    if chosen.run:
        st.warning(
            f"Run {chosen.run} has no scores of this dataset's images: labels alone are shown.",
            icon=":material/link_off:",
        )
    options = ["all", *dataset.splits]
    split = st.segmented_control("Split", options, default="all", required=True, key="images-split")
    return labelled_samples(dataset, split or "all")


def choose_selection(samples: Samples) -> Selection:
    """Draw the filters and return what they say; those that need a run are absent without one."""
    true_class = _class_picker("True class", "true")
    label_count = _label_count()
    called_class: int | None = None
    outcome: Outcome = "any"
    outcome_class: int | None = None
    if samples.calls is not None:
        called_class = _class_picker("Called class", "called")
        outcome, outcome_class = _choose_outcome(samples)
    text = st.text_input(
        "Id contains", key="find", bind="query-params", on_change=_first_page, width=140
    )
    return Selection(
        true_class=true_class,
        called_class=called_class,
        outcome=outcome,
        outcome_class=outcome_class,
        label_count=label_count,
        text=(text or "").strip(),
    )


def choose_order(samples: Samples, selection: Selection) -> Int[np.ndarray, " n"]:
    """Draw the sort picker and return the indices of the selected samples in that order."""
    rows = select_rows(selection, samples.ids, targets=samples.targets, calls=samples.calls)
    found: Int[np.ndarray, " n"] = rows[np.argsort(samples.id_rank[rows])]
    if samples.probs is None or samples.confidence is None:
        return found
    options = [BY_ID, BY_SCORE, *([BY_MISTAKE] if samples.truth_known else [])]
    by = _picker("Sort by", "sort", options, explanation=_SORT_HELP)
    if by == BY_SCORE:
        class_id = CLASS_NAMES.index(_picker("Score of", "by", list(CLASS_NAMES)))
        return sort_by_score(found, samples.probs, class_id=class_id)
    return sort_by_mistake(found, samples.confidence) if by == BY_MISTAKE else found


def _choose_outcome(samples: Samples) -> tuple[Outcome, int | None]:
    """Without a truth nothing is right or wrong."""
    if not samples.truth_known:
        return "any", None
    outcome: Outcome = _picker("Outcome", "outcome", list(OUTCOMES), explanation=_OUTCOME_HELP)
    needs_class = outcome in ("missed", "false")
    return outcome, _class_picker("Which class", "of") if needs_class else None


def _class_picker(label: str, key: str) -> int | None:
    name = _picker(label, key, [ANY, *CLASS_NAMES])
    return None if name == ANY else CLASS_NAMES.index(name)


def _label_count() -> int | None:
    options = [ANY, *map(str, range(1, MOST_LABELS + 1))]
    count = _picker("True labels", "labels", options, width=95)
    return None if count == ANY else int(count)


def _picker(
    label: str,
    key: str,
    options: Sequence[Any],
    *,
    explanation: str | None = None,
    width: int = 165,
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
