"""The honest estimate: what it must be exactly, and what it must say of data made for it."""

from math import hypot, sqrt

import numpy as np
import pytest
from hypothesis import given

from hpa_core.errors import ScoresError
from hpa_core.evaluation.calls import apply_thresholds
from hpa_core.evaluation.honesty import cross_fitted, error_spread, halves
from hpa_core.evaluation.metrics import evaluate
from hpa_core.evaluation.strategies import strategy_named
from tests.evaluation.arrays import scored


def noise(seed: int, *, samples: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """Scores that know nothing of the truth: every tuned gain is luck."""
    rng = np.random.default_rng(seed)
    return rng.random((samples, 28)), rng.random((samples, 28)) < 0.02


@given(scored())
def test_halves_share_out_every_sample_once_and_evenly(
    case: tuple[np.ndarray, np.ndarray],
) -> None:
    targets = case[1]
    left, right = halves(targets, rng=np.random.default_rng(0))
    assert sorted([*left, *right]) == list(range(len(targets)))
    assert abs(len(left) - len(right)) <= 1


def test_halves_share_out_each_class_to_within_one_where_samples_have_one_label() -> None:
    rng = np.random.default_rng(1)
    targets = np.eye(28, dtype=bool)[rng.integers(28, size=501)]
    left, right = halves(targets, rng=rng)
    assert np.abs(targets[left].sum(axis=0) - targets[right].sum(axis=0)).max() <= 1


def test_halves_separate_the_two_positives_of_a_rare_class() -> None:
    rng = np.random.default_rng(2)
    targets = rng.random((300, 3)) < [0.5, 0.3, 0]
    targets[[10, 200], 2] = True
    for _ in range(20):
        left, _ = halves(targets, rng=rng)
        assert targets[left, 2].sum() == 1


def test_a_threshold_that_does_not_look_at_the_data_is_expected_to_keep_its_score() -> None:
    probs, targets = noise(3)
    honest = cross_fitted(probs, targets, strategy=strategy_named("fixed-0.5"), repeats=3)
    score = evaluate(targets, apply_thresholds(probs, 0.5)).macro_f1
    assert honest.in_sample == score
    assert honest.expected == pytest.approx(score, abs=1e-12)


def test_tuning_to_noise_is_seen_through() -> None:
    probs, targets = noise(4)
    strategy = strategy_named("exact")
    honest = cross_fitted(probs, targets, strategy=strategy)
    measured = []
    for seed in range(20, 30):
        new_probs, new_targets = noise(seed)
        calls = apply_thresholds(new_probs, honest.thresholds)
        measured.append(evaluate(new_targets, calls).macro_f1)
    assert honest.in_sample > 2 * np.mean(measured)
    assert honest.expected == pytest.approx(np.mean(measured), abs=0.02)
    low, high = honest.interval
    assert all(low <= value <= high for value in measured)


def test_the_interval_narrows_with_more_samples() -> None:
    widths = []
    for samples in (300, 3000):
        luck, targets = noise(5, samples=samples)
        told = (luck + targets) / 2  # Far from 0 and 1, where the interval would be cut.
        honest = cross_fitted(told, targets, strategy=strategy_named("prevalence"))
        widths.append(honest.interval[1] - honest.interval[0])
    assert widths[1] < widths[0]


def test_the_luck_of_choosing_counts_once_and_that_of_scoring_twice() -> None:
    rng = np.random.default_rng(0)
    choice, scoring = rng.normal(0, 0.03, (4000, 1)), rng.normal(0, 0.02, (4000, 8))
    assert error_spread(choice + np.zeros(8)) == pytest.approx(0.03, rel=0.03)
    assert error_spread(scoring) == pytest.approx(0.02 * sqrt(2), rel=0.03)
    both = hypot(0.03, 0.02 * sqrt(2))
    assert error_spread(choice + scoring) == pytest.approx(both, rel=0.03)


def test_the_same_seed_gives_the_same_estimate_and_another_seed_another() -> None:
    probs, targets = noise(6)
    first, again, other = (
        cross_fitted(probs, targets, strategy=strategy_named("exact"), repeats=2, seed=seed)
        for seed in (0, 0, 1)
    )
    assert (first.expected, first.interval) == (again.expected, again.interval)
    assert first.expected != other.expected


def test_the_fallback_is_part_of_what_is_estimated() -> None:
    probs, targets = noise(7)
    honest = cross_fitted(
        probs, targets, strategy=strategy_named("exact"), fallback="top1", repeats=2
    )
    calls = apply_thresholds(probs, honest.thresholds, fallback="top1")
    assert honest.in_sample == evaluate(targets, calls).macro_f1


def test_progress_reaches_its_end() -> None:
    seen: list[tuple[int, int]] = []

    def progress(done: int, total: int, *, unit: str, note: str = "") -> None:
        seen.append((done, total))

    probs, targets = noise(8, samples=50)
    cross_fitted(probs, targets, strategy=strategy_named("fixed-0.5"), repeats=2, progress=progress)
    assert seen[-1][0] == seen[-1][1] == len(seen)


def test_no_samples_are_refused() -> None:
    with pytest.raises(ScoresError, match="no samples"):
        cross_fitted(
            np.zeros((0, 28)), np.zeros((0, 28), dtype=bool), strategy=strategy_named("exact")
        )
