"""The ways to label: one image at a time, one question for a grid of them, or settling disputes."""

from typing import Any

import streamlit as st

from dashboard.components.label_pad import Assignment, label_pad
from dashboard.labeling.person import Person
from dashboard.labeling.queue import (
    NEEDS,
    QUESTIONS,
    REVIEWS,
    QueueChoice,
    queue_fields,
    queue_neighbours,
)
from dashboard.labeling.tickets import issue_ticket
from dashboard.neighbours import offer_neighbours
from dashboard.session import session
from hpa_core.classes import CLASS_NAMES
from hpa_core.data.dataset import Dataset
from hpa_core.labeling.people import includes
from hpa_core.labeling.queue.planning import QueueSettings


def draw_pad(dataset: Dataset, person: Person) -> None:
    """Draw the queue's form and the pad that shows it one image at a time."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        need = _choose_need("Queue", NEEDS, key="label-need")
        choice = QueueChoice(
            need=need,
            split=_choose_split(dataset),
            settings=_choose_settings(),
            **_run_in_force(),
        )
    offer_neighbours(choice.run, choice.split, dataset.info, queue_neighbours(dataset, choice))
    _draw(dataset, person, choice)


def draw_grid(dataset: Dataset, person: Person) -> None:
    """Draw the question's form and the grid of images that it is asked of."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        asked = st.selectbox(
            "Is this", list(CLASS_NAMES), index=7, key="label-asked", bind="query-params", width=230
        )
        choice = QueueChoice(
            need=_choose_need("Of images", QUESTIONS, key="label-of"),
            split=_choose_split(dataset),
            question=CLASS_NAMES.index(asked),
            **_run_in_force(),
        )
    _draw(dataset, person, choice)


def draw_review_pad(dataset: Dataset, person: Person) -> None:
    """Draw the pad over what a reviewer settles; an annotator's word settles nothing."""
    choice = QueueChoice(
        need=_choose_need("What is settled", REVIEWS, key="label-review"),
        split=(session().run and session().split) or "all",  # Whose scores are shown.
        settings=QueueSettings(decided=True),
        **_run_in_force(),
    )
    _draw(dataset, person, choice, settles=includes(person.role, "reviewer"))


def _draw(dataset: Dataset, person: Person, choice: QueueChoice, *, settles: bool = False) -> None:
    if choice.filter:
        st.text(f"Of the images that the filter finds: {choice.filter}")
    assignment = Assignment(
        annotator=person.name,
        ticket=issue_ticket(person.name),
        queue=queue_fields(choice),
        question=choice.question,
        thresholds=session().thresholds,
        settles=settles,
    )
    label_pad(dataset.info, assignment)


def _run_in_force() -> dict[str, Any]:
    """Return what the sidebar says: the filter, and the run whose suggestions are shown."""
    chosen = session()
    thresholds = chosen.thresholds
    return {
        "filter": chosen.filter,
        "run": chosen.run or "",
        "thresholds": thresholds.thresholds,
        "fallback": thresholds.fallback,
    }


def _choose_need(label: str, needs: dict[str, str], *, key: str) -> str:
    explanation = "  \n".join(f"**{need}**: {meaning}" for need, meaning in needs.items())
    return st.selectbox(
        label, list(needs), key=key, bind="query-params", help=explanation, width=200
    )


def _choose_split(dataset: Dataset) -> str:
    """Return the sidebar's split where a run is chosen, else one of the dataset's."""
    chosen = session()
    if chosen.run and chosen.split:
        return chosen.split
    options = ["all", *dataset.splits]
    return st.selectbox("Split", options, key="label-split", width=130)


def _choose_settings() -> QueueSettings:
    """Return how the queue asks: second opinions, controls, repeats."""
    with st.popover("Opinions and controls", icon=":material/tune:"):
        opinions = st.number_input(
            "Opinions on each image",
            min_value=1,
            max_value=5,
            value=1,
            key="label-opinions",
            help="Each after the first is given blind: nobody sees what the others said.",
        )
        control = st.slider(
            "Random control, % of the images",
            min_value=0,
            max_value=50,
            value=0,
            key="label-control",
            help="Drawn at random among those asked: only they tell the share of wrong labels.",
        )
        repeats = st.slider(
            "Hidden repeats, % of the images",
            min_value=0,
            max_value=50,
            value=0,
            key="label-repeats",
            help="Images that you decided before, unmarked: how far do you agree with yourself?",
        )
    return QueueSettings(
        opinions=int(opinions), control_share=control / 100, repeat_share=repeats / 100
    )
