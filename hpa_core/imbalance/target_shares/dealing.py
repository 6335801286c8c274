"""From how often a label set is shown to how often each of its rows is.

Axes: N rows of a split, S label sets, n rows of one set.
"""

import numpy as np
from jaxtyping import Int

from hpa_core.imbalance.measures import LabelSets


def deal(
    sets: LabelSets,
    copies: Int[np.ndarray, " N"],
    shown: Int[np.ndarray, " S"],
    *,
    rng: np.random.Generator,
) -> Int[np.ndarray, " N"]:
    """Change `copies` so that each set is shown `shown` times, its rows as evenly as may be.

    A set that grows lifts its least shown rows, one that shrinks lowers its most shown; what does
    not come out even goes to rows drawn by lot. Rows that were not shown stay so.
    """
    dealt = copies.copy()
    by_set = np.argsort(sets.of_row, kind="stable")
    ends = np.cumsum(np.bincount(sets.of_row, minlength=len(shown)))
    for number in np.flatnonzero(shown != sets.sizes(copies)):
        rows = by_set[ends[number - 1] if number else 0 : ends[number]]
        rows = rng.permutation(rows[copies[rows] > 0])
        dealt[rows] = _levelled(copies[rows], int(shown[number]))
    return dealt


def _levelled(copies: Int[np.ndarray, " n"], total: int) -> Int[np.ndarray, " n"]:
    """Lift the lowest, or lower the highest, to one level until the sum is `total`."""
    rises = total >= copies.sum()
    bound = np.maximum if rises else np.minimum
    low, high = 0, int(copies.max()) + total
    while high - low > 1:  # the highest level whose sum does not pass the total
        middle = (low + high) // 2
        low, high = (middle, high) if bound(copies, middle).sum() <= total else (low, middle)
    levelled: np.ndarray = bound(copies, low)
    # One level higher would be too much: only some rows get there.
    reach = np.flatnonzero(bound(copies, low + 1) > levelled)
    levelled[reach[: total - int(levelled.sum())]] += 1
    return levelled
