"""Whether targets can be met at all under a cap, and the smallest cap under which they can.

Axes: N rows of a split. Fractions of copies are allowed here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int

from hpa_core.imbalance.measures import LabelSets
from hpa_core.imbalance.target_shares.attainable import extreme_share
from hpa_core.imbalance.target_shares.program import build_program
from hpa_core.imbalance.target_shares.solving import solve_relaxed
from hpa_core.imbalance.target_shares.stock import Stock, take_stock
from hpa_core.imbalance.target_shares.wanted import MOST_COPIES, ShareRequest, ShareTarget


@dataclass(frozen=True)
class Case:
    """A request upon rows that are shown `copies` times, (N,)."""

    sets: LabelSets
    copies: Int[np.ndarray, " N"]
    request: ShareRequest

    def stock(self, cap: int) -> Stock:
        """What the rows offer under a cap."""
        return take_stock(self.sets, self.copies, self.request, cap=cap)

    def smallest_cap(self, targets: Sequence[ShareTarget], *, above: int = 0) -> int | None:
        """Return the smallest cap above `above` under which `targets` can be met, None if none."""
        low, high = above + 1, MOST_COPIES + 1
        while low < high:
            middle = (low + high) // 2
            if middle <= MOST_COPIES and can_be_met(self.stock(middle), targets):
                high = middle
            else:
                low = middle + 1
        return low if low <= MOST_COPIES else None


def can_be_met(stock: Stock, targets: Sequence[ShareTarget]) -> bool:
    """Whether all targets can be met together; one that fails alone is found without a program."""
    if any(missed_limit(stock, target) for target in targets):
        return False
    return solve_relaxed(build_program(stock, targets)) is not None


def missed_limit(stock: Stock, target: ShareTarget) -> str | None:
    """Return which of the target's limits, `lowest` or `highest`, is out of reach even alone."""
    low, high = target.lowest, target.highest
    if low is not None and extreme_share(stock, target.classes, highest=True) < low:
        return "lowest"
    if high is not None and extreme_share(stock, target.classes, highest=False) > high:
        return "highest"
    return None
