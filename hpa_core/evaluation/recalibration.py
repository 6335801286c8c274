"""Scores mended into probabilities: a line over log-odds a class.

Axes: N samples, C classes. The line keeps each class's ranking (one of negative slope would not,
and is held at 0), so it changes no F1 that thresholds can reach, only what a score means.
Slopes are drawn to those of the other classes, as a class with two positives has none of its own.

References:
    Platt (1999), Probabilistic outputs for support vector machines.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.special import expit, logit

from hpa_core.evaluation.contract import Probs, Targets, check_probs, check_truth
from hpa_core.evaluation.logistic import Levels, Logistic, pooled_logistic, score_levels
from hpa_core.evaluation.ranks import rank_scores


@dataclass(frozen=True, kw_only=True)
class Recalibration:
    """Log-odds become intercept + slope x log-odds, by class.

    Attributes:
        intercepts, slopes: (C,); slopes are 0 or more.
    """

    intercepts: Float[np.ndarray, " C"]
    slopes: Float[np.ndarray, " C"]

    @classmethod
    def from_line(cls, line: Logistic, levels: Levels) -> "Recalibration":
        """Say over log-odds what was fitted over standardised levels of them."""
        slopes = np.maximum(line.slopes, 0) / levels.deviation
        return cls(intercepts=line.intercepts - slopes * levels.mean, slopes=slopes)

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


def fit_recalibration(probs: Probs, targets: Targets) -> Recalibration:
    """Fit a line of each class (Platt), its slope drawn to the other classes' where it is unsure.

    Raises:
        ScoresError: a score is NaN or outside [0, 1], or there is no sample.
    """
    check_truth(probs, targets)
    ranked = rank_scores(probs, targets)
    levels = score_levels(ranked)
    return Recalibration.from_line(pooled_logistic(ranked, levels.values), levels)
