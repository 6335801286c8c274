"""What a draft comes to: copies after each step and their preview, worked out once for all.

Entries are keyed by the labels' hash, split, seed and steps, never by time; so a change of one step
works out that step and those after it alone.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
from jaxtyping import Int

from dashboard import cache
from dashboard.imbalance.plan_draft import Draft, Values
from hpa_core.data.dataset import Dataset
from hpa_core.errors import ConfigError
from hpa_core.imbalance.planning import check_epoch, step_rng
from hpa_core.imbalance.preview import PlanPreview, preview_plan
from hpa_core.imbalance.steps import TargetShares, step_from_dict
from hpa_core.imbalance.target_shares import ShareSolution


@dataclass(frozen=True)
class Reached:
    """How far a step comes.

    Attributes:
        copies: after it; before it where it cannot be done.
        solution: what the solver says, where it is a step of target shares.
        problem: one sentence on why it cannot be done; empty where it can.
    """

    copies: Int[np.ndarray, " N"]
    solution: ShareSolution | None = None
    problem: str = ""


@dataclass(frozen=True)
class Outcome:
    """What a draft comes to: each step up to the first that cannot be done, and the preview."""

    reached: Sequence[Reached]
    preview: PlanPreview

    @property
    def problem(self) -> str:
        """Why the draft is no plan, empty where it is one."""
        return self.reached[-1].problem if self.reached else ""


def outcome_of(dataset: Dataset, draft: Draft) -> Outcome:
    """Work out a draft, up to the first step that cannot be done."""
    frame = (dataset.info.name, draft.split, dataset.content_hash(draft.split), draft.seed)
    keys = _keys(draft.plain)
    reached: list[Reached] = []
    for number in range(len(keys)):
        reached.append(_reached(*frame, keys[: number + 1]))
        if reached[-1].problem:
            break
    done = len(reached) - bool(reached and reached[-1].problem)
    return Outcome(reached, _preview(*frame, keys[:done]))


def _keys(steps: Sequence[Values]) -> tuple[str, ...]:
    return tuple(json.dumps(values, sort_keys=True) for values in steps)


@st.cache_resource(max_entries=16, show_spinner=False)
def _reached(name: str, split: str, version: str, seed: int, steps: tuple[str, ...]) -> Reached:
    """Apply the last of `steps` to what the others, all of which can be done, reach."""
    targets, number = cache.split_targets(name, split), len(steps) - 1
    before = np.ones(len(targets), dtype=np.int64)
    if number:
        before = _reached(name, split, version, seed, steps[:-1]).copies
    try:
        return _applied(steps[-1], before, targets, number=number, seed=seed)
    except ConfigError as error:
        return Reached(before, problem=f"Step {number + 1}: {error}")


def _applied(
    values: str, before: np.ndarray, targets: np.ndarray, *, number: int, seed: int
) -> Reached:
    step, rng = step_from_dict(json.loads(values)), step_rng(seed, number)
    if isinstance(step, TargetShares):
        solution = step.solve(before, targets, rng=rng)
        reached = Reached(solution.copies, solution)
    else:
        reached = Reached(step.apply(before, targets, rng=rng))
    check_epoch(reached.copies, number, step)
    return reached


@st.cache_resource(max_entries=16, show_spinner=False)
def _preview(name: str, split: str, version: str, seed: int, steps: tuple[str, ...]) -> PlanPreview:
    targets = cache.split_targets(name, split)
    if not steps:
        return preview_plan(targets, np.ones(len(targets), dtype=np.int64))
    return preview_plan(targets, _reached(name, split, version, seed, steps).copies)
