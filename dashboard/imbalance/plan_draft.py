"""The plan that a visitor is putting together: where it came from, its split, seed and steps.

It is kept under a key that no widget owns, one for each dataset. What it came from stands in the
link as long as it is unchanged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from dashboard import cache
from dashboard.session import write_link
from dashboard.training.splits import split_choices
from hpa_core.data.dataset import Dataset
from hpa_core.imbalance.plan import Plan
from hpa_core.imbalance.planning import default_split
from hpa_core.imbalance.presets import PLAN_PRESETS

KEY, LINK = "plan-drafts", "plan"
NOTHING, OWN, SAVED = "nothing", "own", "saved:"
Values = dict[str, Any]


@dataclass
class DraftStep:
    """A step as plain values, its kind under `step`; `uid` tells its widgets from others'."""

    uid: int
    values: Values


@dataclass
class Draft:
    """A plan in the making.

    Attributes:
        origin: a preset, `saved:` and a saved plan's name, `nothing`, or `own` after a change.
        began: the origin before any change.
        split: whose rows it resamples.
        seed: of what is drawn.
        steps: in order.
        made: steps made so far; the next one's uid.
    """

    split: str
    origin: str = NOTHING
    began: str = NOTHING
    seed: int = 0
    steps: list[DraftStep] = field(default_factory=list)
    made: int = 0

    @property
    def plain(self) -> list[Values]:
        """The steps as plain values."""
        return [step.values for step in self.steps]

    def change(self, uid: int, values: Values) -> None:
        """Take over what the form of a step says."""
        step = next(step for step in self.steps if step.uid == uid)
        if step.values != values:
            step.values = values
            self._own()

    def add(self, values: Values) -> None:
        """Append a step."""
        self._append(values)
        self._own()

    def remove(self, uid: int) -> None:
        """Take a step out."""
        self.steps = [step for step in self.steps if step.uid != uid]
        self._own()

    def move_up(self, uid: int) -> None:
        """Let a step change places with the one before it."""
        place = next(place for place, step in enumerate(self.steps) if step.uid == uid)
        if place:
            self.steps.insert(place - 1, self.steps.pop(place))
            self._own()

    def reseed(self, seed: int) -> None:
        """Draw anew from another seed; a saved plan is another plan then."""
        self.seed = seed
        if self.origin.startswith(SAVED):
            self._own()

    def resplit(self, split: str) -> None:
        """Resample another split."""
        self.split = split
        if self.origin.startswith(SAVED):
            self._own()

    def replace(self, steps: Sequence[Mapping[str, Any]], *, origin: str) -> None:
        """Begin again with these steps."""
        self.steps = []
        for values in steps:
            self._append(dict(values))
        self.origin = self.began = origin
        write_link(**{LINK: None if origin == NOTHING else origin})

    def _append(self, values: Values) -> None:
        self.steps.append(DraftStep(self.made, values))
        self.made += 1

    def _own(self) -> None:
        if self.origin != OWN:
            self.origin = OWN
            write_link(**{LINK: None})


def draft_of(dataset: Dataset) -> Draft:
    """Return this visitor's draft for a dataset; the first one comes from the link."""
    drafts: dict[str, Draft] = st.session_state.setdefault(KEY, {})
    name = dataset.info.name
    if name not in drafts or drafts[name].split not in split_options(dataset):
        drafts[name] = Draft(split=default_split(dataset))
        start_from(drafts[name], dataset, st.query_params.get(LINK, NOTHING))
    return drafts[name]


def split_options(dataset: Dataset) -> list[str]:
    """Return what a plan can be for: what a training can learn from, or all samples."""
    return [*split_choices("train_split", dataset), "all"]


def origins(draft: Draft, dataset: Dataset) -> list[str]:
    """Everything that a plan can begin from, and `own` while the draft is of one's own."""
    saved = [SAVED + item.name for item in cache.plans(dataset.info.name) if item.plan]
    return [NOTHING, *PLAN_PRESETS, *saved, *([OWN] if draft.origin == OWN else [])]


def start_from(draft: Draft, dataset: Dataset, origin: str) -> None:
    """Fill the draft with the steps of a preset or a saved plan; an unknown one leaves it empty."""
    plan = _saved_plan(dataset, origin)
    if plan is not None:
        draft.seed = plan.seed
        draft.split = plan.split if plan.split in split_options(dataset) else draft.split
        draft.replace(plan.steps, origin=origin)
    elif origin in PLAN_PRESETS:
        targets = dataset.targets[dataset.rows(draft.split)]
        steps = PLAN_PRESETS[origin](targets)
        draft.replace([step.to_dict() for step in steps], origin=origin)
    else:
        draft.replace([], origin=NOTHING)


def _saved_plan(dataset: Dataset, origin: str) -> Plan | None:
    if not origin.startswith(SAVED):
        return None
    name = origin.removeprefix(SAVED)
    return next((one.plan for one in cache.plans(dataset.info.name) if one.name == name), None)
