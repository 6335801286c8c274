"""Plans on disk: `datasets/<name>/plans/<plan>.json`.

One JSON object: the fields of `Plan`, and `hash`, by which damage is told. Copies stand there as
plain numbers, so any program can read them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from hpa_core.data.dataset import Dataset
from hpa_core.errors import DatasetError, HpaError, PlanError
from hpa_core.files import checked_name, delete_file, explained_os_errors, write_atomic
from hpa_core.imbalance.plan import Plan
from hpa_core.imbalance.planning import LONGEST_EPOCH, make_plan
from hpa_core.imbalance.steps import steps_from_dicts

PLANS = "plans"
LARGEST_FILE = 2**26
"""Bytes read at the most: room for 20 million rows."""

_WORDS = ("name", "dataset", "dataset_hash", "split", "hash")


@dataclass(frozen=True, kw_only=True)
class SavedPlan:
    """A plan of a dataset, and whether it can be used.

    Attributes:
        plan: None where the file is damaged.
        problem: one sentence on why it cannot be used as it is; empty where it can.
    """

    name: str
    plan: Plan | None
    problem: str = ""


def write_plan(dataset: Dataset, plan: Plan) -> Path:
    """Save `plan` under its name, replacing one of the same name.

    Raises:
        PlanError: it was made for another state of the dataset.
        WorkspaceError: the name cannot be a file's, or the dataset's folder cannot be written.
    """
    check_plan(dataset, plan)
    path = _path(dataset, plan.name)
    with explained_os_errors(path):
        path.parent.mkdir(exist_ok=True)
    write_atomic(path, plan_to_json(plan))
    return path


def read_plan(dataset: Dataset, name: str, *, split: str | None = None) -> Plan:
    """Read the plan `name`, which must have been made for the dataset as it is now.

    Args:
        dataset: whose plan it is.
        name: of the plan.
        split: the split it is wanted for; its own if None.

    Raises:
        PlanError: there is none; it is damaged; it is of other labels, splits or another split.
        WorkspaceError: the name cannot be a file's.
    """
    plan = _stored(dataset, name)
    check_plan(dataset, plan, split=split)
    return plan


def list_plans(dataset: Dataset) -> list[SavedPlan]:
    """Every plan of a dataset by name; what cannot be used says why."""
    names = sorted(path.stem for path in (dataset.folder / PLANS).glob("[!.]*.json"))
    return [_saved(dataset, name) for name in names]


def delete_plan(dataset: Dataset, name: str) -> None:
    """Delete the plan `name`; runs that were made from it keep their own copy.

    Raises:
        PlanError: there is none.
        WorkspaceError: the name cannot be a file's, or the file cannot be deleted.
    """
    delete_file(_path(dataset, name), missing=_missing(dataset, name))


def remake_plan(dataset: Dataset, name: str) -> Plan:
    """Make the plan `name` again, by its steps and seed, for the labels as they are now; save it.

    Raises:
        PlanError: there is none, or it is damaged.
        ConfigError, DatasetError: its steps or its split mean nothing any more.
    """
    old = _stored(dataset, name)
    steps = steps_from_dicts(old.steps)
    plan = make_plan(dataset, steps, split=old.split, seed=old.seed, name=name)
    write_plan(dataset, plan)
    return plan


def check_plan(dataset: Dataset, plan: Plan, *, split: str | None = None) -> None:
    """Refuse a plan that was not made for the dataset as it is now, or not for `split`.

    Raises:
        PlanError: its labels, its splits or its split are others.
    """
    name = dataset.info.name
    if not _fits(dataset, plan):
        raise PlanError(
            f"Plan {plan.name!r} was made for other labels or splits than dataset {name!r} has "
            f"now; make it again: python -m hpa_core plan {name} --remake {plan.name}"
        )
    if split is not None and plan.split != split:
        raise PlanError(
            f"Plan {plan.name!r} resamples split {plan.split!r} of dataset {name!r}, and "
            f"{split!r} was asked for; choose another plan or split."
        )


def _fits(dataset: Dataset, plan: Plan) -> bool:
    try:
        same = plan.dataset_hash == dataset.content_hash(plan.split)
        return same and len(plan.copies) == len(dataset.rows(plan.split))
    except DatasetError:  # The split, or the folds that it names, are gone.
        return False


def plan_to_json(plan: Plan) -> bytes:
    """Return the content of a plan's file."""
    values = {
        "name": plan.name,
        "dataset": plan.dataset,
        "dataset_hash": plan.dataset_hash,
        "split": plan.split,
        "seed": plan.seed,
        "steps": list(plan.steps),
        "hash": plan.hash,
        "copies": plan.copies.tolist(),
    }
    return (json.dumps(values, allow_nan=False) + "\n").encode()


