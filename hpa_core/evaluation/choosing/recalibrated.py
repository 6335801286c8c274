"""Thresholds of half the best F1, on scores mended into probabilities first.

Axes: N samples, C classes.

References:
    Lipton, Elkan, Naryanaswamy (2014), Optimal thresholding of classifiers to maximize F1 measure:
    of calibrated probabilities the best threshold is F* / 2, half the F1 that it reaches.
"""

import numpy as np
from scipy.special import expit, logit

from hpa_core.evaluation.contract import Probs, Targets, Thresholds
from hpa_core.evaluation.recalibration import fit_recalibration


def recalibrated_thresholds(probs: Probs, targets: Targets) -> Thresholds:
    """Recalibrate each class, find F* under the mended scores, and translate F* / 2 back.

    A class whose scores say nothing (slope 0) is called everywhere: every call is as likely right.
    """
    mended = fit_recalibration(probs, targets)
    half = np.clip(best_expected_f1(mended.apply(probs)) / 2, 1e-9, 1 - 1e-9)
    slopes = np.maximum(mended.slopes, 1e-9)
    return np.asarray(expit((logit(half) - mended.intercepts) / slopes))


def best_expected_f1(calibrated: Probs) -> Thresholds:
    """Return the highest F1 of each class if every score is a true probability, (C,).

    >>> best_expected_f1(np.array([[1.0], [0.5], [0.0]])).round(3).tolist()
    [0.857]
    """
    ordered = np.sort(calibrated, axis=0)[::-1]
    right = np.cumsum(ordered, axis=0)
    called = np.arange(1, len(ordered) + 1)[:, None]
    best: Thresholds = (2 * right / (called + right[-1])).max(axis=0)
    return best
