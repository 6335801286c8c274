"""What one visitor has chosen, kept under a key that no widget owns, and mirrored in the link."""

from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from hpa_core.runs.thresholds import ThresholdSet, fixed_thresholds

KEY = "hpa"


@dataclass
class Session:
    """The choice in force.

    Attributes:
        dataset: name of the dataset, None while there is none.
        annotator: who labels, where no login says it; None while nobody is named.
        picked_run: id of the run whose predictions are shown; empty where none is wanted, None
            before anything was picked.
        split: the split whose images and scores are shown.
        thresholds: the active set, perhaps not saved yet; every page's calls follow it.
        thresholds_owner: the run that the active set was chosen for.
        linked_thresholds: the set that the link names or spells, until the pickers take it up.
        missing: what was asked for and is not here, by picker, until another choice is made.
        filter: the text of the filter in force, on every page; empty for every sample.
        narrowed: whether pages that could show everything show only what the filter finds.
        linked_filter: what of these two stands in the link.
        mirrors: what each widget shows of what it mirrors, and how often that changed elsewhere.
    """

    dataset: str | None = None
    annotator: str | None = None
    picked_run: str | None = None
    split: str | None = None
    thresholds: ThresholdSet = field(default_factory=lambda: fixed_thresholds(0.5))
    thresholds_owner: str | None = None
    linked_thresholds: str | None = None
    missing: dict[str, str] = field(default_factory=dict)
    filter: str = ""
    narrowed: bool = False
    linked_filter: tuple[str, bool] | None = None
    mirrors: dict[str, tuple[Any, int]] = field(default_factory=dict)

    @property
    def run(self) -> str | None:
        """The run whose predictions are shown, None without any."""
        return self.picked_run or None


def session() -> Session:
    """Return this visitor's choice; on the first call it comes from the link."""
    if KEY not in st.session_state:
        link = st.query_params
        st.session_state[KEY] = Session(
            dataset=link.get("dataset"),
            annotator=link.get("annotator"),
            picked_run=link.get("run"),
            split=link.get("split"),
            linked_thresholds=link.get("thresholds"),
        )
    chosen: Session = st.session_state[KEY]
    return chosen


def write_link(**values: str | None) -> None:
    """Put `values` into the page's address; None takes a key out."""
    for key, value in values.items():
        if value is None:
            st.query_params.pop(key, None)
        elif st.query_params.get(key) != value:
            st.query_params[key] = value
