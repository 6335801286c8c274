"""The least copying that meets target shares.

Axes: N rows of a split, C classes, S label sets. The linear program, in which moves may be
fractions, bounds the least from below and is solved in milliseconds. Rounding its answer breaks a
target by a label or so; so the targets are tightened by a margin, small first, until the rounded
answer meets them as they are. The integer program is solved where that fails or the least is asked
for; it takes from milliseconds to minutes.
"""

from dataclasses import dataclass
from math import ceil

import numpy as np
from jaxtyping import Bool, Int

from hpa_core.errors import ConfigError
from hpa_core.imbalance.measures import group_label_sets
from hpa_core.imbalance.target_shares.caps import Case
from hpa_core.imbalance.target_shares.dealing import deal
from hpa_core.imbalance.target_shares.program import Program, build_program
from hpa_core.imbalance.target_shares.reasons import why_impossible
from hpa_core.imbalance.target_shares.solving import solve_relaxed, solve_whole
from hpa_core.imbalance.target_shares.stock import Stock
from hpa_core.imbalance.target_shares.wanted import MOST_COPIES, ShareRequest

MARGINS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Labels of room to spare that the linear program leaves for rounding."""
FEW_MOVES = 60
"""So few moves are solved in whole numbers at once."""
PATIENCE = 10.0
"""Seconds after which a search for whole numbers is given up, and with it the request."""


@dataclass(frozen=True, kw_only=True)
class ShareSolution:
    """Copies that meet the targets.

    Attributes:
        copies: how often an epoch shows each row, (N,).
        added: showings that were added.
        dropped: showings that were taken away.
        bound: no solution changes fewer.
        cap: the cap it keeps, given or found.
        achieved: the share of each target's classes.
    """

    copies: Int[np.ndarray, " N"]
    added: int
    dropped: int
    bound: int
    cap: int
    achieved: tuple[float, ...]

    @property
    def gap(self) -> int:
        """How many changes the least could save at most."""
        return self.added + self.dropped - self.bound


def solve_shares(
    targets: Bool[np.ndarray, "N C"],
    request: ShareRequest,
    *,
    rng: np.random.Generator,
    copies: Int[np.ndarray, " N"] | None = None,
    exact: bool = False,
) -> ShareSolution:
    """Meet the request with as few showings added or taken away as possible.

    Args:
        targets: the labels of the rows.
        request: the shares wanted and what may be done.
        rng: draws which rows of a label set get the copies that do not come out even.
        copies: how often each row is shown before, once if None; rows at 0 stay left out.
        exact: prove the least; else be quick, which is some copies more, told by `gap`.

    Raises:
        ConfigError: it cannot be met, with the reason; or no label is shown at all.
    """
    wanted = request.targets
    before = np.ones(len(targets), dtype=np.int64) if copies is None else copies
    sets = group_label_sets(targets)
    if not (sets.sizes(before) @ sets.members).any():
        raise ConfigError("No sample with a label is shown; shares need some labels.")
    case = Case(sets, before, request)
    found = _find(case, exact=exact)
    change = found.shown - found.stock.shown
    return ShareSolution(
        copies=deal(sets, before, found.shown, rng=rng),
        added=int(change.clip(min=0).sum()),
        dropped=int((-change).clip(min=0).sum()),
        bound=found.bound,
        cap=found.cap,
        achieved=tuple(float(found.stock.share(one.classes, found.shown)) for one in wanted),
    )


@dataclass(frozen=True)
class _Found:
    stock: Stock
    cap: int
    shown: Int[np.ndarray, " S"]
    bound: int


def _find(case: Case, *, exact: bool) -> _Found:
    """Solve under the cap that was given, or under the smallest that whole copies allow."""
    request = case.request
    given = request.cap or (MOST_COPIES if request.spread else None)
    cap = given or case.smallest_cap(request.targets) or MOST_COPIES
    for trial in [given] if given else range(cap, MOST_COPIES + 1):
        stock = case.stock(trial)
        program = build_program(stock, request.targets)
        fewest = solve_relaxed(program)
        if fewest is None:
            raise ConfigError(why_impossible(case, cap=trial))
        bound = ceil(fewest.sum() - 1e-6)
        if request.spread:
            program = build_program(stock, request.targets, spread=True)
        moves = solve_whole(program) if exact else _quick_moves(program)
        if moves is not None:
            proven = exact and not request.spread
            bound = int(moves.sum()) if proven else bound
            return _Found(stock, trial, program.shown(stock, moves), bound)
    raise ConfigError(
        "The target shares can be met by fractions of copies, but no whole numbers were found that "
        "do; widen a tolerance or move a share a little."
    )


def _quick_moves(program: Program) -> Int[np.ndarray, " V"] | None:
    """Return cheap whole moves, not always the cheapest; None if none were found."""
    if len(program.sets) <= FEW_MOVES:
        return solve_whole(program, seconds=PATIENCE)
    rounded = _rounded(program)
    return solve_whole(program, seconds=PATIENCE) if rounded is None else rounded


def _rounded(program: Program) -> Int[np.ndarray, " V"] | None:
    """Tighten the targets until the rounded answer of the linear program meets them as they are."""
    for margin in MARGINS:
        relaxed = solve_relaxed(program, margin=margin)
        if relaxed is None:
            break
        moves: np.ndarray = np.rint(relaxed).astype(np.int64)
        if program.meets(moves):
            return moves
    return None
