"""How much speaks for a label being wrong: scores, neighbours, the sample's other labels.

Axes: N samples, C classes, k neighbours. A label is one cell (sample, class): carried or not.

Three things set this apart from ranking by 1 - probability. Scores are made probabilities first,
class by class. A carried label is judged by how much likelier the sample is to carry the class
than any other sample is, for a label set by mistake falls on frequent classes as labels do: a
score of 0.05 speaks against a frequent class and for a rare one. And a mistake often is one class
in the place of another, so a label that should be there makes the ones that are there suspicious.

References:
    Northcutt, Jiang, Chuang (2021), Confident learning: estimating uncertainty in dataset labels
    (noise that depends on the class; scores judged against the class's own).
    Thyagarajan, Snorrason, Northcutt, Mueller (2022), Identifying incorrect annotations in
    multi-label classification data.
"""

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.optimize import minimize_scalar
from scipy.special import expit, logit

from hpa_core.evaluation.recalibration import log_odds
from hpa_core.evaluation.suspicious.calibration import (
    ERROR_RATE,
    EVEN_SHARE,
    calibrate_through_errors,
    mistaken_odds,
)

PARTNER_WEIGHT = 0.2
"""How much of the suspicion against a sample's other labels counts against this one."""

UNLIKE_SHARE = 0.01
"""Samples taken to show a class and to look as if they did not: no score makes a label certain."""

PRIOR_VOTES = 10.0
"""Neighbours whose votes are taken to be those of any sample: a few nearest ones say little."""

MOST_WEIGHT = 2.0


def error_log_odds(
    presence: Float[np.ndarray, "N C"], targets: Bool[np.ndarray, "N C"]
) -> Float[np.ndarray, "N C"]:
    """Return the log-odds that each cell is wrong.

    With e the log-odds of the class being there: e for a label that may be missing, and
    log(prevalence) - e for one that may be set by mistake, as follows by Bayes' rule where labels
    are lost at one rate and set by mistake in proportion to prevalence.

    Args:
        presence: log-odds that the sample really shows the class, (N, C).
        targets: the labels, which are questioned.
    """
    spread = targets.mean(axis=0) + EVEN_SHARE
    alone = np.where(targets, np.log(spread) - presence, presence)
    surplus = np.logaddexp.reduce(np.where(targets, alone, -np.inf), axis=1, keepdims=True)
    missing = np.logaddexp.reduce(np.where(targets, -np.inf, alone), axis=1, keepdims=True)
    partner = np.logaddexp(0, np.where(targets, missing, surplus))
    return np.asarray(alone + PARTNER_WEIGHT * partner + logit(ERROR_RATE))


def presence_log_odds(
    probs: Float[np.ndarray, "N C"],
    targets: Bool[np.ndarray, "N C"],
    votes: Int[np.ndarray, "N C"] | None = None,
    *,
    neighbours: int = 0,
) -> Float[np.ndarray, "N C"]:
    """Return the log-odds that each sample shows each class: recalibrated scores, and votes.

    What a vote is worth is learnt from these very labels, one weight for all classes: embeddings
    that say nothing beyond the scores get none.

    Args:
        probs: of images that the network did not learn from, (N, C) in [0, 1].
        targets: the labels; a few are wrong.
        votes: how many of its neighbours carry the class, (N, C).
        neighbours: k, how many were asked.
    """
    usual = np.minimum(targets.mean(axis=0) + EVEN_SHARE, 1 - EVEN_SHARE)
    scored = log_odds(calibrate_through_errors(probs, targets).apply(probs))
    if votes is not None and neighbours:
        shares = (votes + PRIOR_VOTES * usual) / (neighbours + PRIOR_VOTES)
        told = logit(shares) - logit(usual)
        scored = scored + _weight_of(told, scored, targets) * told
    unlike = logit(usual) + np.log(UNLIKE_SHARE)
    return np.asarray(np.logaddexp(scored + np.log1p(-UNLIKE_SHARE), unlike))


def _weight_of(
    told: Float[np.ndarray, "N C"], scored: Float[np.ndarray, "N C"], targets: np.ndarray
) -> float:
    """Find the weight of highest likelihood, where labels have errors as in `calibration`."""
    mistaken = ERROR_RATE * mistaken_odds(targets)

    def loss(weight: float) -> float:
        carried = mistaken + (1 - ERROR_RATE - mistaken) * expit(scored + weight * told)
        return -float(np.log(np.where(targets, carried, 1 - carried)).mean())

    return float(minimize_scalar(loss, bounds=(0, MOST_WEIGHT), method="bounded").x)
