"""Thresholds read straight off the samples: one for all, or each class's own.

Axes: N samples, C classes.

References:
    Yang (2001), A study of thresholding strategies for text categorization (SCut).
"""

import numpy as np
from scipy.special import expit, logit

from hpa_core.evaluation.contract import Probs, Targets, Thresholds, check_truth
from hpa_core.evaluation.curves import best_thresholds
from hpa_core.evaluation.metrics import f1_from_counts
from hpa_core.evaluation.optimum import NO_CALL, between

SHRINKAGE_POSITIVES = 10.0
"""Positives at which `shrunk` trusts a class's own optimum as much as the common threshold."""


def exact_thresholds(probs: Probs, targets: Targets) -> Thresholds:
    """Return each class's own threshold of highest F1 (SCut)."""
    return best_thresholds(probs, targets).thresholds


def single_threshold(probs: Probs, targets: Targets) -> Thresholds:
    """Return the one threshold of highest macro F1, for every class.

    Exact: as for one class, the optimum lies just below some positive's score, so macro F1 is
    taken at all of them. Of several optima the highest threshold is taken.
    """
    check_truth(probs, targets)
    candidates = np.unique(probs[targets & (probs > 0)])
    if not candidates.size:
        return np.full(probs.shape[1], NO_CALL)
    macro = np.zeros(len(candidates))
    for scores, truth in zip(probs.T, targets.T, strict=True):
        called = len(scores) - np.searchsorted(np.sort(scores), candidates)
        tp = truth.sum() - np.searchsorted(np.sort(scores[truth]), candidates)
        macro += f1_from_counts(tp, truth.sum(), called)
    best = candidates[len(macro) - 1 - macro[::-1].argmax()]
    lower = probs.max(where=probs < best, initial=0)
    return np.full(probs.shape[1], between(float(lower), float(best)))


def shrunk_thresholds(probs: Probs, targets: Targets) -> Thresholds:
    """Pull each class's optimum towards the common threshold, the more the fewer positives it has.

    The mean is taken over log-odds, weighted P : `SHRINKAGE_POSITIVES` for P positives.
    """
    optima = best_thresholds(probs, targets)
    positives = np.where(optima.undetermined, 0, targets.sum(axis=0))
    own = positives / (positives + SHRINKAGE_POSITIVES)
    log_odds = own * _inner_logit(optima.thresholds)
    log_odds += (1 - own) * _inner_logit(single_threshold(probs, targets))
    return np.asarray(expit(log_odds))


def _inner_logit(probs: np.ndarray) -> np.ndarray:
    return np.asarray(logit(np.clip(probs, 1e-9, 1 - 1e-9)))
