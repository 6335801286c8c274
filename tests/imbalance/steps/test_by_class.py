"""Steps that name classes, by hand and on the competition's labels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpa_core.imbalance.measures import class_counts
from hpa_core.imbalance.plan import planned_counts
from hpa_core.imbalance.planning import plan_copies
from hpa_core.imbalance.steps import CopyAlone, CopyClasses, DeleteAlone, Step
from hpa_core.imbalance.steps.step import round_by_lot

TARGETS = np.array(
    [[True, False, False], [True, True, False], [False, True, True], [False, False, False]]
)


def copies_after(step: Step, targets: np.ndarray = TARGETS, *, seed: int = 0) -> list[int]:
    return plan_copies(targets, [step], seed=seed).tolist()


def test_a_sample_of_several_chosen_classes_gets_the_largest_factor() -> None:
    assert copies_after(CopyClasses(factors={0: 5, 1: 3})) == [5, 5, 3, 1]


def test_only_samples_with_a_single_label_count_as_alone() -> None:
    assert copies_after(CopyAlone(factors={0: 4, 1: 4, 2: 4})) == [4, 1, 1, 1]
    assert copies_after(DeleteAlone(fractions={0: 1, 1: 1, 2: 1})) == [0, 1, 1, 1]


@pytest.mark.parametrize(("factor", "total"), [(1.5, 15), (2.0, 20), (1.25, 12.5), (1.1, 11)])
def test_a_fractional_factor_gives_its_total_whatever_the_seed(factor: float, total: float) -> None:
    targets = np.ones((10, 1), dtype=bool)
    for seed in range(20):
        copies = copies_after(CopyClasses(factors={0: factor}), targets, seed=seed)
        assert abs(sum(copies) - total) < 1
        assert max(copies) - min(copies) <= 1


def test_each_factor_gives_its_own_total() -> None:
    targets = np.zeros((300, 2), dtype=bool)
    targets[:100, 0] = targets[100:, 1] = True
    for seed in range(10):
        copies = plan_copies(targets, [CopyClasses(factors={0: 1.5, 1: 2.3})], seed=seed)
        assert abs(copies[:100].sum() - 150) <= 1
        assert abs(copies[100:].sum() - 460) <= 1


@given(st.lists(st.floats(0, 50), max_size=30), st.integers(0, 3))
def test_rounding_by_lot_stays_within_one_of_each_number_and_of_the_sum(
    numbers: list[float], seed: int
) -> None:
    wanted = np.array(numbers)
    rounded = round_by_lot(wanted, np.random.default_rng(seed))
    assert (np.abs(rounded - wanted) < 1 + 1e-9).all()
    assert abs(rounded.sum() - wanted.sum()) < 1 + 1e-6


def test_rounding_by_lot_is_right_on_average() -> None:
    wanted = np.array([0.1, 0.5, 1.9, 3.0, 0.5])
    rng = np.random.default_rng(0)
    mean = np.mean([round_by_lot(wanted, rng) for _ in range(4000)], axis=0)
    np.testing.assert_allclose(mean, wanted, atol=4 * 0.5 / np.sqrt(4000))


def test_deleting_a_part_of_the_nucleoplasm_alone_moves_no_other_count(
    real_targets: np.ndarray,
) -> None:
    lone = int(((real_targets.sum(axis=1) == 1) & real_targets[:, 0]).sum())
    copies = plan_copies(real_targets, [DeleteAlone(fractions={0: 0.4})], seed=0)
    change = planned_counts(real_targets, copies) - class_counts(real_targets)
    assert change[0] == -int(np.floor(0.4 * lone + 0.5))
    assert not change[1:].any()


def test_copies_of_the_reports_21_classes_are_the_brute_force_counts(
    real_targets: np.ndarray,
) -> None:
    chosen = (1, 3, 4, 6, *range(8, 21), 22, 24, 26, 27)
    assert len(chosen) == 21
    copies = plan_copies(real_targets, [CopyClasses(factors=dict.fromkeys(chosen, 3))], seed=0)
    expected = np.zeros(28, dtype=int)
    for row in real_targets:
        expected += row * (3 if row[list(chosen)].any() else 1)
    assert planned_counts(real_targets, copies).tolist() == expected.tolist()
