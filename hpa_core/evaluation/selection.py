"""Which samples a person asked to see: filters over truth and calls, and ways to sort them.

Axes: N samples, C classes. Arrays in, row numbers out; a row is a position on the N axis.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from jaxtyping import Bool, Float, Int

from hpa_core.errors import ConfigError

Outcome = Literal["any", "right", "wrong", "missed", "false"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What a sample must fulfil; every condition that is given must hold.

    Attributes:
        true_class: a class that the sample truly has.
        called_class: a class that the sample was called.
        outcome: `right` = calls and truth are the same set, `wrong` = they are not, `missed` = a
            true class was not called, `false` = a called class is not true.
        outcome_class: the class that `missed` or `false` is about; None for any class.
        label_count: how many true classes the sample has.
        text: a part of the id, in any case.
    """

    true_class: int | None = None
    called_class: int | None = None
    outcome: Outcome = "any"
    outcome_class: int | None = None
    label_count: int | None = None
    text: str = ""

    def __post_init__(self) -> None:
        if self.outcome not in OUTCOMES:
            raise ConfigError(
                f"The outcome is one of {', '.join(OUTCOMES)}; found {self.outcome!r}."
            )

    @property
    def needs_calls(self) -> bool:
        """Whether the selection cannot be made from the truth alone."""
        return self.called_class is not None or self.outcome != "any"


def select_rows(
    selection: Selection,
    ids: np.ndarray,
    *,
    targets: Bool[np.ndarray, "N C"],
    calls: Bool[np.ndarray, "N C"] | None = None,
) -> Int[np.ndarray, " n"]:
    """Return the rows that fulfil `selection`, ascending.

    Args:
        selection: the conditions.
        ids: sample ids, (N,) of str.
        targets: the truth.
        calls: what was decided; may be left out where `selection.needs_calls` is false.

    Raises:
        ValueError: the selection needs calls and there are none.

    >>> truth = np.eye(3, dtype=bool)
    >>> select_rows(Selection(true_class=2), np.array(["a", "b", "c"]), targets=truth).tolist()
    [2]
    """
    keep = np.ones(len(ids), dtype=bool)
    if selection.true_class is not None:
        keep &= targets[:, selection.true_class]
    if selection.label_count is not None:
        keep &= targets.sum(axis=1) == selection.label_count
    if selection.text:
        keep &= np.char.find(np.char.lower(ids), selection.text.lower()) >= 0
    if selection.needs_calls:
        keep &= _fulfils_calls(selection, targets, calls)
    return np.flatnonzero(keep)


def sort_by_score(
    rows: Int[np.ndarray, " n"], probs: Float[np.ndarray, "N C"], *, class_id: int
) -> Int[np.ndarray, " n"]:
    """Return `rows` with the highest score of `class_id` first; ties keep their order."""
    return rows[np.argsort(-probs[rows, class_id], kind="stable")]


def sort_by_mistake(
    rows: Int[np.ndarray, " n"], confidence: Float[np.ndarray, " N"]
) -> Int[np.ndarray, " n"]:
    """Return `rows` with the most confident mistake first; ties keep their order."""
    return rows[np.argsort(-confidence[rows], kind="stable")]


def mistake_confidence(
    probs: Float[np.ndarray, "N C"],
    thresholds: Float[np.ndarray, " C"],
    *,
    targets: Bool[np.ndarray, "N C"],
    calls: Bool[np.ndarray, "N C"],
) -> Float[np.ndarray, " N"]:
    """Say how far past its threshold, on the wrong side, each sample's worst score lies.

    The distance is a share of what was possible: `(p - t) / (1 - t)` for a class called falsely,
    `(t - p) / t` for a class missed. So a threshold of 0.15 and one of 0.5 are judged alike.

    Returns:
        (N,) in [0, 1]; 0 for a sample without a mistake, and for a false call made by the
        top-class fallback, whose score is not above its threshold.
    """
    room = np.where(calls, 1 - thresholds, thresholds)
    distance = np.where(calls, probs - thresholds, thresholds - probs)
    share = np.divide(distance, room, out=np.zeros_like(distance), where=room > 0)
    worst = np.where(calls != targets, share, 0).max(axis=1, initial=0)
    clipped: Float[np.ndarray, " N"] = np.clip(worst, 0, 1)
    return clipped


def _fulfils_calls(
    selection: Selection, targets: np.ndarray, calls: np.ndarray | None
) -> Bool[np.ndarray, " N"]:
    if calls is None:
        raise ValueError(f"{selection} needs calls")
    keep = np.ones(len(targets), dtype=bool)
    if selection.called_class is not None:
        keep &= calls[:, selection.called_class]
    if selection.outcome != "any":
        keep &= _has_outcome(selection, targets, calls)
    return keep


def _has_outcome(
    selection: Selection, targets: np.ndarray, calls: np.ndarray
) -> Bool[np.ndarray, " N"]:
    if selection.outcome in ("right", "wrong"):
        differs: np.ndarray = (targets != calls).any(axis=1)
        return differs if selection.outcome == "wrong" else ~differs
    faults = targets & ~calls if selection.outcome == "missed" else calls & ~targets
    one = selection.outcome_class
    found: np.ndarray = faults.any(axis=1) if one is None else faults[:, one]
    return found
