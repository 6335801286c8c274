"""Scores mended into probabilities: one temperature for all, or a line over log-odds a class.

Axes: N samples, C classes. Both keep each class's ranking (a line of negative slope would not,
and is held at 0), so they change no F1 that thresholds can reach, only what a score means.

References:
    Platt (1999), Probabilistic outputs for support vector machines.
    Guo, Pleiss, Sun, Weinberger (2017), On calibration of modern neural networks (temperature).
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.optimize import minimize_scalar
from scipy.special import expit, logit

from hpa_core.evaluation.contract import Probs, Targets, check_probs, check_truth
from hpa_core.evaluation.ranks import rank_scores
from hpa_core.evaluation.recall import pooled_logistic, score_levels

LOG_TEMPERATURES = (-3.0, 3.0)


@dataclass(frozen=True, kw_only=True)
class Recalibration:
    """Log-odds become intercept + slope x log-odds, by class.

    Attributes:
        intercepts, slopes: (C,); slopes are 0 or more.
    """

    intercepts: Float[np.ndarray, " C"]
    slopes: Float[np.ndarray, " C"]

    def apply(self, probs: Probs) -> Probs:
        """Return the mended probabilities.

        Raises:
            ScoresError: a score is NaN or outside [0, 1].
        """
        check_probs(probs)
        return np.asarray(expit(self.intercepts + self.slopes * log_odds(probs)))


def log_odds(probs: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    """Return the log-odds; scores of 0 and 1 count as 1e-9 and 1 - 1e-9."""
    return np.asarray(logit(np.clip(probs.astype(np.float64), 1e-9, 1 - 1e-9)))


def fit_temperature(probs: Probs, targets: Targets) -> Recalibration:
    """Divide all log-odds by the one temperature of least log-loss.

    Raises:
        ScoresError: a score is NaN or outside [0, 1], or there is no sample.
    """
    check_truth(probs, targets)
    odds = log_odds(probs)
    towards_truth = np.where(targets, odds, -odds)

    def loss(log_slope: float) -> float:
        return float(np.logaddexp(0, -np.exp(log_slope) * towards_truth).mean())

    found = minimize_scalar(loss, bounds=LOG_TEMPERATURES, method="bounded")
    classes = probs.shape[1]
    return Recalibration(
        intercepts=np.zeros(classes), slopes=np.full(classes, float(np.exp(found.x)))
    )


def fit_recalibration(probs: Probs, targets: Targets) -> Recalibration:
    """Fit a line of each class (Platt), its slope drawn to the other classes' where it is unsure.

    Raises:
        ScoresError: a score is NaN or outside [0, 1], or there is no sample.
    """
    check_truth(probs, targets)
    ranked = rank_scores(probs, targets)
    levels = score_levels(ranked)
    line = pooled_logistic(ranked, levels.values)
    slopes = np.maximum(line.slopes, 0) / levels.deviation
    return Recalibration(intercepts=line.intercepts - slopes * levels.mean, slopes=slopes)
