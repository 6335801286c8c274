"""How much speaks for a label being wrong: scores, neighbours, the sample's other labels.

Axes: N samples, C classes, k neighbours. A label is one cell (sample, class): carried or not.

Four things set this apart from ranking by 1 - probability. Scores are made probabilities first,
class by class. Whether labels are rather lost or rather set by mistake is learnt: one and the same
score means little against a label that is there and much against one that is not. A label that is
there is judged by how much likelier the sample is to carry the class than any other sample is, for
a label set by mistake falls on frequent classes as labels do: a score of 0.05 speaks against a
frequent class and for a rare one. And a sample's labels are judged together (`hypotheses`): one
class may stand in the place of another, and a sample's only label is hardly there for nothing.

References:
    Thyagarajan, Snorrason, Northcutt, Mueller (2022), Identifying incorrect annotations in
    multi-label classification data.
"""

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.optimize import minimize_scalar
from scipy.special import logit

from hpa_core.evaluation.contract import check_truth
from hpa_core.evaluation.recalibration import log_odds
from hpa_core.evaluation.suspicious.calibration import (
    ErrorRates,
    calibrate_through_errors,
    mistaken_odds,
    usual_shares,
)
from hpa_core.evaluation.suspicious.hypotheses import mistake_log_odds

UNLIKE_SHARE = 0.003
"""Samples taken to show a class and to look as if they did not: no score makes a label certain."""

PRIOR_VOTES = 10.0
"""Neighbours whose votes are taken to be those of any sample: a few nearest ones say little."""

MOST_WEIGHT = 2.0


def error_log_odds(
    probs: Float[np.ndarray, "N C"],
    targets: Bool[np.ndarray, "N C"],
    nearest: Int[np.ndarray, "N k"] | None = None,
) -> Float[np.ndarray, "N C"]:
    """Return the log-odds that each cell is wrong.

    Args:
        probs: of images that the network did not learn from, (N, C) in [0, 1].
        targets: the labels, which are questioned; a few are wrong.
        nearest: the rows most like each (`nearest_rows`), which then have a say.

    Raises:
        ScoresError: a score is NaN or outside [0, 1], or there is no sample.
    """
    check_truth(probs, targets)
    fit = calibrate_through_errors(probs, targets)
    presence = log_odds(fit.recalibration.apply(probs))
    if nearest is not None and nearest.size:
        presence = _with_votes(presence, targets, nearest, fit.rates)
    usual = usual_shares(targets)
    odds = (1 - UNLIKE_SHARE) * np.exp(presence) + UNLIKE_SHARE * usual / (1 - usual)
    presence = np.log(odds)
    return mistake_log_odds(presence, targets, fit.rates)


def _with_votes(
    presence: Float[np.ndarray, "N C"],
    targets: Bool[np.ndarray, "N C"],
    nearest: Int[np.ndarray, "N k"],
    rates: ErrorRates,
) -> Float[np.ndarray, "N C"]:
    """Add what the neighbours tell.

    What a vote is worth is learnt from these very labels, one weight for all classes: embeddings
    that say nothing beyond the scores get none.
    """
    usual, neighbours = usual_shares(targets), nearest.shape[1]
    votes = targets[nearest].sum(axis=1)
    told = logit((votes + PRIOR_VOTES * usual) / (neighbours + PRIOR_VOTES)) - logit(usual)
    mistaken = rates.of_free(mistaken_odds(targets))

    # What is seen, the label or its absence, is as likely as `never` where the class is not there,
    # and changes by `there` where it is. numpy's exp takes a sixth of the time of scipy's expit.
    never = np.where(targets, mistaken, 1 - mistaken)
    there = np.where(targets, 1, -1) * (1 - rates.lost - mistaken)

    def loss(weight: float) -> float:
        share = 1 / (1 + np.exp(-presence - weight * told))
        return -float(np.log(never + there * share).mean())

    found = minimize_scalar(loss, bounds=(0, MOST_WEIGHT), method="bounded")
    return np.asarray(presence + found.x * told)
