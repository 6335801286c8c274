"""Whether scores mean what they say, before and after `recalibration`.

Axes: N samples, C classes, B bins. A score is calibrated if of the samples that have it that share
is positive. Losses that weigh positives, and resampling, break this on purpose; thresholds chosen
from the scores do not need it, prevalence estimates (`shift`) do.

References:
    Guo, Pleiss, Sun, Weinberger, On calibration of modern neural networks, ICML 2017
    (temperature; the expected calibration error).
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.optimize import minimize_scalar
from scipy.special import expit

from hpa_core.evaluation.contract import check_truth
from hpa_core.evaluation.proportions import wilson_interval
from hpa_core.evaluation.recalibration import fit_recalibration, log_odds

EDGE = 1e-7
"""Scores are taken to lie this far from 0 and 1, so that no loss is infinite."""


@dataclass(frozen=True, kw_only=True)
class Reliability:
    """Bins of equally many samples of one class, from the lowest scores up, all (B,).

    Attributes:
        score: mean score of the bin.
        share: share of positives in it; `low` and `high` are its 95 % Wilson interval.
        samples: how many it has.
    """

    score: Float[np.ndarray, " B"]
    share: Float[np.ndarray, " B"]
    low: Float[np.ndarray, " B"]
    high: Float[np.ndarray, " B"]
    samples: Int[np.ndarray, " B"]

    @property
    def error(self) -> float:
        """Expected calibration error: mean distance of share and score over the samples."""
        distance = np.abs(self.share - self.score)
        return float((distance * self.samples).sum() / max(self.samples.sum(), 1))


def measure_reliability(
    scores: Float[np.ndarray, " N"], truth: Bool[np.ndarray, " N"], *, bins: int = 10
) -> Reliability:
    """Compare one class's scores with how often they are right, in bins of equal size.

    >>> found = measure_reliability(np.array([0.2, 0.8]), np.array([False, True]), bins=1)
    >>> round(found.error, 6), found.share.tolist()
    (0.0, [0.5])
    """
    order = np.argsort(scores, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    samples = np.array([len(part) for part in parts], dtype=np.int64)
    share = np.array([truth[part].mean() for part in parts])
    low, high = wilson_interval(share * samples, samples)
    return Reliability(
        score=np.array([scores[part].mean() for part in parts], dtype=np.float64),
        share=share,
        low=low,
        high=high,
        samples=samples,
    )


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """How far the scores of all classes mean what they say, as they are and recalibrated.

    Attributes:
        temperature: of highest likelihood, one for all classes; above 1 the scores are too sure.
        before, after: reliability of each class, C of them, as scored and recalibrated.
        loss_before, loss_after: log loss over all decisions, in nats, likewise.
    """

    temperature: float
    before: list[Reliability]
    after: list[Reliability]
    loss_before: float
    loss_after: float

    @property
    def verdict(self) -> str:
        """What the temperature says of the scores."""
        return "too sure" if self.temperature > 1 else "not sure enough"


def measure_calibration(
    probs: Float[np.ndarray, "N C"], targets: Bool[np.ndarray, "N C"]
) -> Calibration:
    """Measure every class before and after recalibration, each half by what the other taught.

    Raises:
        ScoresError: a score is NaN or outside [0, 1], or there are too few samples.
    """
    apart = recalibrated_apart(probs, targets)
    before, after = (
        [
            measure_reliability(scores, truth)
            for scores, truth in zip(each.T, targets.T, strict=True)
        ]
        for each in (probs, apart)
    )
    return Calibration(
        temperature=fit_temperature(probs, targets),
        before=before,
        after=after,
        loss_before=log_loss(probs, targets),
        loss_after=log_loss(apart, targets),
    )


def fit_temperature(probs: Float[np.ndarray, "N C"], targets: Bool[np.ndarray, "N C"]) -> float:
    """Return the temperature of highest likelihood: all logits are divided by it, above 0.

    Above 1 the scores were too sure, below 1 not sure enough.
    """
    check_truth(probs, targets)
    levels = log_odds(probs)
    found = minimize_scalar(
        lambda log_temperature: log_loss(expit(levels / np.exp(log_temperature)), targets),
        bounds=(-4.0, 4.0),
        method="bounded",
    )
    return float(np.exp(found.x))


def recalibrated_apart(
    probs: Float[np.ndarray, "N C"], targets: Bool[np.ndarray, "N C"], *, seed: int = 0
) -> Float[np.ndarray, "N C"]:
    """Recalibrate each half of the samples by what was fitted on the other: an honest view."""
    rows = np.random.default_rng(seed).permutation(len(probs))
    half = len(rows) // 2
    apart = np.empty(probs.shape)
    for fitted, scored in ((rows[:half], rows[half:]), (rows[half:], rows[:half])):
        apart[scored] = fit_recalibration(probs[fitted], targets[fitted]).apply(probs[scored])
    return apart


def log_loss(probs: Float[np.ndarray, "N C"], targets: Bool[np.ndarray, "N C"]) -> float:
    """Mean negative log-likelihood of all N x C decisions, in nats."""
    inside = np.clip(probs.astype(np.float64), EDGE, 1 - EDGE)
    return float(-np.log(np.where(targets, inside, 1 - inside)).mean())
