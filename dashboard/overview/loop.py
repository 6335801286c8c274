"""The loop as the Overview shows it: each page, and how the chosen data and run stand there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import streamlit as st

from dashboard import cache
from dashboard.charts import CLASS_LABELS
from dashboard.guard import guarded
from dashboard.imbalance.facts import above_mean
from dashboard.leaks import leaks_of
from dashboard.menu import MENU
from dashboard.session import Session
from dashboard.synthetic import synthetic_note
from dashboard.thresholds.measured import Measured
from dashboard.thresholds.scores import learnt_note, origin, score_set
from dashboard.training.choice import every_training
from dashboard.wording import counted
from hpa_core.classes import N_CLASSES
from hpa_core.experiments.experiment import list_experiments
from hpa_core.runs.thresholds import list_thresholds

CARDS_A_ROW = 4


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where one step of the loop stands.

    Attributes:
        measure: what the figure counts or measures.
        figure: as it is shown; "-" where there is nothing to measure yet.
        said: of what the figure is, and what else is worth knowing.
    """

    measure: str
    figure: str
    said: str


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of the loop: the page that takes it, and how to tell where it stands."""

    page: str
    title: str
    icon: str
    stand: Callable[[Session], Standing]
    query: Mapping[str, str] = field(default_factory=dict)


def draw_loop(chosen: Session) -> None:
    """Draw a card for each step; one that cannot be told says why and leaves the others alone."""
    for first in range(0, len(LOOP), CARDS_A_ROW):
        row = LOOP[first : first + CARDS_A_ROW]
        for column, step in zip(st.columns(CARDS_A_ROW), row, strict=True):
            with column.container(border=True, height="stretch"):
                st.page_link(
                    f"../pages/{step.page}.py",
                    label=f"**{step.title}**",
                    icon=step.icon,
                    query_params=dict(step.query),
                )
                with guarded():
                    standing = step.stand(chosen)
                    st.metric(standing.measure, standing.figure)
                    st.caption(standing.said)


def _imbalance(chosen: Session) -> Standing:
    if chosen.dataset is None:
        return Standing(measure="Largest ratio", figure="-", said="no dataset yet")
    measured = cache.imbalance(chosen.dataset, "all")
    ratios = measured.irlbl[np.isfinite(measured.irlbl)]
    rare, plans = int(above_mean(measured).sum()), len(cache.plans(chosen.dataset))
    return Standing(
        measure="Largest ratio",
        figure=f"{ratios.max():,.0f} : 1" if ratios.size else "-",
        said=f"{rare} of {N_CLASSES} classes are rare in {chosen.dataset}; "
        f"{_count(plans, 'resampling plan')}",
    )


def _training(_: Session) -> Standing:
    trainings = every_training()
    active = sum(training.active for training in trainings)
    failed = sum(training.state == "failed" for training in trainings)
    broken = f", {failed} failed" if failed else ""
    return Standing(
        measure="Trainings",
        figure=f"{len(trainings):,}",
        said=f"{active or 'none'} under way{broken}" if trainings else "start a first one",
    )


def _experiments(_: Session) -> Standing:
    asked = list_experiments(cache.workspace())
    return Standing(
        measure="Experiments",
        figure=f"{len(asked):,}",
        said=f"the newest: {asked[0].name}" if asked else "learning rate, network, resampling",
    )


def _images(chosen: Session) -> Standing:
    if chosen.dataset is None:
        return Standing(measure="Images", figure="-", said="no dataset yet")
    info = cache.dataset(chosen.dataset).info
    size = f"{info.image_size} px, four channels" if info.has_images else "labels without images"
    return Standing(
        measure="Images" if info.has_images else "Samples",
        figure=f"{info.samples:,}",
        said=f"{size}; dataset {info.name}",
    )


def _thresholds(chosen: Session) -> Standing:
    if chosen.run is None or chosen.split is None:
        return Standing(measure="Macro F1", figure="-", said=_no_scores(chosen))
    run = cache.run(chosen.run)
    scored = score_set(chosen.thresholds, Measured(run=run, split=chosen.split))
    return Standing(
        measure="Macro F1",
        figure=f"{scored.macro_f1:.4f}" if scored else "-",
        said=f"{_scored(chosen)}, set {chosen.thresholds.name}: "
        f"{origin(chosen.thresholds, run, chosen.split)}"
        f"{synthetic_note(run)}{_leaks(chosen.run, chosen.split)}",
    )


def _errors(chosen: Session) -> Standing:
    if chosen.run is None or chosen.split is None:
        return Standing(measure="Wrong calls", figure="-", said=_no_scores(chosen))
    run = cache.run(chosen.run)
    scored = score_set(chosen.thresholds, Measured(run=run, split=chosen.split))
    if scored is None:
        return Standing(measure="Wrong calls", figure="-", said="the truth is not known")
    each = scored.per_class
    missed, false = int(each.fn.sum()), int(each.fp.sum())
    worst = CLASS_LABELS[int(np.where(each.support > 0, each.f1, np.inf).argmin())]
    return Standing(
        measure="Wrong calls",
        figure=f"{missed + false:,}",
        said=f"{missed:,} missed, {false:,} false; lowest F1: {worst}; {_scored(chosen)}."
        f"{learnt_note(run, chosen.split)}{synthetic_note(run)}",
    )


def _labels(chosen: Session) -> Standing:
    if chosen.dataset is None:
        return Standing(measure="Decided", figure="-", said="no dataset yet")
    info = cache.dataset(chosen.dataset).info
    decided = len(cache.label_store().watch(info))
    return Standing(
        measure="Images decided on",
        figure=f"{decided:,}",
        said=f"of {info.samples:,} in {info.name}; the most suspicious labels come first",
    )


def _hand_in(chosen: Session) -> Standing:
    if chosen.run is None:
        return Standing(measure="Saved sets", figure="-", said=_no_scores(chosen))
    sets = list_thresholds(cache.run(chosen.run))
    return Standing(
        measure="Saved sets",
        figure=f"{len(sets):,}",
        said="write a submission, check it against the sample file, score it against a solution",
    )


def _no_scores(chosen: Session) -> str:
    return "no predictions yet" if chosen.picked_run is None else "no run is chosen"


def _scored(chosen: Session) -> str:
    return f"split {chosen.split}, run {chosen.run}"


def _leaks(run_id: str, split: str) -> str:
    leaks = leaks_of(cache.run(run_id), split)
    return f" **Leak:** {leaks.sentence}" if leaks and leaks.leaks else ""


def _count(number: int, what: str) -> str:
    return counted(number, what) if number else f"no {what}s"


STANDINGS = {
    "imbalance": _imbalance,
    "train": _training,
    "experiments": _experiments,
    "images": _images,
    "thresholds": _thresholds,
    "errors": _errors,
    "label": _labels,
}
HAND_IN = Step(
    page="thresholds",
    title="Hand in",
    icon=":material/send:",
    stand=_hand_in,
    query={"studio": "Submissions"},
)
LOOP = (
    *(
        Step(page=entry.page, title=entry.title, icon=entry.icon, stand=STANDINGS[entry.page])
        for entry in MENU
        if entry.page in STANDINGS
    ),
    HAND_IN,
)
