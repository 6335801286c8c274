"""The report's threshold experiments on any scores, against scikit-learn."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import f1_score

from hpa_core.evaluation.sweeps import COMMON, LARGEST, sweep_threshold


@pytest.fixture
def scored() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    targets = rng.random((120, 28)) < 0.2
    return np.clip(rng.normal(0.3 + 0.3 * targets, 0.15), 0, 1), targets


def macro(targets: np.ndarray, calls: np.ndarray) -> float:
    return f1_score(targets, calls, average="macro", zero_division=0)


def test_one_threshold_for_all_is_scored_at_every_value(scored) -> None:
    probs, targets = scored
    swept = sweep_threshold(probs, targets, values=[0.5, 0.2, 0.35])
    assert swept.values.tolist() == [0.2, 0.35, 0.5]
    expected = [macro(targets, probs > value) for value in swept.values]
    np.testing.assert_allclose(swept.macro_f1, expected, atol=1e-12)
    assert swept.best == swept.values[np.argmax(expected)]
    assert (swept.low <= swept.macro_f1).all()
    assert (swept.macro_f1 <= swept.high).all()


def test_only_the_named_classes_move(scored) -> None:
    probs, targets = scored
    swept = sweep_threshold(probs, targets, classes=(0, 25), base=0.4, values=[0.1, 0.6])
    for value, score in zip(swept.values, swept.macro_f1, strict=True):
        thresholds = np.full(28, 0.4)
        thresholds[[0, 25]] = value
        assert score == pytest.approx(macro(targets, probs > thresholds), abs=1e-12)


def test_the_reports_figures_are_those_it_printed() -> None:
    assert max(COMMON, key=COMMON.__getitem__) == 0.15
    assert max(LARGEST, key=LARGEST.__getitem__) == 0.35
    assert COMMON[0.15] == LARGEST[0.15] == 0.4924


def test_a_real_models_best_single_threshold_is_not_the_reports(realdata: Path) -> None:
    folder = realdata / "validation"
    probs = np.load(folder / "vgg16_probs.npy")
    targets = np.load(folder / "targets.npy").astype(bool)
    swept = sweep_threshold(probs, targets, values=[0.15, 0.45, 0.5])
    assert swept.best == 0.45
    assert swept.macro_f1[-1] == pytest.approx(0.51304, abs=5e-6)
