"""The steps that a resampling plan is built from, by kind; later steps see the copies so far."""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from typing import Any

from hpa_core.errors import ConfigError
from hpa_core.imbalance.steps.by_class import CopyAlone, CopyClasses, DeleteAlone
from hpa_core.imbalance.steps.by_frequency import ClassAware, RepeatFactor
from hpa_core.imbalance.steps.by_label import MlRos, MlRus
from hpa_core.imbalance.steps.by_label_set import LpRos, LpRus
from hpa_core.imbalance.steps.by_share import TargetShares
from hpa_core.imbalance.steps.step import Step

_KNOWN: tuple[type[Step], ...] = (
    CopyClasses,
    DeleteAlone,
    CopyAlone,
    MlRos,
    MlRus,
    LpRos,
    LpRus,
    RepeatFactor,
    ClassAware,
    TargetShares,
)
__all__ = [
    "STEPS",
    "ClassAware",
    "CopyAlone",
    "CopyClasses",
    "DeleteAlone",
    "LpRos",
    "LpRus",
    "MlRos",
    "MlRus",
    "RepeatFactor",
    "Step",
    "TargetShares",
    "step_from_dict",
    "steps_from_dicts",
]

STEPS: dict[str, type[Step]] = {known.kind: known for known in _KNOWN}


def step_from_dict(values: Mapping[str, Any]) -> Step:
    """Build a step from plain values, its kind under `step`.

    >>> step_from_dict({"step": "ml-ros", "percent": 25}).to_dict()
    {'step': 'ml-ros', 'percent': 25.0}

    Raises:
        ConfigError: the kind or a setting is unknown, missing, or has a value that cannot be meant.
    """
    given = dict(values)
    kind = given.pop("step", None)
    if not isinstance(kind, str) or kind not in STEPS:
        raise ConfigError(f"step must be one of {', '.join(STEPS)}; found {kind!r:.80}.")
    known = {item.name: item for item in fields(STEPS[kind])}
    if unknown := sorted(str(name) for name in given if name not in known):
        raise ConfigError(
            f"The step {kind!r} has no setting {unknown[0][:40]!r}; it has: {', '.join(known)}."
        )
    missing = [name for name in known if known[name].default is MISSING and name not in given]
    if missing:
        raise ConfigError(
            f"The step {kind!r} needs {missing[0]!r}: {known[missing[0]].metadata['help']}."
        )
    return STEPS[kind](**given)


def steps_from_dicts(values: Sequence[Any]) -> tuple[Step, ...]:
    """Build the steps of a plan, in order.

    Raises:
        ConfigError: as `step_from_dict`, with the number of the step.
    """
    steps = []
    for number, item in enumerate(values, start=1):
        if not isinstance(item, Mapping):
            raise ConfigError(
                f"Step {number} must be an object with the key 'step'; found {item!r:.80}."
            )
        try:
            steps.append(step_from_dict(item))
        except ConfigError as error:
            raise ConfigError(f"Step {number}: {error}") from None
    return tuple(steps)
