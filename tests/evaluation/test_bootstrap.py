"""Bootstrap intervals, against drawing the images one by one and scoring by scikit-learn."""

import tracemalloc

import numpy as np
import pytest
from sklearn.metrics import f1_score

from hpa_core.evaluation import bootstrap
from hpa_core.evaluation.bootstrap import compare_calls, drawn_f1, macro_f1_intervals


def called(seed: int, samples: int = 300) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = rng.random((samples, 4)) < [0.4, 0.2, 0.1, 0.05]
    good = truth ^ (rng.random(truth.shape) < 0.05)
    poor = truth ^ (rng.random(truth.shape) < 0.15)
    return truth, poor, good


def macro(truth: np.ndarray, calls: np.ndarray) -> float:
    return f1_score(truth, calls, average="macro", zero_division=0)


def test_intervals_are_those_of_drawing_images() -> None:
    truth, poor, good = called(1)
    rng = np.random.default_rng(7)
    drawn = []
    for _ in range(600):
        rows = rng.integers(0, len(truth), len(truth))
        drawn.append([macro(truth[rows], calls[rows]) for calls in (poor, good)])
    expected = np.quantile(drawn, [0.025, 0.975], axis=0).T
    ours = macro_f1_intervals(truth, [poor, good], replicates=3000)
    # Six hundred draws place such a quantile within about a sixth of the standard error.
    np.testing.assert_allclose(ours, expected, atol=0.2 * np.std(drawn, axis=0).max())
    differences = np.subtract(*np.array(drawn).T[::-1])
    compared = compare_calls(truth, poor, good, replicates=3000)
    np.testing.assert_allclose(
        compared.interval, np.quantile(differences, [0.025, 0.975]), atol=0.2 * differences.std()
    )


def test_the_difference_is_scikit_learns() -> None:
    truth, poor, good = called(2)
    compared = compare_calls(truth, poor, good, replicates=50)
    assert compared.difference == pytest.approx(macro(truth, good) - macro(truth, poor), abs=1e-12)
    by_class = [f1_score(truth, calls, average=None) for calls in (good, poor)]
    np.testing.assert_allclose(compared.by_class, by_class[0] - by_class[1], atol=1e-12)
    assert compared.support.tolist() == truth.sum(axis=0).tolist()


def test_a_set_against_itself_differs_nowhere() -> None:
    truth, poor, _ = called(3)
    compared = compare_calls(truth, poor, poor, replicates=50)
    assert compared.difference == 0
    assert compared.interval == (0, 0)
    assert compared.wins == 0.5
    assert not compared.by_class.any()


def test_the_two_are_drawn_together() -> None:
    """A paired interval is far narrower than the two intervals' widths would allow."""
    truth, poor, _ = called(4)
    nearly = poor.copy()
    nearly[0, 0] ^= True
    compared = compare_calls(truth, poor, nearly)
    (low, high) = macro_f1_intervals(truth, [poor])[0]
    assert np.ptp(compared.interval) < (high - low) / 10


def test_turning_the_two_around_turns_the_answer_around() -> None:
    truth, poor, good = called(5)
    there, back = compare_calls(truth, poor, good), compare_calls(truth, good, poor)
    assert back.difference == -there.difference
    assert back.wins == pytest.approx(1 - there.wins)
    np.testing.assert_allclose(back.interval, [-there.interval.high, -there.interval.low])


def test_replicates_in_blocks_are_those_drawn_at_once_and_take_less_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    truth, poor, good = called(6)
    drawn, peaks = [], []
    for block in (bootstrap.BLOCK_BYTES, 4 * len(truth) * 7):
        monkeypatch.setattr(bootstrap, "BLOCK_BYTES", block)
        tracemalloc.start()
        drawn.append(drawn_f1(truth, [poor, good], replicates=2000))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert drawn[0][0].shape == (2000, 4)
    np.testing.assert_array_equal(*drawn)
    assert peaks[1] < peaks[0] / 4


def test_shapes_that_do_not_fit_are_our_mistake() -> None:
    truth, poor, _ = called(7)
    with pytest.raises(ValueError, match="do not compare"):
        compare_calls(truth, poor, poor[:-1])
