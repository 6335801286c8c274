"""The cheapest moves of a program, by HiGHS: as fractions, or in whole numbers.

Axes: V moves. scipy hands the programs over. Half of the smallest step that whole moves can make is
given away in every constraint: what fails by one step and what is just met then lie apart by more
than the solver's tolerance.
"""

import numpy as np
from jaxtyping import Float, Int
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from hpa_core.imbalance.target_shares.program import Program
from hpa_core.imbalance.target_shares.wanted import RESOLUTION

OPTIMAL, LIMIT, INFEASIBLE = 0, 1, 2
"""scipy's words for how HiGHS ended."""


def solve_relaxed(program: Program, *, margin: float = 0.0) -> Float[np.ndarray, " V"] | None:
    """Solve the linear program; None if no fractions of moves meet the targets.

    Args:
        program: what is to be met.
        margin: labels of room to spare that every constraint is to leave.
    """
    if not len(program.sets):
        return np.zeros(0) if program.meets(np.zeros(0, dtype=np.int64)) else None
    result = linprog(
        program.costs,
        A_ub=-program.effects / RESOLUTION,
        b_ub=(program.offsets + 0.5) / RESOLUTION - margin,
        bounds=np.column_stack([np.zeros(len(program.sets)), program.limits]),
    )
    if result.status == INFEASIBLE:
        return None
    if result.status != OPTIMAL:
        raise RuntimeError(f"the solver stopped: {result.message}")
    moves: np.ndarray = result.x
    return moves


def solve_whole(program: Program, *, seconds: float = np.inf) -> Int[np.ndarray, " V"] | None:
    """Return the cheapest whole moves; None if none meet the targets, or none is proven in time.

    What was found when the time is up is not returned: a plan would differ from machine to machine.
    """
    if not len(program.sets):
        nothing = np.zeros(0, dtype=np.int64)
        return nothing if program.meets(nothing) else None
    least = -(program.offsets + 0.5) / RESOLUTION
    result = milp(
        program.costs,
        bounds=Bounds(0, program.limits),
        constraints=LinearConstraint(program.effects / RESOLUTION, least, np.inf),
        integrality=np.ones(len(program.sets)),
        options={"mip_rel_gap": 0.0, "time_limit": seconds},
    )
    if result.x is None or result.status == LIMIT:
        return None
    moves: np.ndarray = np.rint(result.x).astype(np.int64)
    return moves if program.meets(moves) else None
