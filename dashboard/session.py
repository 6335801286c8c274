"""What one visitor has chosen, kept under a key that no widget owns, and mirrored in the link.

A browser sends its address with every message, and one that is quicker than the answer before it
sends the address of before. So the link is followed where a person followed it: at the first run,
to another page, Back and Forward. Otherwise it says what was last written into it.
"""

from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

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
        turned: what pickers were just used for: what cannot go along with that is not missed.
        filter: the text of the filter in force, on every page; empty for every sample.
        unread: what stands in the filter's field and cannot be read, and why; None where what
            stands there is in force.
        narrowed: whether pages that could show everything show only what the filter finds.
        linked_filter: what of these two stands in the link.
        refusal: why the filter finds nothing, as its field says; empty where it says nothing such.
        page: the page that is shown.
        link: what was written into its address; None where a key was taken out.
        browser_link: what the browser wrote there itself, and does not send: it sends what it was
            told last.
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
    turned: set[str] = field(default_factory=set)
    filter: str = ""
    unread: tuple[str, str] | None = None
    narrowed: bool = False
    linked_filter: tuple[str, bool] | None = None
    refusal: str = ""
    page: str = ""
    link: dict[str, str | None] = field(default_factory=dict)
    browser_link: dict[str, str] = field(default_factory=dict)
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


def follow_link(page: str) -> None:
    """Let the address say what it does if a person followed it to here; else put it right.

    Args:
        page: the page that is shown.
    """
    chosen, run = session(), get_script_run_ctx()
    back = bool(run and run.is_history_navigation)
    if back:
        _restore(chosen, same_page=page == chosen.page)
    if page != chosen.page or back:
        chosen.page, chosen.link, chosen.browser_link = page, {}, {}
    write_link()


def _restore(chosen: Session, *, same_page: bool) -> None:
    """Choose what the link says that Back or Forward led to.

    Thresholds moved since on another page stay, if they are of the run that it names.
    """
    link, run = st.query_params, chosen.picked_run
    if "dataset" in link:
        chosen.dataset, chosen.picked_run = link["dataset"], link.get("run")
    chosen.split = link.get("split", chosen.split)
    if same_page or chosen.picked_run != run:
        chosen.linked_thresholds = link.get("thresholds")
    chosen.missing.clear()


def write_link(**values: str | None) -> None:
    """Put `values` into the page's address, as one step of the history; None takes a key out.

    Without any value, an address sent before what was last written is put right.
    """
    told, address, own = session().link, st.query_params, session().browser_link
    wanted = values | {key: value for key, value in told.items() if key not in values}

    def stands(key: str) -> bool:
        at_hand = wanted[key] == (own[key] if key in own else address.get(key))
        return at_hand and told.get(key, wanted[key]) == wanted[key]

    changed = {key: value for key, value in wanted.items() if not stands(key)}
    if changed:  # An empty list is left out of the address.
        address.update(
            own | {key: [] if value is None else value for key, value in changed.items()}
        )
        own.clear()
    for key in [key for key, value in changed.items() if value is None]:
        del address[key]
    told.update(values)


def note_link(**values: str) -> None:
    """Take it that the browser has put `values` into its address itself: they are not told to it.

    It may have moved on since, and what it is told then is a step of the history, and back in time.
    """
    session().browser_link.update(values)
    session().link.update(values)
