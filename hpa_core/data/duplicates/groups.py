"""Groups of duplicates: samples that pairs connect, most certain pairs first.

Axes: N samples, M pairs.

Being connected is passed on: where a is a copy of b and b of c, all three are one group, though a
and c may look less alike. So that one mistaken pair cannot chain everything together, pairs join
groups in the order of their certainty, and a pair that would make a group larger than
`MOST_MEMBERS` joins nothing, unless the two images are the very same. Each group tells its weakest
link: the least certain pair without which it would fall apart.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

MOST_MEMBERS = 50
"""Members a group may have but for exact copies; real ones have two or three."""


@dataclass(frozen=True, eq=False)
class Grouping:
    """A partition of the samples.

    Attributes:
        group: (N,) for every sample the row of its group's first member; its own row if alone.
        weakest: by that row, the certainty of the group's weakest link; groups of two or more.
        refused: (M,) the pairs that `MOST_MEMBERS` kept from joining.
    """

    group: Int[np.ndarray, " N"]
    weakest: dict[int, float]
    refused: Bool[np.ndarray, " M"]

    @property
    def members(self) -> dict[int, list[int]]:
        """Every group of two or more: its first member's row -> all rows, ascending."""
        found: dict[int, list[int]] = {first: [] for first in sorted(self.weakest)}
        for row in np.flatnonzero(np.isin(self.group, list(found))).tolist():
            found[int(self.group[row])].append(row)
        return found


def group_pairs(
    samples: int,
    first: Int[np.ndarray, " M"],
    second: Int[np.ndarray, " M"],
    *,
    certainty: Float[np.ndarray, " M"],
    exact: Bool[np.ndarray, " M"],
) -> Grouping:
    """Join pairs to groups; the same pairs give the same groups, in whatever order they come.

    Args:
        samples: N.
        first: row of one sample of each pair.
        second: row of the other.
        certainty: 0 to 1; the most certain pairs join first.
        exact: pairs of the very same image, which always join.
    """
    parent = list(range(samples))
    size = [1] * samples
    weakest: dict[int, float] = {}
    refused = np.zeros(len(first), dtype=bool)
    low, high = np.minimum(first, second), np.maximum(first, second)
    for pair in np.lexsort((high, low, -certainty, ~exact)).tolist():
        a, b = sorted((_root(parent, int(first[pair])), _root(parent, int(second[pair]))))
        if a == b:
            continue
        if size[a] + size[b] > MOST_MEMBERS and not exact[pair]:
            refused[pair] = True
            continue
        parent[b] = a
        size[a] += size[b]
        weakest[a] = min(float(certainty[pair]), weakest.get(a, 1.0), weakest.pop(b, 1.0))
    group = np.array([_root(parent, row) for row in range(samples)], dtype=np.int64)
    return Grouping(group, weakest, refused)


def _root(parent: list[int], row: int) -> int:
    """Follow a row to its group's first member, and shorten the way for the next time."""
    while parent[row] != row:
        parent[row] = parent[parent[row]]
        row = parent[row]
    return row
