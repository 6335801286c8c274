"""Logistic lines of all classes at once, over binned levels, with a prior on each slope.

Axes: C classes, K bins. Newton's method on two parameters a class; bins keep it as cheap for
113,446 samples as for 6,215.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int
from scipy.special import expit

from hpa_core.evaluation.pooling import pool_classes
from hpa_core.evaluation.ranks import RankedScores

ROUNDS = 25
INTERCEPT_PRECISION = 0.01
"""Holds the intercept of a class whose positives are none or all; others hardly feel it."""


class Levels(NamedTuple):
    """The scores' log-odds by bin, standardised.

    Attributes:
        values: of mean 0 and variance 1 over the samples, (C, K).
        mean, deviation: what was taken off and divided by, (C,).
    """

    values: Float[np.ndarray, "C K"]
    mean: Float[np.ndarray, " C"]
    deviation: Float[np.ndarray, " C"]


def score_levels(ranked: RankedScores) -> Levels:
    """Standardise the scores' log-odds after cutting off their outermost thousandths."""
    samples = len(ranked.ordered)
    ends = np.array([0.001, 0.999]) * samples
    high, low = np.array([np.interp(ends, ranked.cuts, row) for row in ranked.log_odds]).T
    levels = np.clip(ranked.log_odds, low[:, None], high[:, None])
    share = ranked.sizes / samples
    mean = levels @ share
    centred = levels - mean[:, None]
    deviation = np.maximum(np.sqrt(centred**2 @ share), 1e-3)
    return Levels(centred / deviation[:, None], mean, deviation)


@dataclass(frozen=True, kw_only=True)
class Logistic:
    """Log-odds = intercept + slope x level, one line a class.

    Attributes:
        intercepts, slopes: (C,).
        curvature: of the penalised log-likelihood: by intercept, mixed, by slope, (3, C).
    """

    intercepts: Float[np.ndarray, " C"]
    slopes: Float[np.ndarray, " C"]
    curvature: Float[np.ndarray, "3 C"]

    @property
    def slope_variance(self) -> Float[np.ndarray, " C"]:
        """Variance of each slope, (C,)."""
        return np.asarray(self.curvature[0] / self._determinant)

    def left_out(self, levels: Float[np.ndarray, "C K"]) -> Float[np.ndarray, "C K"]:
        """Return the share of positives at each level, as told to a positive left out of the fit.

        One Newton step away from the fit with it.
        """
        log_odds = self.intercepts[:, None] + self.slopes[:, None] * levels
        share = expit(log_odds)
        first, mixed, second = self.curvature[:, :, None]
        leverage = (second - 2 * mixed * levels + first * levels**2) / self._determinant[:, None]
        kept = np.maximum(1 - leverage * share * (1 - share), 0.1)
        return np.asarray(expit(log_odds - np.minimum(leverage * (1 - share) / kept, 3)))

    @property
    def _determinant(self) -> Float[np.ndarray, " C"]:
        first, mixed, second = self.curvature
        return np.asarray(np.maximum(first * second - mixed**2, 1e-12))


def pooled_logistic(ranked: RankedScores, levels: Float[np.ndarray, "C K"]) -> Logistic:
    """Fit each class by itself, see where the slopes lie, and fit again with that as prior."""
    classes = len(levels)
    centre, precision = np.ones(classes), np.full(classes, 0.3)
    for _ in range(2):
        line = fit_logistic(levels, ranked.found, ranked.sizes, centre=centre, precision=precision)
        noise = 1 / np.maximum(1 / line.slope_variance - precision, 1e-3)
        own = (line.slopes / line.slope_variance - precision * centre) * noise
        told = np.where(ranked.positives >= 3, noise, np.inf)
        pooled = pool_classes(own, told, ranked.positives)
        centre = np.maximum(pooled.centre, 0.05)
        precision = np.full(classes, 1 / min(pooled.scatter, 4.0))
    return fit_logistic(levels, ranked.found, ranked.sizes, centre=centre, precision=precision)


def fit_logistic(
    levels: Float[np.ndarray, "C K"],
    found: Float[np.ndarray, "C K"],
    sizes: Int[np.ndarray, " K"] | Float[np.ndarray, " K"],
    *,
    centre: Float[np.ndarray, " C"],
    precision: Float[np.ndarray, " C"],
) -> Logistic:
    """Fit every class's line.

    Args:
        levels: what the log-odds are linear in.
        found: positives in each bin.
        sizes: samples in each bin.
        centre: mean of the normal prior on each slope.
        precision: one over its variance.
    """
    samples, positives = sizes.sum(), found.sum(axis=1)
    start = np.log((positives + 0.5) / (samples - positives + 0.5))
    intercepts, slopes = start.copy(), centre.copy()
    for _ in range(ROUNDS):
        share = expit(intercepts[:, None] + slopes[:, None] * levels)
        excess, weight = sizes * share - found, sizes * share * (1 - share)
        first = weight.sum(axis=1) + INTERCEPT_PRECISION
        mixed = (weight * levels).sum(axis=1)
        second = (weight * levels**2).sum(axis=1) + precision
        pull = excess.sum(axis=1) + INTERCEPT_PRECISION * (intercepts - start)
        turn = (excess * levels).sum(axis=1) + precision * (slopes - centre)
        determinant = np.maximum(first * second - mixed**2, 1e-12)
        moves = np.array([second * pull - mixed * turn, first * turn - mixed * pull]) / determinant
        # A full Newton step can overshoot far from the optimum.
        moves *= np.minimum(1, 2 / np.maximum(np.abs(moves).max(axis=0), 1e-9))
        intercepts, slopes = intercepts - moves[0], slopes - moves[1]
        if np.abs(moves).max() < 1e-6:
            break
    curvature = np.array([first, mixed, second])
    return Logistic(intercepts=intercepts, slopes=slopes, curvature=curvature)
