"""The solver against every possible plan of tiny tables."""

from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hpa_core.errors import ConfigError
from hpa_core.imbalance.measures import group_label_sets
from hpa_core.imbalance.target_shares import KINDS, ShareRequest, ShareTarget, solve_shares
from hpa_core.imbalance.target_shares.attainable import extreme_share
from hpa_core.imbalance.target_shares.caps import Case
from hpa_core.imbalance.target_shares.dealing import deal

Plan = tuple[int, ...]
tables = arrays(bool, st.tuples(st.integers(1, 5), st.just(3))).filter(lambda table: table.any())
classes = st.sets(st.integers(0, 2), min_size=1).map(lambda numbers: tuple(sorted(numbers)))
wishes = st.builds(
    ShareTarget,
    classes=classes,
    kind=st.sampled_from(KINDS),
    share=st.sampled_from([0.0, 0.1, 0.25, 1 / 3, 0.4, 0.5, 0.75, 1.0]),
    tolerance=st.sampled_from([0.0, 0.02, 0.1]),
)
requests = st.builds(
    ShareRequest,
    targets=st.lists(wishes, min_size=1, max_size=3).map(tuple),
    copy=st.just(()) | classes,
    cap=st.integers(1, 4),
    drop=st.just(()) | classes,
)


def every_plan(table: np.ndarray, request: ShareRequest, before: Plan) -> list[Plan]:
    """Every choice of copies that the request's permissions allow and its targets accept."""
    ranges = []
    for row, shown in zip(table, before, strict=True):
        labels = set(np.flatnonzero(row))
        may_copy = shown and (not request.copy or labels & set(request.copy))
        may_drop = len(labels) == 1 and labels <= set(request.drop)
        highest = max(request.cap or 0, shown) if may_copy else shown
        ranges.append(range(0 if may_drop else shown, highest + 1))
    return [plan for plan in product(*ranges) if accepted(table, request, plan)]


def accepted(table: np.ndarray, request: ShareRequest, plan: Plan) -> bool:
    counts = [sum(c for c, row in zip(plan, table, strict=True) if row[k]) for k in range(3)]
    total = sum(counts)
    if not total:
        return False
    for target in request.targets:
        share = Fraction(sum(counts[number] for number in target.classes), total)
        wanted = Fraction(round(target.share * 100_000), 100_000)
        slack = Fraction(round(target.tolerance * 100_000), 100_000)
        low = wanted - (slack if target.kind == "about" else 0)
        high = wanted + (slack if target.kind == "about" else 0)
        if (target.kind != "at most" and share < low) or (
            target.kind != "at least" and share > high
        ):
            return False
    return True


def changes(plan: Plan, before: Plan) -> int:
    return sum(abs(after - shown) for after, shown in zip(plan, before, strict=True))


@given(tables, requests, st.data())
def test_no_plan_of_all_that_are_possible_changes_fewer(
    table: np.ndarray, request: ShareRequest, data: st.DataObject
) -> None:
    before = tuple(data.draw(st.lists(st.integers(0, 2), min_size=len(table), max_size=len(table))))
    if not (np.array(before) @ table).any():
        return
    plans = every_plan(table, request, before)
    rng, shown = np.random.default_rng(0), np.array(before)
    if not plans:
        for exact in (False, True):
            with pytest.raises(ConfigError):
                solve_shares(table, request, rng=rng, copies=shown, exact=exact)
        return
    least = min(changes(plan, before) for plan in plans)
    proven = solve_shares(table, request, rng=rng, copies=shown, exact=True)
    assert tuple(proven.copies) in plans
    assert changes(tuple(proven.copies), before) == proven.added + proven.dropped == least
    assert proven.gap == 0
    quick = solve_shares(table, request, rng=rng, copies=shown)
    assert tuple(quick.copies) in plans
    assert quick.bound <= least <= quick.added + quick.dropped == quick.bound + quick.gap


@settings(max_examples=40)
@given(tables, st.lists(wishes, min_size=1, max_size=2).map(tuple))
def test_the_cap_that_is_found_is_the_smallest_that_works(
    table: np.ndarray, targets: tuple[ShareTarget, ...]
) -> None:
    once = (1,) * len(table)
    works = [
        cap
        for cap in range(1, 5)
        if every_plan(table, ShareRequest(targets=targets, cap=cap), once)
    ]
    try:
        found = solve_shares(table, ShareRequest(targets=targets), rng=np.random.default_rng(0)).cap
    except ConfigError:
        assert not works
    else:
        assert works[:1] == [found] if found <= 4 else not works


@settings(max_examples=60)
@given(tables, requests)
def test_no_possible_plan_is_spread_more_evenly(table: np.ndarray, request: ShareRequest) -> None:
    once = (1,) * len(table)
    plans = every_plan(table, request, once)
    request = replace(request, spread=True)
    rng = np.random.default_rng(0)
    if not plans:
        with pytest.raises(ConfigError):
            solve_shares(table, request, rng=rng)
        return
    evenest = solve_shares(table, request, rng=rng, exact=True)
    least = min(sum((copies - 1) ** 2 for copies in plan) for plan in plans)
    assert tuple(evenest.copies) in plans
    assert ((evenest.copies - 1) ** 2).sum() == least
    assert evenest.bound <= min(changes(plan, once) for plan in plans)
    assert tuple(solve_shares(table, request, rng=rng).copies) in plans


@given(tables, classes, st.integers(1, 4), st.booleans(), st.just(()) | classes)
def test_no_possible_plan_has_a_share_beyond_the_extremes(
    table: np.ndarray, wanted: tuple[int, ...], cap: int, highest: bool, drop: tuple[int, ...]
) -> None:
    anything = ShareTarget(classes=(0,), kind="at least", share=0.0)
    request = ShareRequest(targets=(anything,), cap=cap, drop=drop)
    once = (1,) * len(table)
    shares = [
        Fraction(int(counts[list(wanted)].sum()), int(counts.sum()))
        for plan in every_plan(table, request, once)
        for counts in [np.array(plan) @ table]
    ]
    stock = Case(group_label_sets(table), np.array(once), request).stock(cap)
    assert extreme_share(stock, wanted, highest=highest) == (max if highest else min)(shares)


@given(
    arrays(bool, st.tuples(st.integers(1, 12), st.just(2))), st.integers(0, 2**32 - 1), st.data()
)
def test_copies_are_dealt_evenly_over_the_rows_of_a_label_set(
    table: np.ndarray, seed: int, data: st.DataObject
) -> None:
    sets = group_label_sets(table)
    wanted = data.draw(arrays(np.int64, len(sets.members), elements=st.integers(0, 40)))
    once = np.ones(len(table), dtype=np.int64)
    dealt = deal(sets, once, wanted, rng=np.random.default_rng(seed))
    assert sets.sizes(dealt).tolist() == wanted.tolist()
    for number in range(len(sets.members)):
        assert np.ptp(dealt[sets.of_row == number]) <= 1
    again = deal(sets, once, wanted, rng=np.random.default_rng(seed))
    assert again.tolist() == dealt.tolist()


def test_the_least_shown_rows_are_lifted_first_and_the_most_shown_lowered_first() -> None:
    sets = group_label_sets(np.ones((4, 1), dtype=bool))
    before = np.array([0, 1, 2, 6])
    lifted = deal(sets, before, np.array([13]), rng=np.random.default_rng(0))
    assert (lifted[0], sorted(lifted[1:3]), lifted[3]) == (0, [3, 4], 6)
    lowered = deal(sets, before, np.array([4]), rng=np.random.default_rng(0))
    assert (lowered[0], sorted(lowered[1:])) == (0, [1, 1, 2])
