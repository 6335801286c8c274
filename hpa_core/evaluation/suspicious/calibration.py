"""Scores made probabilities of what a sample really shows, though some of the labels are wrong.

Axes: N samples, C classes, K bins along the ranks of the scores. A line fitted to labels as they
are bends towards the wrong ones, the more so the better the network: one mistake among a thousand
sure scores costs it most of its slope. So labels count as what they probably hide
(expectation-maximisation): a label at odds with its score counts mostly for the other side.

References:
    Dempster, Laird, Rubin (1977), Maximum likelihood from incomplete data via the EM algorithm.
    Bootkrajang, Kabán (2012), Label-noise robust logistic regression.
"""

from dataclasses import replace

import numpy as np
from jaxtyping import Bool, Float
from scipy.special import expit

from hpa_core.evaluation.ranks import RankedScores, rank_scores
from hpa_core.evaluation.recalibration import Recalibration
from hpa_core.evaluation.recall import pooled_logistic, score_levels

ERROR_RATE = 0.03
"""Share of a class's labels taken to be lost, and of its samples' number set by mistake."""

EVEN_SHARE = 0.01
"""What a class gets of mistaken labels beyond its own share, so that a rare one is in reach."""

ROUNDS = 5


def calibrate_through_errors(
    probs: Float[np.ndarray, "N C"], targets: Bool[np.ndarray, "N C"]
) -> Recalibration:
    """Fit a line of each class over log-odds, as `recalibration` does, to labels with errors.

    Args:
        probs: (N, C) in [0, 1].
        targets: the labels, `ERROR_RATE` of them wrong.
    """
    ranked = rank_scores(probs, targets)
    levels = score_levels(ranked)
    mistaken = ERROR_RATE * mistaken_odds(targets)[:, None]
    believed = ranked
    for _ in range(ROUNDS):
        line = pooled_logistic(believed, levels.values)
        share = expit(line.intercepts[:, None] + line.slopes[:, None] * levels.values)
        believed = replace(ranked, found=_really_there(ranked, share, mistaken))
    line = pooled_logistic(believed, levels.values)
    slopes = np.maximum(line.slopes, 0) / levels.deviation
    return Recalibration(intercepts=line.intercepts - slopes * levels.mean, slopes=slopes)


def mistaken_odds(targets: Bool[np.ndarray, "N C"]) -> Float[np.ndarray, " C"]:
    """Return how a mistaken label spreads over the classes: as labels do, and a little evenly."""
    usual = np.minimum(targets.mean(axis=0) + EVEN_SHARE, 1 - EVEN_SHARE)
    return np.asarray(np.minimum(usual / (1 - usual), 1 / (2 * ERROR_RATE)))


def _really_there(
    ranked: RankedScores, share: Float[np.ndarray, "C K"], mistaken: Float[np.ndarray, "C 1"]
) -> Float[np.ndarray, "C K"]:
    """Return how many samples of each bin really show the class, by Bayes' rule."""
    carried = share * (1 - ERROR_RATE)
    lost = share * ERROR_RATE
    found = carried / (carried + (1 - share) * mistaken)
    missed = lost / (lost + (1 - share) * (1 - mistaken))
    return np.asarray(ranked.found * found + (ranked.sizes - ranked.found) * missed)
