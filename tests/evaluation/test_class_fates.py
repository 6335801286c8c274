"""Classes that fall while the mean rises are told, and nothing else is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hpa_core.evaluation.class_fates import LEAST_FALL, WINDOW, fallen_classes, uncalled_classes

RISING = np.linspace(0.1, 0.9, 12)


def test_a_class_that_falls_while_the_mean_rises_is_told_with_its_peak() -> None:
    f1 = np.stack([RISING, RISING, np.r_[np.full(6, 0.9), np.full(6, 0.8)]], axis=1)
    (fall,) = fallen_classes(f1)
    assert (fall.class_id, fall.epoch) == (2, 5)
    assert (fall.peak, fall.now) == (pytest.approx(0.9), pytest.approx(0.8))


def test_a_fall_together_with_the_mean_is_the_trainings_own_and_not_a_class_fate() -> None:
    assert fallen_classes(np.stack([RISING[::-1]] * 3, axis=1)) == []


def test_one_uneven_epoch_is_no_fate() -> None:
    steady = np.full(12, 0.8)
    steady[-1] -= WINDOW * LEAST_FALL * 0.9
    assert fallen_classes(np.stack([RISING, steady], axis=1)) == []


def test_before_the_first_epoch_nothing_is_told() -> None:
    assert fallen_classes(np.zeros((0, 28))) == []
    assert uncalled_classes(np.zeros((0, 28))) == []


def test_a_class_never_found_is_told_apart_from_one_that_was_once() -> None:
    f1 = np.array([[0.0, 0.0], [0.0, 0.2], [0.0, 0.0]])
    assert uncalled_classes(f1) == [0]


@given(arrays(np.float64, (9, 4), elements=st.floats(0, 1)))
def test_what_is_told_agrees_with_means_taken_epoch_by_epoch(f1: np.ndarray) -> None:
    smooth = np.array([f1[max(0, e - WINDOW + 1) : e + 1].mean(axis=0) for e in range(len(f1))])
    for fall in fallen_classes(f1):
        column = smooth[:, fall.class_id]
        assert fall.peak == pytest.approx(column.max())
        assert fall.peak == pytest.approx(column[fall.epoch])
        assert fall.now == pytest.approx(column[-1])
        assert smooth[-1].mean() >= smooth[fall.epoch].mean() - 1e-9
