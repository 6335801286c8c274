"""Calibration, against scikit-learn, scipy and planted miscalibration."""

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss as sklearn_log_loss

from hpa_core.errors import ScoresError
from hpa_core.evaluation.calibration import (
    fit_temperature,
    log_loss,
    measure_reliability,
    recalibrated_apart,
)
from hpa_core.evaluation.recalibration import Recalibration, fit_recalibration, log_odds


def planted(samples: int = 4000, *, slope: float = 1.0, height: float = 0.0, seed: int = 0):
    """Scores whose true probability is expit(slope * logit + height), and the truth."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(-1, 1.5, (samples, 3))
    targets = rng.random(logits.shape) < 1 / (1 + np.exp(-(slope * logits + height)))
    return 1 / (1 + np.exp(-logits)), targets


def test_with_many_positives_the_fit_is_that_of_a_logistic_regression() -> None:
    probs, targets = planted(slope=0.6, height=0.8)
    ours = fit_recalibration(probs, targets)
    for number in range(3):
        fitted = LogisticRegression(C=np.inf, tol=1e-10).fit(
            log_odds(probs[:, [number]]), targets[:, number]
        )
        # Ours is drawn a little to the other classes' slopes, and fits binned scores.
        assert ours.slopes[number] == pytest.approx(fitted.coef_[0, 0], abs=0.02)
        assert ours.intercepts[number] == pytest.approx(fitted.intercept_[0], abs=0.02)


def test_a_class_with_two_positives_takes_its_slope_from_the_others() -> None:
    probs, targets = planted(slope=0.6)
    few = np.flatnonzero(targets[:, 0])[:2]
    targets[:, 0] = False
    targets[few, 0] = True
    fitted = fit_recalibration(probs, targets)
    assert fitted.slopes[0] == pytest.approx(0.6, abs=0.2)
    assert fitted.apply(probs)[:, 0].sum() == pytest.approx(2, rel=0.1)


def test_a_class_without_positives_or_with_all_stays_finite_and_in_order() -> None:
    probs, targets = planted(50)
    targets[:, 0], targets[:, 1] = False, True
    recalibrated = fit_recalibration(probs, targets).apply(probs)
    assert np.isfinite(recalibrated).all()
    assert recalibrated[:, 0].max() < 0.5 < recalibrated[:, 1].min()
    for number in range(3):
        assert (np.argsort(recalibrated[:, number]) == np.argsort(probs[:, number])).all()


def test_scores_apart_by_a_threshold_do_not_make_the_slope_run_away() -> None:
    probs = np.array([[0.1], [0.2], [0.8], [0.9]])
    fitted = fit_recalibration(probs, probs > 0.5)
    assert 0 < fitted.slopes[0] < 20


def test_the_temperature_undoes_scores_that_are_too_sure() -> None:
    probs, targets = planted(20_000, slope=0.5)
    assert fit_temperature(probs, targets) == pytest.approx(2, rel=0.05)


def test_log_loss_is_scikit_learns_over_all_decisions() -> None:
    probs, targets = planted(500)
    expected = sklearn_log_loss(targets.ravel(), probs.ravel())
    assert log_loss(probs, targets) == pytest.approx(expected, abs=1e-12)


def test_reliability_is_scikit_learns_in_equal_bins() -> None:
    probs, targets = planted(1000, slope=0.5)
    ours = measure_reliability(probs[:, 0], targets[:, 0], bins=10)
    share, score = calibration_curve(targets[:, 0], probs[:, 0], n_bins=10, strategy="quantile")
    np.testing.assert_allclose(ours.share, share)
    np.testing.assert_allclose(ours.score, score)
    expected = np.average(np.abs(share - score), weights=ours.samples)
    assert ours.error == pytest.approx(expected)
    assert ours.samples.tolist() == [100] * 10


def test_recalibration_helps_on_samples_it_has_not_seen() -> None:
    probs, targets = planted(3000, slope=0.4, height=1.0)
    apart = recalibrated_apart(probs, targets)
    assert log_loss(apart, targets) < log_loss(probs, targets) - 0.01
    assert measure_reliability(apart[:, 0], targets[:, 0]).error < 0.03


def test_a_score_is_never_recalibrated_by_its_own_truth() -> None:
    probs, targets = planted(200)
    apart = recalibrated_apart(probs, targets)
    changed = targets.copy()
    changed[7] ^= True
    again = recalibrated_apart(probs, changed)
    assert (again[7] == apart[7]).all()
    assert (again != apart).any()


def test_applying_nothing_changes_nothing_and_nonsense_is_refused() -> None:
    probs, _ = planted(20)
    same = Recalibration(slopes=np.ones(3), intercepts=np.zeros(3)).apply(probs)
    np.testing.assert_allclose(same, probs, atol=1e-12)
    with pytest.raises(ScoresError):
        fit_recalibration(np.full((3, 1), np.nan), np.ones((3, 1), dtype=bool))
