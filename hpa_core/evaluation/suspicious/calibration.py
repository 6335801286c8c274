"""Scores made probabilities of what a sample really shows, though some of the labels are wrong.

Axes: N samples, C classes, K bins along the ranks of the scores. A line fitted to labels as they
are bends towards the wrong ones, the more so the better the network: one mistake among a thousand
sure scores costs it most of its slope. So labels count as what they probably hide
(expectation-maximisation): a label at odds with its score counts mostly for the other side. How
many labels are lost, and how many set by mistake, comes out of the same fit.

References:
    Dempster, Laird, Rubin (1977), Maximum likelihood from incomplete data via the EM algorithm.
    Bootkrajang, Kabán (2012), Label-noise robust logistic regression.
"""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float
from scipy.special import expit

from hpa_core.evaluation.logistic import pooled_logistic, score_levels
from hpa_core.evaluation.ranks import rank_scores
from hpa_core.evaluation.recalibration import Recalibration

FIRST_RATE = 0.03
RATES = (0.002, 0.3)
"""Where the search for the two rates begins, and the ends it keeps between."""

MOST_OF_FREE = 0.5
EVEN_SHARE = 0.01
"""What a class gets of mistaken labels beyond its own share, so that a rare one is in reach."""

ROUNDS = 20


@dataclass(frozen=True, kw_only=True)
class ErrorRates:
    """How often labels are wrong, the same for all classes.

    Attributes:
        lost: share of the labels that should be there and are not.
        mistaken: labels set by mistake, as a share of all that would be there.
    """

    lost: float = FIRST_RATE
    mistaken: float = FIRST_RATE

    def of_free(self, odds: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
        """Return the share of the samples without a class that bear its label by mistake.

        Args:
            odds: of each class, from `mistaken_odds`.
        """
        return np.asarray(np.minimum(self.mistaken * odds, MOST_OF_FREE))


@dataclass(frozen=True, kw_only=True)
class Fit:
    """What scores mean, and how reliable the labels were that they were fitted to."""

    recalibration: Recalibration
    rates: ErrorRates


def calibrate_through_errors(
    probs: Float[np.ndarray, "N C"], targets: Bool[np.ndarray, "N C"]
) -> Fit:
    """Fit a line of each class over log-odds, as `recalibration` does, to labels with errors.

    Args:
        probs: (N, C) in [0, 1].
        targets: the labels, a few of them wrong.
    """
    ranked = rank_scores(probs, targets)
    levels = score_levels(ranked)
    odds = mistaken_odds(targets)[:, None]
    believed, rates = ranked, ErrorRates()
    for _ in range(ROUNDS):
        line = pooled_logistic(believed, levels.values)
        share = expit(line.intercepts[:, None] + line.slopes[:, None] * levels.values)
        found, missed = _really_there(share, odds, rates)
        labelled, free = ranked.found, ranked.sizes - ranked.found
        believed = replace(ranked, found=labelled * found + free * missed)
        rates = ErrorRates(
            lost=_rate(free * missed, believed.found),
            mistaken=_rate(labelled * (1 - found), (ranked.sizes - believed.found) * odds),
        )
    line = pooled_logistic(believed, levels.values)
    return Fit(recalibration=Recalibration.from_line(line, levels), rates=rates)


def usual_shares(targets: Bool[np.ndarray, "N C"]) -> Float[np.ndarray, " C"]:
    """Return how mistaken labels spread over the classes: as labels do, and a little evenly."""
    return np.asarray(np.minimum(targets.mean(axis=0) + EVEN_SHARE, 1 - EVEN_SHARE))


def mistaken_odds(targets: Bool[np.ndarray, "N C"]) -> Float[np.ndarray, " C"]:
    """Return the odds of those shares, so that the labels set by mistake are those they make up."""
    usual = usual_shares(targets)
    return np.asarray(usual / (1 - usual))


def _really_there(
    share: Float[np.ndarray, "C K"], odds: Float[np.ndarray, "C 1"], rates: ErrorRates
) -> tuple[Float[np.ndarray, "C K"], Float[np.ndarray, "C K"]]:
    """Return how many of those with and without the label really show the class, by Bayes' rule."""
    carried, lost = share * (1 - rates.lost), share * rates.lost
    mistaken = rates.of_free(odds)
    found = carried / (carried + (1 - share) * mistaken)
    missed = lost / (lost + (1 - share) * (1 - mistaken))
    return found, missed


def _rate(wrong: np.ndarray, of: np.ndarray) -> float:
    return float(np.clip(wrong.sum() / max(of.sum(), 1e-9), *RATES))
