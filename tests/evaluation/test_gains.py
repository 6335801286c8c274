"""Gains by class: against drawing the samples themselves, and what is noise by construction."""

import numpy as np
from sklearn.metrics import f1_score

from hpa_core.evaluation.gains import class_gains, drawn_gains


def calls_of(rng: np.random.Generator, targets: np.ndarray, *, right: float) -> np.ndarray:
    return np.where(rng.random(targets.shape) < right, targets, rng.random(targets.shape) < 0.1)


def test_drawing_counts_spreads_as_drawing_the_samples_does() -> None:
    rng = np.random.default_rng(0)
    targets = rng.random((400, 3)) < [0.05, 0.2, 0.5]
    before, after = (calls_of(rng, targets, right=right) for right in (0.6, 0.8))
    drawn = np.concatenate([drawn_gains(targets, before, after, rng=rng) for _ in range(5)])
    by_sample = []
    for _ in range(300):
        rows = rng.integers(400, size=400)
        scores = [
            f1_score(targets[rows], calls[rows], average=None, zero_division=0)
            for calls in (before, after)
        ]
        by_sample.append(scores[1] - scores[0])
    np.testing.assert_allclose(drawn.mean(axis=0), np.mean(by_sample, axis=0), atol=0.02)
    np.testing.assert_allclose(drawn.std(axis=0), np.std(by_sample, axis=0), rtol=0.2)


def test_the_value_is_the_mean_of_scikit_learns_differences() -> None:
    rng = np.random.default_rng(1)
    targets = rng.random((200, 4)) < 0.3
    before, *after = (calls_of(rng, targets, right=right) for right in (0.5, 0.7, 0.9))
    found = class_gains(targets, before, after, rng=rng)
    was, *now = (
        f1_score(targets, calls, average=None, zero_division=0) for calls in (before, *after)
    )
    np.testing.assert_allclose(found.value, np.mean(now, axis=0) - was, atol=1e-12)


def test_a_clear_gain_is_no_noise_and_no_change_is() -> None:
    rng = np.random.default_rng(2)
    targets = rng.random((500, 2)) < 0.2
    before = calls_of(rng, targets, right=0.5)
    after = np.column_stack([targets[:, 0], before[:, 1]])
    found = class_gains(targets, before, [after], rng=rng)
    assert found.noise.tolist() == [False, True]
    assert (found.low[1], found.value[1], found.high[1]) == (0, 0, 0)


def test_two_positives_show_no_gain_though_one_more_is_found() -> None:
    targets = np.zeros((300, 1), dtype=bool)
    targets[:2] = True
    before, after = np.zeros_like(targets), np.zeros_like(targets)
    before[0] = after[:2] = True
    found = class_gains(targets, before, [after], rng=np.random.default_rng(3))
    assert found.value[0] > 0.3
    assert found.noise[0]
