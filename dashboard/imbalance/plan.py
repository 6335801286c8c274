"""The section of plans: put resampling together, see what it does, keep it, train with it."""

from inspect import getdoc

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import cache
from dashboard.imbalance import plan_effect, plan_forms, plan_saved, plan_share_form
from dashboard.imbalance.plan_draft import (
    NOTHING,
    OWN,
    SAVED,
    Draft,
    DraftStep,
    draft_of,
    origins,
    split_options,
    start_from,
)
from dashboard.imbalance.plan_outcome import Outcome, outcome_of
from dashboard.synthetic import counted_samples
from hpa_core.data.dataset import Dataset
from hpa_core.imbalance.measures import class_counts
from hpa_core.imbalance.presets import PLAN_PRESETS
from hpa_core.imbalance.report_plans import REPORT_TABLES
from hpa_core.imbalance.steps import STEPS

ORIGIN_LABELS = {NOTHING: "every sample once", OWN: "steps of my own"}
MOST_STEPS = 20


def draw_plan(dataset: Dataset) -> None:
    """Draw the plan in the making on the left, and what an epoch of it shows on the right."""
    draft = draft_of(dataset)
    start = st.container()
    compose, effect = st.columns([6, 5], gap="medium")
    with compose:
        slots = _draw_steps(draft)
        _draw_adding(dataset, draft)
    with start:  # Filled once the forms were read: a changed preset is one no more.
        _draw_start(dataset, draft)
    outcome = outcome_of(dataset, draft)
    _draw_solutions(slots, draft, outcome)
    with effect:
        _draw_effect(dataset, draft, outcome)
        st.subheader("Keep")
        plan_saved.draw_save(dataset, draft, possible=not outcome.problem)
        plan_saved.draw_saved(dataset, draft)
    if outcome.problem:
        return
    with compose:
        if draft.began in REPORT_TABLES and not dataset.info.synthetic:
            plan_effect.draw_report(draft.began, outcome.preview)
    plan_effect.draw_classes(outcome.preview)
    plan_effect.draw_most_copied(dataset, draft, outcome.preview)


def _draw_start(dataset: Dataset, draft: Draft) -> None:
    """Ask what to begin with, whose rows are resampled, and the seed."""
    start, split, seed = st.columns([6, 4, 2], vertical_alignment="bottom")
    with start:
        _mirror("plan-origin", draft.origin)
        st.selectbox(
            "Begin with",
            origins(draft, dataset),
            key="plan-origin",
            format_func=_origin_label,
            on_change=lambda: start_from(draft, dataset, st.session_state["plan-origin"]),
        )
    with split:
        _mirror("plan-split", draft.split)
        st.selectbox(
            "Split",
            split_options(dataset),
            key="plan-split",
            on_change=lambda: _change_split(dataset, draft),
            help="A training shows the samples of one split; a plan is for that one.",
        )
    with seed:
        _mirror("plan-seed", draft.seed)
        st.number_input(
            "Seed",
            min_value=0,
            max_value=2**31 - 1,
            step=1,
            key="plan-seed",
            on_change=lambda: draft.reseed(st.session_state["plan-seed"]),
            help="Of what is drawn: the same labels, steps and seed give the same plan.",
        )
    if draft.began in PLAN_PRESETS:
        st.caption(" ".join((getdoc(PLAN_PRESETS[draft.began]) or "").split()))


def _mirror(key: str, value: object) -> None:
    """Let a widget show what the draft says; the draft owns the value."""
    st.session_state[key] = value


def _change_split(dataset: Dataset, draft: Draft) -> None:
    draft.resplit(st.session_state["plan-split"])
    if draft.origin in PLAN_PRESETS:  # A preset follows the labels.
        start_from(draft, dataset, draft.origin)


def _origin_label(origin: str) -> str:
    if origin.startswith(SAVED):
        return f"saved plan {origin.removeprefix(SAVED)}"
    return ORIGIN_LABELS.get(origin, f"preset {origin}")


def _draw_steps(draft: Draft) -> list[DeltaGenerator]:
    """Draw every step with its form; return a place below each for what came of it."""
    st.subheader("Steps", help="Done in order; each sees the copies that those before it left.")
    if not draft.steps:
        st.caption("Without a step, every sample is shown once. Begin with a preset, or add steps.")
    return [_draw_step(draft, step, number) for number, step in enumerate(draft.steps, start=1)]


def _draw_step(draft: Draft, step: DraftStep, number: int) -> DeltaGenerator:
    known = STEPS[step.values["step"]]
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{number} · {known.kind}**", help=known.description)
            for name, icon, act, off in (
                ("Earlier", "arrow_upward", draft.move_up, number == 1),
                ("Remove", "close", draft.remove, False),
            ):
                st.button(
                    name,
                    key=f"plan-{step.uid}-{name.lower()}",
                    icon=f":material/{icon}:",
                    type="tertiary",
                    disabled=off,
                    on_click=act,
                    args=(step.uid,),
                )
        draft.change(step.uid, plan_forms.ask_step(step))
        return st.container()


def _draw_adding(dataset: Dataset, draft: Draft) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.selectbox(
            "Another step",
            list(STEPS),
            key="plan-kind",
            format_func=lambda one: f"{one}: {STEPS[one].description}",
        )
        st.button(
            "Add",
            key="plan-add",
            icon=":material/add:",
            disabled=len(draft.steps) >= MOST_STEPS,
            on_click=_add,
            args=(dataset, draft, kind),
        )


def _add(dataset: Dataset, draft: Draft, kind: str) -> None:
    counts = class_counts(cache.split_targets(dataset.info.name, draft.split))
    draft.add(plan_forms.starting_values(kind, counts))


def _draw_solutions(slots: list[DeltaGenerator], draft: Draft, outcome: Outcome) -> None:
    for slot, step, reached in zip(slots, draft.plain, outcome.reached, strict=False):
        with slot:
            if reached.problem:
                st.error(reached.problem, icon=":material/error:")
            elif reached.solution:
                plan_share_form.draw_solution(reached.solution, spread=step["spread"])


def _draw_effect(dataset: Dataset, draft: Draft, outcome: Outcome) -> None:
    st.subheader("What an epoch shows")
    rows = counted_samples(dataset.info, outcome.preview.before.samples)
    rows += f": dataset {dataset.info.name!r}, "
    st.caption(f"{rows}{'every split' if draft.split == 'all' else f'split {draft.split}'}.")
    if outcome.problem:
        st.warning("One step cannot be done; this is what the steps before it come to.")
    plan_effect.draw_figures(outcome.preview)
    plan_effect.draw_chart(outcome.preview)
