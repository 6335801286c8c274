"""What changes when thresholds move: the calls gained and lost, and whether each was right.

Axes: N samples, C classes.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int

KINDS = ("found", "cleared", "false", "missed")
"""The changes for the better first."""


@dataclass(frozen=True, kw_only=True)
class Flips:
    """Which calls changed, each (N, C); a call is at most one of the four.

    Attributes:
        found: now called, and true.
        cleared: no longer called, and not true.
        false: now called, though not true.
        missed: no longer called, though true.
    """

    found: Bool[np.ndarray, "N C"]
    cleared: Bool[np.ndarray, "N C"]
    false: Bool[np.ndarray, "N C"]
    missed: Bool[np.ndarray, "N C"]

    def counts(self) -> Int[np.ndarray, "4 C"]:
        """Count the changes of each class, in the order of `KINDS`."""
        return np.array([getattr(self, kind).sum(axis=0) for kind in KINDS])


def find_flips(
    before: Bool[np.ndarray, "N C"],
    after: Bool[np.ndarray, "N C"],
    targets: Bool[np.ndarray, "N C"],
) -> Flips:
    """Compare the calls of two threshold sets on the same samples.

    >>> before, after = np.array([[True, False]]), np.array([[False, True]])
    >>> find_flips(before, after, np.array([[True, True]])).counts().tolist()
    [[0, 1], [0, 0], [0, 0], [1, 0]]
    """
    gained, lost = after & ~before, before & ~after
    return Flips(
        found=gained & targets,
        cleared=lost & ~targets,
        false=gained & ~targets,
        missed=lost & targets,
    )


def flipped_rows(
    flips: Flips, *, kind: str | None = None, class_id: int | None = None
) -> Int[np.ndarray, " n"]:
    """Return the samples with a change of that kind in that class, the better changes first.

    Args:
        flips: what changed.
        kind: one of `KINDS`; any if None.
        class_id: any class if None.
    """
    kinds = KINDS if kind is None else (kind,)
    chosen = slice(None) if class_id is None else [class_id]
    rows = [np.flatnonzero(getattr(flips, each)[:, chosen].any(axis=1)) for each in kinds]
    joined = np.concatenate(rows)
    _, first = np.unique(joined, return_index=True)
    ordered: np.ndarray = joined[np.sort(first)]
    return ordered
