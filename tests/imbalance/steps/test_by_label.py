"""ML-ROS and ML-RUS against the paper's pseudocode, written down as it stands there.

The oracles count the whole table anew at every turn. They draw from the same stream of random
numbers, so that rows can be compared, not sums alone.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hpa_core.imbalance.measures import imbalance_ratios, mean_ratio, measure_imbalance
from hpa_core.imbalance.planning import plan_copies
from hpa_core.imbalance.steps import MlRos, MlRus
from hpa_core.imbalance.steps import by_label as implementation

# Two labels that are easily rare, so that there often is a minority.
tables = st.integers(1, 60).flatmap(
    lambda rows: st.tuples(
        *(
            arrays(bool, rows, elements=st.sampled_from(odds))
            for odds in ([True] * 4 + [False],) * 2
        ),
        *(arrays(bool, rows, elements=st.sampled_from([False] * 7 + [True])) for _ in range(2)),
    ).map(np.column_stack)
)


def irlbl_of(table: list[np.ndarray]) -> np.ndarray:
    return imbalance_ratios(np.sum(table, axis=0))


def ml_ros(targets: np.ndarray, percent: float, rng: np.random.Generator) -> list[int]:
    """Return the copies of every row, by the pseudocode."""
    table, copies = list(targets), [1] * len(targets)
    samples_to_clone = int(len(table) * percent / 100)
    lots = iter(rng.random(samples_to_clone))
    irlbl = irlbl_of(table)
    mean_ir = mean_ratio(irlbl)
    bags = {
        label: [row for row in range(len(targets)) if targets[row, label]]
        for label in range(targets.shape[1])
        if mean_ir < irlbl[label] < np.inf
    }
    while samples_to_clone > 0 and bags:
        for label in list(bags):
            if samples_to_clone == 0:
                break
            row = bags[label][int(next(lots) * len(bags[label]))]
            table.append(targets[row])
            copies[row] += 1
            if irlbl_of(table)[label] <= mean_ir:
                del bags[label]
            samples_to_clone -= 1
    return copies


def ml_rus(targets: np.ndarray, percent: float, rng: np.random.Generator) -> list[int]:
    """Return the copies of every row, by the pseudocode."""
    kept = dict(enumerate(targets))
    samples_to_delete = int(len(kept) * percent / 100)
    irlbl = irlbl_of(list(targets))
    mean_ir = mean_ratio(irlbl)
    bags = {
        label: rng.permutation(np.flatnonzero(targets[:, label])).tolist()
        for label in range(targets.shape[1])
        if irlbl[label] < mean_ir
    }
    while samples_to_delete > 0 and bags:
        for label in list(bags):
            left = [row for row in bags[label] if row in kept]
            if samples_to_delete == 0 or not left:
                del bags[label]
                continue
            del kept[left[-1]]
            samples_to_delete -= 1
            if not kept or irlbl_of(list(kept.values()))[label] >= mean_ir:
                del bags[label]
    return [int(row in kept) for row in range(len(targets))]


@settings(max_examples=150)
@given(tables, st.floats(1, 300), st.integers(0, 3))
def test_ml_ros_clones_the_rows_of_the_pseudocode(
    targets: np.ndarray, percent: float, seed: int
) -> None:
    ones = np.ones(len(targets), dtype=np.int64)
    found = MlRos(percent=percent).apply(ones, targets, rng=np.random.default_rng(seed))
    assert found.tolist() == ml_ros(targets, percent, np.random.default_rng(seed))


@settings(max_examples=150)
@given(tables, st.floats(1, 100), st.integers(0, 3))
def test_ml_rus_deletes_the_rows_of_the_pseudocode(
    targets: np.ndarray, percent: float, seed: int
) -> None:
    ones = np.ones(len(targets), dtype=np.int64)
    found = MlRus(percent=percent).apply(ones, targets, rng=np.random.default_rng(seed))
    assert found.tolist() == ml_rus(targets, percent, np.random.default_rng(seed))


def test_chunks_of_another_length_clone_the_same_rows(
    real_targets: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = MlRos(percent=20)
    usual = plan_copies(real_targets, [step], seed=1)
    monkeypatch.setattr(implementation, "CHUNK", 37)
    assert plan_copies(real_targets, [step], seed=1).tolist() == usual.tolist()


def test_ml_ros_copies_samples_of_the_published_minority_labels_alone(
    real_targets: np.ndarray,
) -> None:
    copies = plan_copies(real_targets, [MlRos(percent=1)], seed=0)
    minority = real_targets[:, [8, 9, 10, 15, 27]].any(axis=1)
    assert copies.sum() == len(real_targets) + 310
    assert (copies[~minority] == 1).all()


def test_ml_ros_ends_when_no_label_is_a_minority_by_the_first_mean(
    real_targets: np.ndarray,
) -> None:
    before = measure_imbalance(real_targets)
    copies = plan_copies(real_targets, [MlRos(percent=500)], seed=0)
    after = measure_imbalance(real_targets, copies)
    assert after.samples < 2 * before.samples
    assert after.irlbl.max() <= before.mean_ir


def test_copies_so_far_are_samples_like_any_other() -> None:
    rng = np.random.default_rng(5)
    targets = rng.random((50, 3)) < [0.7, 0.4, 0.1]
    copies = rng.integers(0, 3, 50)
    rows = np.repeat(np.arange(50), copies)
    for step in (MlRos(percent=40), MlRus(percent=40)):
        found = step.apply(copies, targets, rng=np.random.default_rng(0))
        ones = np.ones(len(rows), dtype=np.int64)
        one_by_one = step.apply(ones, targets[rows], rng=np.random.default_rng(0))
        assert found.tolist() == np.bincount(rows, weights=one_by_one, minlength=50).tolist()
