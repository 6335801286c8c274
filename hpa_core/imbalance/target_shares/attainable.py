"""How far a share can be moved at all: linear-fractional programs over what may be shown.

Axes: S label sets, V moves, K constraints.

References:
    Dinkelbach: On nonlinear fractional programming, Management Science 13 (1967).
    Charnes, Cooper: Programming with linear fractional functionals, Naval Res. Log. Q. 9 (1962).
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from scipy.optimize import linprog

from hpa_core.imbalance.target_shares.program import Program
from hpa_core.imbalance.target_shares.solving import OPTIMAL
from hpa_core.imbalance.target_shares.stock import Stock
from hpa_core.imbalance.target_shares.wanted import RESOLUTION


def extreme_share(stock: Stock, classes: Sequence[int], *, highest: bool) -> Fraction:
    """Return the highest (lowest) share of all labels that `classes` can have, exactly.

    Dinkelbach: at a trial share, show to the most what lifts it and to the least what lowers it;
    the share reached is the next trial, and the last when nothing is gained any more.
    """
    sign = 1 if highest else -1
    carried, sizes = stock.carried(classes), stock.sizes
    best = stock.share(classes, stock.shown) if stock.shown @ sizes else Fraction(not highest)
    while True:
        gains = sign * (carried * best.denominator - best.numerator * sizes)
        shown = np.where(gains > 0, stock.most, stock.least)
        if gains @ shown <= 0:
            return best
        best = stock.share(classes, shown)


def extreme_share_within(
    program: Program, stock: Stock, classes: Sequence[int], *, highest: bool
) -> float:
    """Return the highest (lowest) share that `classes` can have while `program` is met.

    Charnes and Cooper: divided by the number of all labels, the moves and that divisor's inverse
    (the last variable) make it a linear program. Moves may be fractions.
    """
    # Each row: what one unit of every move adds, and last what there is before any move.
    carried = np.append(
        stock.carried(classes)[program.sets] * program.signs, stock.carried(classes) @ stock.shown
    )
    labels = np.append(stock.sizes[program.sets] * program.signs, stock.sizes @ stock.shown)
    effects = np.column_stack([program.effects, program.offsets]) / RESOLUTION
    room = np.column_stack([-np.eye(len(program.sets)), program.limits])
    result = linprog(
        -carried if highest else carried,
        A_ub=-np.vstack([effects, room]),
        b_ub=np.zeros(len(effects) + len(room)),
        A_eq=labels[None, :],
        b_eq=[1.0],
        bounds=(0, None),
    )
    if result.status != OPTIMAL:
        raise RuntimeError(f"the solver stopped: {result.message}")
    return abs(float(result.fun))
