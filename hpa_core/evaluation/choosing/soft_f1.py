"""Thresholds that make a smooth F1 as near to 1 as least squares can, as a public kernel did.

Axes: N samples, C classes. A call counts by sigmoid(50 (score - threshold)), so that F1 has a
slope to follow. The search is local: it starts at 0.5 and may stay there where all scores are low.

References:
    iafoss (2018), Pretrained ResNet34 with RGBY (Kaggle, Human Protein Atlas): `leastsq` over
    F1_soft with slope 50, weight decay 1e-5 towards 0.5, thresholds below 0.1 raised to 0.1.
"""

import numpy as np
from jaxtyping import Bool, Float
from scipy.optimize import least_squares
from scipy.special import expit

from hpa_core.evaluation.contract import Probs, Targets, Thresholds, check_truth

SLOPE, DECAY, START, LOWEST = 50.0, 1e-5, 0.5, 0.1


def soft_f1_thresholds(probs: Probs, targets: Targets) -> Thresholds:
    """Return each class's threshold of nearly highest soft F1; the sum of squares separates."""
    check_truth(probs, targets)
    columns = zip(probs.T.astype(np.float64), targets.T, strict=True)
    return np.clip([_threshold(scores, truth) for scores, truth in columns], LOWEST, 1)


def soft_f1(
    scores: Float[np.ndarray, " N"], truth: Bool[np.ndarray, " N"], threshold: float
) -> tuple[float, float]:
    """Return the soft F1 of one class and its derivative by the threshold.

    >>> soft_f1(np.array([0.9, 0.1]), np.array([True, False]), 0.5)[0].round(6).item()
    1.0
    """
    called = expit(SLOPE * (scores - threshold))
    fading = -SLOPE * called * (1 - called)
    whole = truth.sum() + called.sum() + 1e-9
    right = called[truth].sum()
    slope = 2 * (fading[truth].sum() * whole - right * fading.sum()) / whole**2
    return 2 * right / whole, slope


def _threshold(scores: Float[np.ndarray, " N"], truth: Bool[np.ndarray, " N"]) -> float:
    def residuals(threshold: Float[np.ndarray, " 1"]) -> Float[np.ndarray, " 2"]:
        value, _ = soft_f1(scores, truth, float(threshold[0]))
        return np.array([value - 1, DECAY * (threshold[0] - START)])

    def slopes(threshold: Float[np.ndarray, " 1"]) -> Float[np.ndarray, "2 1"]:
        _, slope = soft_f1(scores, truth, float(threshold[0]))
        return np.array([[slope], [DECAY]])

    found = least_squares(residuals, [START], slopes, method="lm")
    return float(found.x[0])