def read_plan_file(path: Path) -> Plan:
    """Read a plan from a file that may hold anything.

    Raises:
        PlanError: it is missing, too large, not a plan, or not as it was written.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise _damaged(path, f"it is larger than {LARGEST_FILE >> 20} MiB")
        values = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise PlanError(f"{path} is missing; make the plan again.") from None
    except (ValueError, RecursionError):
        raise _damaged(path, "it is not JSON") from None
    return _parsed(path, values)


def _parsed(path: Path, values: Any) -> Plan:
    if not isinstance(values, Mapping) or not all(type(values.get(key)) is str for key in _WORDS):
        raise _damaged(path, f"expected an object with {', '.join(_WORDS)} as texts")
    seed, steps = values.get("seed"), values.get("steps")
    if type(seed) is not int or not 0 <= seed < 2**63:
        raise _damaged(path, "its seed is not a whole number from 0")
    if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
        raise _damaged(path, "its steps are not a list of objects")
    plan = Plan(
        **{key: values[key] for key in _WORDS if key != "hash"},
        seed=seed,
        steps=tuple(steps),
        copies=_parsed_copies(path, values.get("copies")),
    )
    if plan.hash != values["hash"]:
        raise _damaged(path, "its copies are not those that were written")
    return plan


def _parsed_copies(path: Path, copies: Any) -> np.ndarray:
    # Types are compared exactly: True and 1.0 equal 1 and are no numbers of copies.
    if not isinstance(copies, list) or set(map(type, copies)) != {int}:
        raise _damaged(path, "its copies are not a list of whole numbers")
    if min(copies) < 0 or not 0 < sum(copies) <= LONGEST_EPOCH:
        raise _damaged(path, f"its copies are negative, or do not show 1 to {LONGEST_EPOCH:,}")
    return np.array(copies, dtype=np.int64)


def _saved(dataset: Dataset, name: str) -> SavedPlan:
    plan = None
    try:
        plan = _stored(dataset, name)
        check_plan(dataset, plan)
    except HpaError as error:
        return SavedPlan(name=name, plan=plan, problem=str(error))
    return SavedPlan(name=name, plan=plan)


def _stored(dataset: Dataset, name: str) -> Plan:
    """Read a plan, whatever state of the dataset it is of; its name is its file's."""
    path = _path(dataset, name)
    if not path.is_file():
        raise _missing(dataset, name)
    return replace(read_plan_file(path), name=name)


def _path(dataset: Dataset, name: str) -> Path:
    return dataset.folder / PLANS / f"{checked_name(name, what='plan')}.json"


def _missing(dataset: Dataset, name: str) -> PlanError:
    names = ", ".join(sorted(path.stem for path in (dataset.folder / PLANS).glob("[!.]*.json")))
    return PlanError(
        f"Dataset {dataset.info.name!r} has no plan {name!r}; it has: {names or 'none yet'}."
    )


def _damaged(path: Path, reason: str) -> PlanError:
    return PlanError(
        f"{path} is not a plan that can be used: {reason}; restore it, or make the plan again."
    )
