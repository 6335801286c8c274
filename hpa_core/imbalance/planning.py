"""From steps to a plan: how often an epoch shows each row.

Axes: N rows of a split, C classes.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Int

from hpa_core.data.dataset import Dataset
from hpa_core.errors import ConfigError
from hpa_core.imbalance.plan import Plan
from hpa_core.imbalance.steps import Step

LONGEST_EPOCH = 10_000_000
"""Samples that an epoch may show: 88 times the 113,446 of the report."""


def make_plan(
    dataset: Dataset,
    steps: Sequence[Step],
    *,
    split: str = "train",
    seed: int = 0,
    name: str = "unsaved",
) -> Plan:
    """Apply `steps`, in order, to the rows of one split; nothing is written.

    Args:
        dataset: whose labels are looked at.
        steps: none leaves every row once.
        split: `train`, `validation`, ... or `all`.
        seed: the same seed, labels and steps give the same plan, on every machine.
        name: of the plan, for when it is written.

    Raises:
        DatasetError: the dataset has no such split.
        ConfigError: an epoch would show no sample, or more than `LONGEST_EPOCH`.
    """
    targets = dataset.targets[dataset.rows(split)]
    return Plan(
        name=name,
        dataset=dataset.info.name,
        dataset_hash=dataset.content_hash(split),
        split=split,
        seed=seed,
        steps=tuple(step.to_dict() for step in steps),
        copies=plan_copies(targets, steps, seed=seed),
    )


def default_split(dataset: Dataset) -> str:
    """Return the split that a plan is for unless told otherwise: what a training learns from.

    Labels alone are not trained on; all of them are looked at.
    """
    return "train" if dataset.info.has_images else "all"


def plan_copies(
    targets: Bool[np.ndarray, "N C"], steps: Sequence[Step], *, seed: int
) -> Int[np.ndarray, " N"]:
    """Apply `steps` to rows that are shown once each; step number i draws from `[seed, i]` alone.

    Raises:
        ConfigError: as `make_plan`.
    """
    copies = np.ones(len(targets), dtype=np.int64)
    for number, step in enumerate(steps):
        copies = step.apply(copies, targets, rng=step_rng(seed, number))
        check_epoch(copies, number, step)
    return copies


def step_rng(seed: int, number: int) -> np.random.Generator:
    """Return what step `number`, counted from 0, draws from."""
    return np.random.default_rng([seed, number])


def check_epoch(copies: Int[np.ndarray, " N"], number: int, step: Step) -> None:
    """Refuse what step `number`, counted from 0, has left of an epoch, or made of it.

    Raises:
        ConfigError: it shows no sample, or more than `LONGEST_EPOCH`.
    """
    samples, when = int(copies.sum()), f"after step {number + 1} ({step.kind})"
    if not samples:
        raise ConfigError(f"The plan shows no sample {when}; leave fewer out.")
    if samples > LONGEST_EPOCH:
        raise ConfigError(
            f"The plan shows {samples:,} samples an epoch {when}; at most {LONGEST_EPOCH:,} are "
            "allowed: lower its factors."
        )
