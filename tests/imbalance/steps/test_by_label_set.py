"""LP-ROS and LP-RUS against the paper's pseudocode, written down in exact fractions."""

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hpa_core.imbalance.measures import measure_imbalance
from hpa_core.imbalance.planning import plan_copies
from hpa_core.imbalance.steps import LpRos, LpRus

LabelSet = tuple[bool, ...]
tables = arrays(bool, st.tuples(st.integers(1, 80), st.just(3)))


def shared(targets: np.ndarray, percent: int, *, sign: int) -> dict[LabelSet, Fraction]:
    """Return how many samples each bag gains (sign -1) or loses (1), by the pseudocode."""
    sizes = Counter(map(tuple, targets.tolist()))
    mean_size = Fraction(len(targets), len(sizes))
    bags = {labels: n for labels, n in sizes.items() if sign * (n - mean_size) > 0}
    if not bags:
        return {}
    mean_change = Fraction(len(targets) * percent, 100) / len(bags)
    changes = dict.fromkeys(bags, mean_change)
    # The bag nearest to the mean comes first: the smallest majority, or the largest minority.
    in_order = sorted(bags, key=lambda labels: sign * bags[labels])
    for place, labels in enumerate(in_order):
        wanted = changes[labels]
        changes[labels] = min(sign * (bags[labels] - mean_size), wanted)
        following = in_order[place + 1 :]
        for other in following:
            changes[other] += (wanted - changes[labels]) / len(following)
    return changes


@pytest.mark.parametrize(("kind", "sign"), [(LpRos, -1), (LpRus, 1)])
@given(targets=tables, percent=st.integers(1, 100), seed=st.integers(0, 3))
def test_each_label_set_changes_by_its_share_of_the_pseudocode(
    kind: type[LpRos | LpRus], sign: int, targets: np.ndarray, percent: int, seed: int
) -> None:
    ones = np.ones(len(targets), dtype=np.int64)
    copies = kind(percent=percent).apply(ones, targets, rng=np.random.default_rng(seed))
    expected = shared(targets, percent, sign=sign)
    found: Counter[LabelSet] = Counter()
    for labels, times in zip(map(tuple, targets.tolist()), copies.tolist(), strict=True):
        found[labels] += sign * (1 - times)
    assert {labels for labels, change in found.items() if change} <= set(expected)
    for labels, change in expected.items():
        assert abs(found[labels] - change) < 1 + Fraction(1, 10**6)
    assert abs(found.total() - sum(expected.values())) <= Fraction(1, 2) + Fraction(1, 10**6)


def test_lp_ros_brings_every_rare_set_to_the_mean_size_where_there_is_room(
    real_targets: np.ndarray,
) -> None:
    copies = plan_copies(real_targets, [LpRos(percent=500)], seed=0)
    sizes = Counter(map(tuple, np.repeat(real_targets, copies, axis=0).tolist()))
    assert len(sizes) == 577
    assert min(sizes.values()) >= len(real_targets) // 577
    assert measure_imbalance(real_targets, copies).mean_ir < 113.64


def test_lp_rus_loses_no_label_set(real_targets: np.ndarray) -> None:
    copies = plan_copies(real_targets, [LpRus(percent=100)], seed=0)
    assert copies.max() == 1
    assert measure_imbalance(real_targets, copies).label_sets == 577


def test_every_clone_of_a_set_is_drawn_from_all_of_its_samples() -> None:
    targets = np.array([[True, False]] * 80 + [[False, True]] * 4)
    drawn = np.zeros(4)
    for seed in range(200):
        drawn += plan_copies(targets, [LpRos(percent=10)], seed=seed)[80:] - 1
    assert drawn.sum() == 200 * 8
    np.testing.assert_allclose(drawn, 400, atol=4 * np.sqrt(1600 * 0.25 * 0.75))
