"""How even a split is, against counts by hand and against random dealings."""

import numpy as np
import pytest

from hpa_core.imbalance.coverage import measure_coverage

TARGETS = np.array([[1, 0, 0], [1, 0, 0], [1, 1, 0], [1, 1, 0], [0, 0, 1], [0, 0, 0]], dtype=bool)
PART = np.array([0, 0, 1, 1, 0, 1])


def test_every_class_is_counted_in_every_part() -> None:
    seen = measure_coverage(TARGETS, PART, np.arange(6))
    assert seen.sizes.tolist() == [3, 3]
    assert seen.counts.tolist() == [[2, 0, 1], [2, 2, 0]]
    assert seen.even.tolist() == [[2, 1, 0.5], [2, 1, 0.5]]
    assert seen.spread.tolist() == [0, 2, 1]
    assert seen.least_spread.tolist() == [0, 0, 1]
    assert seen.fewest.tolist() == [2, 0, 0]


def test_a_class_is_bound_if_it_has_groups_enough_and_is_absent_all_the_same() -> None:
    apart = measure_coverage(TARGETS, PART, np.arange(6))
    together = measure_coverage(TARGETS, PART, np.array([0, 1, 2, 2, 3, 4]))
    assert apart.groups.tolist() == [4, 2, 1]
    assert together.groups.tolist() == [3, 1, 1]
    assert apart.absent.tolist() == together.absent.tolist() == [False, True, True]
    assert apart.bound.tolist() == [False, True, False]
    assert not together.bound.any()


def test_the_deviation_of_a_random_split_is_about_one() -> None:
    rng = np.random.default_rng(0)
    targets = rng.random((4000, 200)) < 0.1
    part = rng.choice(3, 4000, p=[0.6, 0.3, 0.1])
    deviation = measure_coverage(targets, part, np.arange(4000)).deviation
    assert deviation.std(axis=1) == pytest.approx([1, 1, 1], abs=0.2)


def test_the_random_spread_is_what_random_dealings_have() -> None:
    rng = np.random.default_rng(1)
    targets = np.zeros((1000, 2), dtype=bool)
    targets[:300, 0] = targets[:11, 1] = True
    spreads = []
    for _ in range(200):
        part = rng.permutation(1000) % 5
        spreads.append(measure_coverage(targets, part, np.arange(1000)).spread)
    known = measure_coverage(targets, np.arange(1000) % 5, np.arange(1000)).random_spread
    # A dealing of fixed sizes spreads a class of 300 in 1,000 by sqrt(0.7) of what free ones do.
    assert known[1] == pytest.approx(np.mean(spreads, axis=0)[1], rel=0.1)
    assert known[0] * np.sqrt(0.7) == pytest.approx(np.mean(spreads, axis=0)[0], rel=0.1)


def test_an_absent_class_deviates_nowhere() -> None:
    seen = measure_coverage(np.zeros((4, 1), dtype=bool), np.array([0, 1, 0, 1]), np.arange(4))
    assert seen.deviation.tolist() == [[0], [0]]
    assert not seen.absent.any()
