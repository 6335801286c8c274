"""What a person did before this visit, as the pad's undo and redo take it."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard import cache
from dashboard.labeling.messages import KINDS
from dashboard.labeling.standing import labels_in_force
from hpa_core.data.dataset import Dataset
from hpa_core.labeling import SampleState
from hpa_core.labeling.store.deciding import stands_on
from hpa_core.labeling.store.undoing import Step, Steps

STEPS = 50
"""Acts that a new visit can take back, and bring back; a further visit reaches further ones."""


def read_past(dataset: Dataset, annotator: str) -> Steps:
    """Return the acts of the pad's own kinds, the last of each list first to be turned."""
    steps = cache.label_store().steps(dataset.info, annotator, limit=STEPS)
    rows = dataset.row_of
    return Steps(
        done=tuple(step for step in steps.done if _is_of_pad(step, rows)),
        undone=tuple(step for step in steps.undone if _is_of_pad(step, rows)),
    )


def past_acts(dataset: Dataset, steps: Sequence[Step]) -> list[dict[str, Any]]:
    """Return acts in the pad's own form; one that somebody else stands on has no decisions."""
    return [_act(dataset, step) for step in steps]


def _is_of_pad(step: Step, rows: Mapping[str, int]) -> bool:
    return all(event.kind in KINDS and event.sample in rows for event in step.events)


def _act(dataset: Dataset, step: Step) -> dict[str, Any]:
    if step.in_the_way is not None:
        return {"key": step.key, "decisions": [], "blocked": stands_on(step.in_the_way)}
    decisions = [
        {
            "id": event.sample,
            "track": event.track,
            "base": event.version - 1,
            "before": _said(dataset, event.sample, step.before[event.sample, event.track]),
            "after": _said(dataset, event.sample, step.after[event.sample, event.track]),
        }
        for event in step.events
    ]
    return {"key": step.key, "decisions": decisions, "blocked": ""}


def _said(dataset: Dataset, sample: str, state: SampleState) -> dict[str, Any]:
    return {
        "labels": labels_in_force(dataset, sample, state),
        "note": state.note,
        "kind": state.decision,
    }
