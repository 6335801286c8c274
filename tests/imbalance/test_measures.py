"""The measures against a brute force and against published figures of the real label table."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hpa_core.imbalance.measures import (
    cooccurrence,
    cooccurrence_residual,
    group_label_sets,
    measure_imbalance,
    scumble_per_sample,
)


def test_the_real_label_table_has_its_published_measures(real_targets: np.ndarray) -> None:
    measured = measure_imbalance(real_targets)
    assert measured.cardinality == pytest.approx(1.63, abs=0.005)
    assert measured.irlbl.max() == pytest.approx(1171, abs=0.5)
    assert measured.mean_ir == pytest.approx(113.64, abs=0.005)
    assert measured.cvir == pytest.approx(2.244, abs=0.0005)
    assert measured.scumble == pytest.approx(0.120, abs=0.0005)
    assert measured.label_sets == 577
    assert np.flatnonzero(measured.irlbl > measured.mean_ir).tolist() == [8, 9, 10, 15, 27]


def test_every_lysosome_sample_also_carries_endosomes(real_targets: np.ndarray) -> None:
    together = cooccurrence(real_targets)
    assert together[10, 10] == together[10, 9] == 28


@given(arrays(bool, (12, 4)))
def test_scumble_equals_its_definition_sample_by_sample(targets: np.ndarray) -> None:
    irlbl = measure_imbalance(targets).irlbl
    for row, value in zip(targets, scumble_per_sample(targets, irlbl), strict=True):
        ratios = irlbl[row]
        expected = 1 - np.prod(ratios) ** (1 / len(ratios)) / ratios.mean() if row.any() else 0.0
        assert value == pytest.approx(expected, abs=1e-9)


@given(arrays(bool, st.tuples(st.integers(0, 30), st.just(5))))
def test_cooccurrence_counts_pairs(targets: np.ndarray) -> None:
    brute = [[sum(targets[:, a] & targets[:, b]) for b in range(5)] for a in range(5)]
    assert cooccurrence(targets).tolist() == brute


def test_classes_that_avoid_each_other_have_a_negative_residual() -> None:
    apart = np.zeros((100, 2), dtype=bool)
    apart[:50, 0] = apart[50:, 1] = True
    assert cooccurrence_residual(apart)[0, 1] == pytest.approx(-5)


def test_a_class_without_positives_has_an_infinite_ratio_and_leaves_the_mean_finite() -> None:
    measured = measure_imbalance(np.array([[True, False], [True, False]]))
    assert measured.irlbl[1] == np.inf
    assert measured.mean_ir == 1.0
    assert measured.scumble_per_class.tolist() == [0.0, 0.0]


def test_an_empty_table_has_no_shares_and_no_ratio() -> None:
    measured = measure_imbalance(np.zeros((0, 3), dtype=bool))
    assert measured.shares.tolist() == [0, 0, 0]
    assert measured.mean_ir == measured.scumble == measured.cardinality == 0


@given(arrays(bool, st.tuples(st.integers(1, 30), st.just(5))), st.integers(0, 3))
def test_rows_shown_several_times_measure_as_if_they_stood_there_so_often(
    targets: np.ndarray, seed: int
) -> None:
    copies = np.random.default_rng(seed).integers(0, 4, len(targets))
    weighted = measure_imbalance(targets, copies)
    repeated = measure_imbalance(np.repeat(targets, copies, axis=0))
    for name, value in vars(repeated).items():
        np.testing.assert_allclose(getattr(weighted, name), value, atol=1e-12, err_msg=name)


@given(arrays(bool, st.tuples(st.integers(0, 30), st.integers(1, 64))))
def test_rows_of_one_label_set_carry_the_same_classes(targets: np.ndarray) -> None:
    sets = group_label_sets(targets)
    assert (sets.members[sets.of_row] == targets).all()
    assert len({tuple(row) for row in sets.members.tolist()}) == len(sets.members)
    assert sets.sizes().tolist() == np.bincount(sets.of_row, minlength=len(sets.members)).tolist()
