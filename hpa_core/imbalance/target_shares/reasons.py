"""Why target shares cannot be met, with the figures that limit them, and what would help.

A single target fails where its classes' share cannot be moved so far. Several may fail together
only: then a smallest conflict among them is named, found by leaving out one after the other
(deletion filter).

References:
    Chinneck, Dravnieks: Locating minimal infeasible constraint sets in linear programs,
    ORSA Journal on Computing 3 (1991).
"""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor

from hpa_core.imbalance.target_shares.attainable import extreme_share, extreme_share_within
from hpa_core.imbalance.target_shares.caps import Case, missed_limit
from hpa_core.imbalance.target_shares.companions import companions, overlaps
from hpa_core.imbalance.target_shares.program import build_program
from hpa_core.imbalance.target_shares.solving import solve_relaxed
from hpa_core.imbalance.target_shares.stock import Stock
from hpa_core.imbalance.target_shares.wanted import RESOLUTION, ShareTarget, percent


def why_impossible(case: Case, *, cap: int) -> str:
    """Say why the case's request, which no fractions of copies meet under `cap`, fails."""
    stock = case.stock(cap)
    for target in case.request.targets:
        limit = missed_limit(stock, target)
        if limit:
            explain = _too_little if limit == "lowest" else _too_much
            return f"{explain(stock, target, cap)} {_way_out(case, target, cap)}"
    return _conflict(case, stock, cap)


def _too_little(stock: Stock, target: ShareTarget, cap: int) -> str:
    carriers = stock.carried(target.classes) > 0
    samples = int(stock.samples[carriers].sum())
    if not samples:
        return f"{target.group} has no sample that is shown, so its share stays 0 %."
    free = int(stock.samples[carriers & (stock.most > stock.shown)].sum())
    why = (
        f"{'its' if free == samples else f'of its {samples:,} samples only'} {free:,} "
        f"{'samples ' if free == samples else ''}may be copied, up to {cap:,} showings each"
        if free
        else f"none of its {samples:,} samples may be copied any more"
    )
    reached = _at_most(extreme_share(stock, target.classes, highest=True))
    return (
        f"{target.group} can reach at most {reached} of all labels, {percent(target.lowest)} % is "
        f"wanted: {why}{companions(stock, target.classes)}."
    )


def _too_much(stock: Stock, target: ShareTarget, cap: int) -> str:
    carried = stock.carried(target.classes) > 0
    samples = int(stock.samples[carried].sum())
    kept = int(stock.samples[carried & (stock.least > 0)].sum())
    thinning = int(stock.samples[~carried & (stock.most > stock.shown)].sum())
    left = _at_least(extreme_share(stock, target.classes, highest=False))
    stay = f"its {samples:,} samples" if kept == samples else f"{kept:,} of its {samples:,} samples"
    thin = (
        f"copies of the {thinning:,} samples without it that may be copied, up to {cap:,} showings "
        "each, only thin it out"
        if thinning
        else "no sample without it may be copied any more"
    )
    return (
        f"{target.group} cannot fall below {left} of all labels, {percent(target.highest)} % is "
        f"wanted: {stay} must stay, and {thin}."
    )


def _way_out(case: Case, target: ShareTarget, cap: int) -> str:
    enough = case.smallest_cap([target], above=cap) if case.request.cap else None
    if enough:
        return f"A cap of {enough:,} would do for it."
    if not case.sets.members[:, list(target.classes)].any():
        return "Leave it out."
    if target.kind == "at least":
        return "Lower that share or let more samples be copied."
    return "Move that share, or let more samples be copied or left out."


def _conflict(case: Case, stock: Stock, cap: int) -> str:
    clashing = _smallest_conflict(stock, case.request.targets)
    enough = case.smallest_cap(clashing, above=cap) if case.request.cap else None
    return (
        f"These {len(clashing)} shares cannot be met together: "
        f"{'; '.join(str(target) for target in clashing)}. "
        f"{_reached_beside(stock, clashing)} {overlaps(stock, clashing)}"
        f"{f'A cap of {enough:,} would do.' if enough else 'Change one of them.'}"
    )


def _smallest_conflict(stock: Stock, targets: Sequence[ShareTarget]) -> list[ShareTarget]:
    """Return targets that cannot be met together, though all but any one of them can."""
    needed = list(targets)
    for target in targets:
        rest = [one for one in needed if one is not target]
        if solve_relaxed(build_program(stock, rest)) is None:
            needed = rest
    return needed


def _reached_beside(stock: Stock, clashing: Sequence[ShareTarget]) -> str:
    """Say how far one target of the conflict gets while the others are met."""
    first, *others = sorted(clashing, key=lambda target: target.kind != "at least")
    program = build_program(stock, others)
    highest = extreme_share_within(program, stock, first.classes, highest=True)
    if first.lowest is not None and highest < first.lowest:
        return f"With the others met, {first.group} reaches at most {_at_most(highest)}."
    lowest = extreme_share_within(program, stock, first.classes, highest=False)
    return f"With the others met, {first.group} does not fall below {_at_least(lowest)}."


def _at_most(share: float | Fraction) -> str:
    return f"{percent(floor(_thousandths(share)) / RESOLUTION)} %"


def _at_least(share: float | Fraction) -> str:
    return f"{percent(ceil(_thousandths(share)) / RESOLUTION)} %"


def _thousandths(share: float | Fraction) -> float | Fraction:
    """A share in thousandths of a percent, without a linear program's last digits."""
    scaled = share * RESOLUTION
    return scaled if isinstance(scaled, Fraction) else round(scaled, 3)
