"""Makes a dealing more even by moves and swaps, each of which pays.

Axes: U kinds of groups (groups with the same samples of every class), C classes, K parts. A dealing
is how many groups of each kind every part holds. Its unevenness is the sum over classes and parts
of (samples - wanted)^2 / samples of the class: that of chi-squared, so that a rare class counts as
much as a frequent one. The samples in all weigh so little that they decide between equals only.

Single samples are dealt as evenly as can be without this. Groups of many samples (all images of one
plate) are not: the last to be dealt are too large for what the parts still want.
"""

from itertools import combinations

import numpy as np
from jaxtyping import Bool, Float, Int

from hpa_core.data.coverage import needed_classes

SIZE_WEIGHT = 1e-6
DECIMALS = 12
"""Costs are rounded, so that equal ones tie on every machine."""
CANDIDATES = 64
"""Kinds of either part that are tried against each other in a swap."""


def evened(
    members: Int[np.ndarray, "U C+1"],
    held: Int[np.ndarray, "U K"],
    shares: Float[np.ndarray, " K"],
) -> Int[np.ndarray, "U K"]:
    """Return a dealing that no move, and hardly a swap of two groups, would make more even.

    A class with a group for every part leaves no part that has it, and no part becomes empty.

    Args:
        members: samples of each class in a group of the kind and, in the last column, in all.
        held: the dealing as it is.
        shares: of the samples that each part should get; their sum is 1.
    """
    evening = _Evening(members, held, shares)
    while evening.move() or evening.swap():
        pass
    return evening.held


class _Evening:
    """A dealing on its way; `_off` is what each part has too much of each class."""

    def __init__(self, members: np.ndarray, held: np.ndarray, shares: np.ndarray) -> None:
        self.held = held.copy()
        self._members = members
        self._carries: Bool[np.ndarray, "U C+1"] = members > 0
        self._needed = needed_classes(self._carries, held)
        totals = held.sum(axis=1) @ members
        self._off: Float[np.ndarray, "K C+1"] = held.T @ members - shares[:, None] * totals
        self._present: Int[np.ndarray, "K C+1"] = held.T @ self._carries
        weights = 1 / np.maximum(totals, 1)
        weights[-1] *= SIZE_WEIGHT
        self._weighted = members * weights
        self._own = (members * self._weighted).sum(axis=1)

    def move(self) -> bool:
        """Make the move that pays most; return whether there was one."""
        pulls = self._weighted @ self._off.T
        goals = pulls.argmin(axis=1)
        lowest = pulls[np.arange(len(pulls)), goals]
        costs = (lowest[:, None] - pulls + self._own[:, None]).round(DECIMALS)
        costs[(self.held == 0) | (self._carries @ self._scarce().T)] = 0
        kind, source = divmod(int(costs.argmin()), costs.shape[1])
        if costs[kind, source] >= 0:
            return False
        self._shift(kind, source, int(goals[kind]))
        return True

    def swap(self) -> bool:
        """Make, for every two parts, the swaps that pay; return whether there was any."""
        swaps = 0
        for one, other in combinations(range(len(self._off)), 2):
            while self._swap_between(one, other):
                swaps += 1
        return swaps > 0

    def _swap_between(self, one: int, other: int) -> bool:
        pulls = self._weighted @ (self._off[other] - self._off[one])
        going, coming = self._own + pulls, self._own - pulls
        there, back = self._cheapest(going, one), self._cheapest(coming, other)
        both = 2 * self._weighted[there] @ self._members[back].T
        costs = (going[there][:, None] + coming[back] - both).round(DECIMALS)
        costs[self._losing(there, back, one) | self._losing(back, there, other).T] = 0
        first, second = divmod(int(costs.argmin()), costs.shape[1])
        if costs[first, second] >= 0:
            return False
        self._shift(int(there[first]), one, other)
        self._shift(int(back[second]), other, one)
        return True

    def _cheapest(self, costs: np.ndarray, part: int) -> Int[np.ndarray, " n"]:
        kinds: np.ndarray = np.flatnonzero(self.held[:, part])
        return kinds[np.argsort(costs[kinds].round(DECIMALS), kind="stable")[:CANDIDATES]]

    def _scarce(self) -> Bool[np.ndarray, "K C+1"]:
        """Classes that a part must not lose the last group of."""
        scarce: np.ndarray = (self._present == 1) & self._needed
        return scarce

    def _losing(self, leaving: np.ndarray, entering: np.ndarray, part: int) -> np.ndarray:
        """Whether a part would lose a needed class by trading one kind for another."""
        lost = self._carries[leaving] & self._scarce()[part]
        losing: np.ndarray = lost @ ~self._carries[entering].T
        return losing

    def _shift(self, kind: int, source: int, goal: int) -> None:
        for part, change in ((source, -1), (goal, 1)):
            self.held[kind, part] += change
            self._off[part] += change * self._members[kind]
            self._present[part] += change * self._carries[kind]
