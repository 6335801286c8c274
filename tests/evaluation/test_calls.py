"""The calling rule, said once more sample by sample."""

import numpy as np
import pytest
from hypothesis import given

from hpa_core.errors import ScoresError
from hpa_core.evaluation.calls import apply_thresholds
from tests.evaluation.arrays import scored_with_thresholds


def test_a_score_on_the_threshold_is_not_a_call() -> None:
    assert apply_thresholds(np.array([[0.5, 0.5000001]]), 0.5).tolist() == [[False, True]]


def test_a_32_bit_score_is_compared_with_the_threshold_as_written() -> None:
    # float32(0.15) is 0.15000000596...: strictly above the number 0.15.
    assert apply_thresholds(np.array([[0.15]], dtype=np.float32), 0.15).item()
    assert apply_thresholds(np.array([[0.15]], dtype=np.float32), np.array([0.15])).item()


def test_without_a_fallback_a_sample_may_get_no_call() -> None:
    assert not apply_thresholds(np.array([[0.1, 0.2]]), 0.5).any()


def test_of_equally_high_classes_the_fallback_calls_the_lowest_id() -> None:
    calls = apply_thresholds(np.array([[0.1, 0.3, 0.3]]), 0.5, fallback="top1")
    assert calls.tolist() == [[False, True, False]]


def test_a_sample_of_zeros_falls_back_to_class_0() -> None:
    calls = apply_thresholds(np.zeros((1, 3)), 0.5, fallback="top1")
    assert calls.tolist() == [[True, False, False]]


@given(scored_with_thresholds())
def test_calls_follow_the_rule_sample_by_sample(
    case: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    probs, _, thresholds = case
    calls = apply_thresholds(probs, thresholds, fallback="top1")
    for row, called in zip(probs.tolist(), calls.tolist(), strict=True):
        above = [score > limit for score, limit in zip(row, thresholds.tolist(), strict=True)]
        first_highest = [place == row.index(max(row)) for place in range(len(row))]
        assert called == (above if any(above) else first_highest)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -0.1, 1.5])
def test_scores_that_are_no_probabilities_are_refused(bad: float) -> None:
    with pytest.raises(ScoresError, match="between 0 and 1"):
        apply_thresholds(np.array([[0.5, bad]]), 0.5)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -0.1, 1.5])
def test_thresholds_that_are_no_probabilities_are_refused(bad: float) -> None:
    probs = np.array([[0.5, 0.6]])
    for thresholds in (bad, np.array([0.5, bad])):
        with pytest.raises(ScoresError, match=f"Thresholds must lie between 0 and 1.*found {bad}"):
            apply_thresholds(probs, thresholds)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_thresholds_of_another_number_of_classes_are_refused(count: int) -> None:
    with pytest.raises(ScoresError, match=rf"each of 2 classes.*\({count},\)"):
        apply_thresholds(np.array([[0.5, 0.6]]), np.full(count, 0.5))


def test_thresholds_may_be_0_and_1() -> None:
    assert apply_thresholds(np.array([[0.1, 1.0]]), np.array([0.0, 1.0])).tolist() == [
        [True, False]
    ]
