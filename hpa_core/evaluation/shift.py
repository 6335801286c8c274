"""Whether new, unlabelled scores come from where the labelled ones came from.

Axes: N labelled samples, M new ones, C classes. Thresholds and every estimate of what they will
give take it for granted that they do. Two things may differ: how often a class comes, which its
scores tell (prevalence), and what the scores of a class look like, which nothing can mend.

References:
    Saerens, Latinne, Decaestecker, Adjusting the outputs of a classifier to new a priori
    probabilities, Neural Computation 14, 2002 (`em`).
    Forman, Quantifying counts and costs via classification, DMKD 17, 2008 (`counted`: adjusted
    classify and count).
    Smirnov, Table for estimating the goodness of fit, 1948 (the two-sample test).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float
from scipy.stats import ks_2samp

from hpa_core.errors import ScoresError
from hpa_core.evaluation.contract import check_probs, check_truth
from hpa_core.evaluation.curves import best_thresholds
from hpa_core.evaluation.optimum import NO_CALL, between
from hpa_core.evaluation.recalibration import fit_recalibration

EM_STEPS = 500
EM_CLOSE = 1e-6
LEVEL = 0.01
"""Level of the test over all classes together: each is tested at this divided by their number."""


class Distances(NamedTuple):
    """How far two sets of scores lie apart, class by class, both (C,).

    Attributes:
        distance: largest difference of the two cumulative distributions of scores, in [0, 1].
        p_values: of that distance if both came from one source.
    """

    distance: Float[np.ndarray, " C"]
    p_values: Float[np.ndarray, " C"]

    @property
    def shifted(self) -> Bool[np.ndarray, " C"]:
        """Classes whose scores are surely distributed otherwise, (C,)."""
        surely: np.ndarray = self.p_values < LEVEL / len(self.p_values)
        return surely


@dataclass(frozen=True, kw_only=True)
class Shift:
    """How new scores compare with labelled ones, class by class, all (C,).

    Attributes:
        known: prevalence among the labelled samples.
        em: prevalence among the new ones by expectation maximisation on recalibrated scores.
        counted: the same by counting calls at the class's best threshold, put right by how often
            the labelled samples are called rightly and wrongly there; NaN where calls tell nothing.
        apart: how far the two sets of scores lie apart.
    """

    known: Float[np.ndarray, " C"]
    em: Float[np.ndarray, " C"]
    counted: Float[np.ndarray, " C"]
    apart: Distances


def score_distances(
    probs: Float[np.ndarray, "N C"], new_probs: Float[np.ndarray, "M C"]
) -> Distances:
    """Test class by class whether two sets of scores come from one source; no truth is needed.

    Raises:
        ScoresError: a score is NaN or outside [0, 1], there is no sample, or C differs.
    """
    for scores in (probs, new_probs):
        check_probs(scores)
    if not len(probs) or not len(new_probs) or new_probs.shape[1] != probs.shape[1]:
        raise ScoresError(
            f"The new scores have the shape {new_probs.shape}; expected at least one sample of "
            f"{probs.shape[1]} classes."
        )
    tests = [ks_2samp(old, new) for old, new in zip(probs.T, new_probs.T, strict=True)]
    statistics = np.array([(test.statistic, test.pvalue) for test in tests])
    return Distances(*statistics.T)


def estimate_shift(
    probs: Float[np.ndarray, "N C"],
    targets: Bool[np.ndarray, "N C"],
    new_probs: Float[np.ndarray, "M C"],
) -> Shift:
    """Compare new scores with labelled ones of the same model.

    Both estimates of prevalence take it that the scores within a class look as before. Where that
    is not so, they are wrong, and nothing here can tell: labels of new samples can.

    Args:
        probs: labelled scores, (N, C) in [0, 1].
        targets: their truth, (N, C).
        new_probs: scores of the new samples, (M, C).

    Raises:
        ScoresError: a score is NaN or outside [0, 1], there is no sample, or C differs.
    """
    check_truth(probs, targets)
    apart = score_distances(probs, new_probs)
    known = targets.mean(axis=0)
    recalibrated = fit_recalibration(probs, targets).apply(new_probs)
    return Shift(
        known=known,
        em=em_prevalence(recalibrated, known),
        counted=counted_prevalence(probs, targets, new_probs),
        apart=apart,
    )


def em_prevalence(
    probs: Float[np.ndarray, "M C"], known: Float[np.ndarray, " C"]
) -> Float[np.ndarray, " C"]:
    """Estimate each class's prevalence from calibrated scores of samples without truth.

    Args:
        probs: calibrated where each class has the prevalence `known`, (M, C).
        known: that prevalence; a class that never came stays at 0.
    """
    inside = np.clip(known, 1e-9, 1 - 1e-9)
    estimate = inside.copy()
    for _ in range(EM_STEPS):
        present = probs * (estimate / inside)
        absent = (1 - probs) * ((1 - estimate) / (1 - inside))
        updated = (present / (present + absent)).mean(axis=0)
        moved = np.abs(updated - estimate).max()
        estimate = updated
        if moved < EM_CLOSE:
            break
    return np.where(known > 0, estimate, 0.0)


def counted_prevalence(
    probs: Float[np.ndarray, "N C"],
    targets: Bool[np.ndarray, "N C"],
    new_probs: Float[np.ndarray, "M C"],
) -> Float[np.ndarray, " C"]:
    """Estimate each class's prevalence from how many new samples are called, (C,) in [0, 1].

    NaN where positives are called no more often than negatives.
    """
    thresholds = best_thresholds(probs, targets).thresholds
    calls = probs > thresholds
    positives = np.maximum(targets.sum(axis=0), 1)
    negatives = np.maximum((~targets).sum(axis=0), 1)
    right = (calls & targets).sum(axis=0) / positives
    wrong = (calls & ~targets).sum(axis=0) / negatives
    called = (new_probs > thresholds).mean(axis=0)
    told = right > wrong
    adjusted = (called - wrong) / np.where(told, right - wrong, 1.0)
    return np.where(told, np.clip(adjusted, 0, 1), np.nan)


def match_prevalence(
    probs: Float[np.ndarray, "M C"], prevalence: Float[np.ndarray, " C"]
) -> Float[np.ndarray, " C"]:
    """Return thresholds that call each class for the wanted share of these samples.

    Args:
        probs: (M, C) in [0, 1]; no truth is needed.
        prevalence: the share wanted of each class, (C,) in [0, 1]; rounded to whole samples.

    Raises:
        ScoresError: a share is NaN or outside [0, 1], or their number is not that of the classes.

    >>> scores = np.array([[0.9], [0.5], [0.1]])
    >>> match_prevalence(scores, np.array([0.34])).round(2).tolist()
    [0.7]
    """
    check_probs(probs)
    wanted = np.asarray(prevalence, dtype=np.float64)
    if wanted.shape != probs.shape[1:] or not ((wanted >= 0) & (wanted <= 1)).all():
        raise ScoresError(
            f"A prevalence has {probs.shape[1]} numbers between 0 and 1, one a class; found "
            f"{wanted.size} numbers from {wanted.min(initial=0):g} to {wanted.max(initial=0):g}."
        )
    ordered = np.sort(probs.astype(np.float64), axis=0)[::-1]
    padded = np.vstack([ordered, np.zeros(probs.shape[1])])
    counts = np.rint(wanted * len(probs)).astype(int).tolist()
    columns = zip(padded.T, counts, strict=True)
    return np.array(
        [
            between(column[count], column[count - 1]) if count else NO_CALL
            for column, count in columns
        ]
    )
