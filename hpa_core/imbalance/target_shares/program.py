"""The integer program behind target shares.

Axes: S label sets, K constraints, V moves. All rows with one label set are interchangeable, so what
is sought is how many rows each set shows. "Positives of T >= share x all labels", multiplied out,
is linear in these numbers. A move shows a set once more (`signs` 1) or once less (-1).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int

from hpa_core.imbalance.target_shares.stock import Stock
from hpa_core.imbalance.target_shares.wanted import MOST_COPIES, RESOLUTION, ShareTarget

LEVELS = (2, 3, 4, 6, 10, 16, 26, 42, 68, 110, 200, 400, MOST_COPIES)
"""Copies at which the cost of a further one rises, where they are to be spread."""


@dataclass(frozen=True)
class Program:
    """Moves x with 0 <= x <= limits and offsets + effects @ x >= 0; the cheapest are sought.

    Attributes:
        sets: the label set of each move, (V,).
        signs: 1 shows it once more, -1 once less, (V,).
        limits: how often each move may be made, (V,).
        costs: of making it once, (V,).
        offsets, effects: (K,) and (K, V), whole numbers, `RESOLUTION` to a label.
    """

    sets: Int[np.ndarray, " V"]
    signs: Int[np.ndarray, " V"]
    limits: Int[np.ndarray, " V"]
    costs: Int[np.ndarray, " V"]
    offsets: Int[np.ndarray, " K"]
    effects: Int[np.ndarray, "K V"]

    def meets(self, moves: Int[np.ndarray, " V"]) -> bool:
        """Whether `moves` meet every constraint, in exact arithmetic."""
        return bool((self.offsets + self.effects @ moves >= 0).all())

    def shown(self, stock: Stock, moves: Int[np.ndarray, " V"]) -> Int[np.ndarray, " S"]:
        """Rows that each set shows after `moves`."""
        after = stock.shown.copy()
        np.add.at(after, self.sets, self.signs * moves)
        return after


def build_program(stock: Stock, targets: Sequence[ShareTarget], *, spread: bool = False) -> Program:
    """Write the targets as constraints on moves from what `stock` shows.

    Args:
        stock: what there is, and what may be done.
        targets: the wishes.
        spread: let each further copy of a sample cost more, as the square of its copies, in steps;
            else every move costs 1.
    """
    sets, signs, limits, costs = _moves(stock, LEVELS if spread else LEVELS[-1:])
    # The last row asks for some label: an epoch without any would meet every share.
    rows = np.array([*_constraints(stock, targets), RESOLUTION * stock.sizes])
    offsets = rows @ stock.shown
    offsets[-1] -= RESOLUTION
    return Program(
        sets=sets,
        signs=signs,
        limits=limits,
        costs=costs if spread else np.ones_like(costs),
        offsets=offsets,
        effects=rows[:, sets] * signs,
    )


def _moves(stock: Stock, levels: Sequence[int]) -> tuple[Int[np.ndarray, " V"], ...]:
    """Set, sign, limit and cost of every move: down, and up to each level of copies a row.

    The costs add up to (copies - 1) squared where a row comes to a level.
    """
    drops = stock.shown - stock.least
    moves = [(np.flatnonzero(drops), -1, drops, 1)]
    below, reached = 1, stock.shown
    for level in levels:
        upto = np.clip(stock.samples * level, reached, stock.most)
        moves.append((np.flatnonzero(upto - reached), 1, upto - reached, level + below - 2))
        below, reached = level, upto
    sizes = [len(sets) for sets, _, _, _ in moves]
    return (
        np.concatenate([sets for sets, _, _, _ in moves]),
        np.repeat([sign for _, sign, _, _ in moves], sizes),
        np.concatenate([limits[sets] for sets, _, limits, _ in moves]),
        np.repeat([cost for _, _, _, cost in moves], sizes),
    )


def _constraints(stock: Stock, targets: Sequence[ShareTarget]) -> list[Int[np.ndarray, " S"]]:
    rows = []
    for target in targets:
        carried = RESOLUTION * stock.carried(target.classes)
        if target.lowest is not None:
            rows.append(carried - int(target.lowest * RESOLUTION) * stock.sizes)
        if target.highest is not None:
            rows.append(int(target.highest * RESOLUTION) * stock.sizes - carried)
    return rows
