"""Which images of a split the Thresholds page measures: all, or what the filter finds.

Only what looks is narrowed. What chooses thresholds does so on the whole split, for a set chosen on
some of its images would be worth less than it says.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import streamlit as st
from jaxtyping import Int

from dashboard import cache
from dashboard.samples import scored_samples
from dashboard.selections.active import active_expression
from dashboard.selections.narrowing import ask_narrowing
from dashboard.session import session
from dashboard.thresholds.score_file import part_file, score_file_address
from dashboard.wording import counted
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.predictions import Predictions
from hpa_core.runs.thresholds import ThresholdSet
from hpa_core.selections.expression import asks_for_calls
from hpa_core.selections.samples import Samples, outside_samples
from hpa_core.targets import rows_of

HELD = "hpa-measured-thresholds"


@dataclass(frozen=True, kw_only=True, eq=False)
class Measured:
    """Images of one split of a run that figures are of.

    Attributes:
        rows: their places among the predictions, rising; all of them if None.
        filter: what they had to fulfil.
    """

    run: RunFolder
    split: str
    rows: Int[np.ndarray, " n"] | None = None
    filter: str = ""

    @cached_property
    def predictions(self) -> Predictions:
        """What the run says of these images."""
        everything = cache.predictions(self.run.id, self.split)
        return everything if self.rows is None else everything.part(self.rows)

    @property
    def address(self) -> str:
        """Where the board finds their scores; another for other scores or images."""
        return score_file_address(self.run.id, self.split, self.rows)

    def make_ready(self) -> None:
        """Have the scores of a part there before the board asks for them."""
        if self.rows is not None:
            part_file(self.run.id, self.split, self.rows)

    @property
    def count(self) -> str:
        """How many images, in Markdown."""
        if self.rows is None:
            return f"**{counted(len(self.predictions.ids), 'image')}**"
        whole = len(cache.predictions(self.run.id, self.split).ids)
        share = f"{len(self.predictions.ids):,} of {whole:,}"
        return f"**{share} images**, those that fulfil `{self.filter}`"


def ask_measured(run: RunFolder, split: str) -> Measured:
    """Draw the toggle and return the images that the page measures.

    Raises:
        FilterError: the toggle is on, and the filter cannot be read or asks what is not known.
    """
    samples = _samples(run, split, _thresholds_of_filter(run, split))
    found = ask_narrowing(samples)
    if found is None:
        return Measured(run=run, split=split)
    if asks_for_calls(active_expression()):
        _say_held()
    places = rows_of(cache.predictions(run.id, split).ids, samples.ids[found])
    return Measured(run=run, split=split, rows=np.sort(places), filter=session().filter)


def _samples(run: RunFolder, split: str, thresholds: ThresholdSet) -> Samples:
    """Return what the filter chooses from, with the calls of `thresholds`."""
    chosen = replace(session(), thresholds=thresholds)
    own = scored_samples(chosen, cache.dataset(chosen.dataset)) if chosen.dataset else None
    return own or outside_samples(cache.predictions(run.id, split), split).called(thresholds)


def _thresholds_of_filter(run: RunFolder, split: str) -> ThresholdSet:
    """Return what the filter's calls follow: the active set as it was when the filter was put on.

    So a move on the board changes figures, and not the images that they are of.
    """
    chosen = session()
    about = (chosen.narrowed, chosen.filter, run.id, split)
    held = st.session_state.get(HELD)
    if not chosen.narrowed or held is None or held[0] != about:
        held = st.session_state[HELD] = (about, chosen.thresholds)
    thresholds: ThresholdSet = held[1]
    return thresholds


def _say_held() -> None:
    """Say which thresholds the filter's calls follow, and offer those in force."""
    moved = st.session_state[HELD][1].rule != session().thresholds.rule
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            "The filter asks about calls: its images are those of the thresholds as they stood "
            "when it was put on, and stay the same while you move these.",
            width="content",
        )
        if moved:
            st.button("Choose them anew", key="measured-anew", type="tertiary", on_click=_forget)


def _forget() -> None:
    st.session_state.pop(HELD, None)
