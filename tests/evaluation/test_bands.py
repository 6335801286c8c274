"""Bootstrap bands of F1 curves, against drawing the samples themselves."""

import numpy as np
import pytest

from hpa_core.errors import ScoresError
from hpa_core.evaluation.bands import f1_bands

GRID = np.array([0.0, 0.2, 0.5, 0.8, 1.0])


def scored(samples: int, positives: int, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = np.arange(samples) < positives
    scores = np.clip(rng.normal(0.3 + 0.3 * truth, 0.15), 0, 1)
    return scores[:, None], truth[:, None]


def test_the_band_is_that_of_drawing_the_samples_anew():
    probs, targets = scored(400, 60)
    bands = f1_bands(probs, targets, GRID, replicates=2000)
    rng = np.random.default_rng(11)
    drawn = []
    for _ in range(2000):
        rows = rng.integers(0, len(probs), len(probs))
        calls, truth = probs[rows] > GRID, targets[rows]
        drawn.append(2 * (calls & truth).sum(0) / np.maximum(calls.sum(0) + truth.sum(), 1))
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    # 2,000 replicates place a 2.5 % quantile within about a tenth of a standard error.
    np.testing.assert_allclose(bands.low[0], low, atol=0.012)
    np.testing.assert_allclose(bands.high[0], high, atol=0.012)


def test_a_score_on_a_threshold_is_not_above_it():
    probs, targets = np.array([[0.5], [0.2]]), np.array([[True], [False]])
    bands = f1_bands(probs, targets, np.array([0.2, 0.5]))
    assert bands.high[0].tolist() == [1.0, 0.0]


def test_few_positives_make_a_wide_band():
    few, many = (f1_bands(*scored(20 * count, count), GRID) for count in (11, 1100))
    width = [float(bands.high[0, 2] - bands.low[0, 2]) for bands in (few, many)]
    assert width[0] > 5 * width[1]


def test_a_class_without_positives_has_a_band_of_nothing():
    probs, _ = scored(50, 0)
    bands = f1_bands(probs, np.zeros((50, 1), dtype=bool), GRID)
    assert not bands.low.any()
    assert not bands.high.any()


def test_the_band_is_the_same_each_time_and_whichever_classes_stand_after_it():
    probs, targets = scored(300, 40)
    alone = f1_bands(probs, targets, GRID, seed=5)
    beside = f1_bands(np.tile(probs, 2), np.tile(targets, 2), GRID, seed=5)
    assert alone.low.tolist() == beside.low[:1].tolist()
    assert beside.low[0].tolist() != beside.low[1].tolist()


def test_scores_that_are_not_probabilities_are_refused():
    with pytest.raises(ScoresError):
        f1_bands(np.array([[np.nan]]), np.array([[True]]), GRID)
