"""The integer program behind target shares.

Axes: S label sets, K constraints, V moves. All rows with one label set are interchangeable, so what
is sought is how many rows each set shows. "Positives of T >= share x all labels", multiplied out,
is linear in these numbers. A move shows a set once more (`signs` 1) or once less (-1).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy.optimize import Bounds, LinearConstraint, milp

from hpa_core.imbalance.target_shares.stock import Stock
from hpa_core.imbalance.target_shares.wanted import RESOLUTION, ShareTarget

OPTIMAL, TIME_OUT, INFEASIBLE = 0, 1, 2
"""scipy's words for how HiGHS ended."""


@dataclass(frozen=True)
class Program:
    """Moves x with 0 <= x <= limits and offsets + effects @ x >= 0; the fewest moves are sought.

    Attributes:
        sets: the label set of each move, (V,).
        signs: 1 shows it once more, -1 once less, (V,).
        limits: how often each move may be made, (V,).
        offsets, effects: (K,) and (K, V), whole numbers, `RESOLUTION` to a label.
    """

    sets: Int[np.ndarray, " V"]
    signs: Int[np.ndarray, " V"]
    limits: Int[np.ndarray, " V"]
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

    def fewest_moves(self, *, margin: float = 0.0) -> Float[np.ndarray, " V"] | None:
        """Return the fewest moves where they may be fractions; None if nothing meets them.

        Args:
            margin: labels by which every constraint is to be met with room to spare.
        """
        return self._minimise(margin=margin, whole=False)

    def fewest_whole_moves(
        self, *, gap: float = 0.0, seconds: float = np.inf
    ) -> Int[np.ndarray, " V"] | None:
        """Return the fewest moves, at most `gap` above the least; None if nothing meets them.

        Raises:
            TimeoutError: after `seconds`; a plan cut off by the clock would differ by machine.
        """
        moves = self._minimise(margin=0.0, whole=True, gap=gap, seconds=seconds)
        return None if moves is None else np.rint(moves).astype(np.int64)

    def _minimise(
        self, *, margin: float, whole: bool, gap: float = 0.0, seconds: float = np.inf
    ) -> Float[np.ndarray, " V"] | None:
        if not len(self.sets):
            return np.zeros(0) if self.meets(np.zeros(0, dtype=np.int64)) else None
        # Half of the smallest step that whole moves can make: -1 fails and 0 passes by a distance
        # well above the solver's tolerance.
        floor = margin * RESOLUTION - 0.5
        result = milp(
            np.ones(len(self.sets)),
            bounds=Bounds(0, self.limits),
            constraints=LinearConstraint(
                self.effects / RESOLUTION, (floor - self.offsets) / RESOLUTION, np.inf
            ),
            integrality=np.full(len(self.sets), int(whole)),
            options={"mip_rel_gap": gap, "time_limit": seconds},
        )
        if result.status == TIME_OUT:
            raise TimeoutError(f"no plan after {seconds} s")
        if result.status not in {OPTIMAL, INFEASIBLE}:
            raise RuntimeError(f"the solver stopped: {result.message}")
        moves: np.ndarray | None = result.x
        return moves


def build_program(stock: Stock, targets: Sequence[ShareTarget]) -> Program:
    """Write the targets as constraints on moves from what `stock` shows."""
    up = np.flatnonzero(stock.most > stock.shown)
    down = np.flatnonzero(stock.least < stock.shown)
    sets = np.concatenate([up, down])
    signs = np.repeat([1, -1], [len(up), len(down)])
    rows = np.array([*_constraints(stock, targets)]).reshape(-1, len(stock.shown))
    # An epoch without labels would meet every share.
    some_label = RESOLUTION * stock.sizes
    rows = np.vstack([rows, some_label])
    offsets = rows @ stock.shown
    offsets[-1] -= RESOLUTION
    limits = np.abs(np.concatenate([stock.most, stock.least]) - np.tile(stock.shown, 2))
    places = np.concatenate([up, down + len(stock.shown)])
    return Program(
        sets=sets,
        signs=signs,
        limits=limits[places],
        offsets=offsets,
        effects=rows[:, sets] * signs,
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
