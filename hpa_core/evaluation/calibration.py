"""Whether scores mean what they say, and how to make them.

Axes: N samples, C classes, B bins. A score is calibrated if of the samples that have it that share
is positive. Losses that weigh positives, and resampling, break this on purpose; thresholds chosen
from the scores do not need it, prevalence estimates (`shift`) do.

References:
    Platt, Probabilistic outputs for support vector machines, 1999 (slope and intercept).
    Guo, Pleiss, Sun, Weinberger, On calibration of modern neural networks, ICML 2017
    (temperature; the expected calibration error).
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.optimize import minimize_scalar

from hpa_core.evaluation.contract import check_truth
from hpa_core.evaluation.proportions import wilson_interval

EDGE = 1e-7
"""Scores are taken to lie this far from 0 and 1, so that their logits are finite."""

RIDGE = 0.1
"""Pull of a class's slope towards 1, worth so many samples in the middle of the curve: a class
with two positives keeps its shape and learns its height alone."""

NEWTON_STEPS = 50


@dataclass(frozen=True, kw_only=True)
class Recalibration:
    """Logits become `slope * logit + intercept`, class by class, both (C,)."""

    slope: Float[np.ndarray, " C"]
    intercept: Float[np.ndarray, " C"]

    def apply(self, probs: Float[np.ndarray, "N C"]) -> Float[np.ndarray, "N C"]:
        """Return the recalibrated probabilities; the order within a class stays as it is."""
        return _expit(self.slope * logits_of(probs) + self.intercept)


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


def fit_recalibration(
    probs: Float[np.ndarray, "N C"], targets: Bool[np.ndarray, "N C"], *, ridge: float = RIDGE
) -> Recalibration:
    """Fit slope and intercept of every class by penalised likelihood.

    Args:
        probs: (N, C) in [0, 1].
        targets: the truth, (N, C).
        ridge: strength of the pull of the slopes towards 1; above 0.

    Raises:
        ScoresError: a score is NaN or outside [0, 1], or there is no sample.
    """
    check_truth(probs, targets)
    columns = zip(logits_of(probs).T, targets.T, strict=True)
    fitted = [_fit_class(logits, truth, ridge) for logits, truth in columns]
    slope, intercept = np.array(fitted).T
    return Recalibration(slope=slope, intercept=intercept)


def fit_temperature(probs: Float[np.ndarray, "N C"], targets: Bool[np.ndarray, "N C"]) -> float:
    """Return the temperature of highest likelihood: all logits are divided by it, above 0.

    Above 1 the scores were too sure, below 1 not sure enough.
    """
    check_truth(probs, targets)
    logits = logits_of(probs)
    found = minimize_scalar(
        lambda log_temperature: log_loss(_expit(logits / np.exp(log_temperature)), targets),
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


def logits_of(probs: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    """Return log-odds, finite everywhere."""
    inside = np.clip(np.asarray(probs, dtype=np.float64), EDGE, 1 - EDGE)
    logits: np.ndarray = np.log(inside) - np.log1p(-inside)
    return logits


def _fit_class(logits: np.ndarray, truth: np.ndarray, ridge: float) -> tuple[float, float]:
    """Newton's method on slope and intercept, each step halved until the loss falls."""
    # Half a positive and half a negative more keep the intercept finite in an empty class.
    share = (truth.sum() + 0.5) / (len(truth) + 1)
    centre = float(logits.mean())
    x = logits - centre
    at = np.array([1.0, float(np.log(share / (1 - share)))])
    now = _penalised(at, x, truth, ridge)
    for _ in range(NEWTON_STEPS):
        step = _newton_step(at, x, truth, ridge)
        scale = 1.0
        while (then := _penalised(at - scale * step, x, truth, ridge)) > now and scale > EDGE:
            scale /= 2
        if now - then < EDGE:
            break
        at, now = at - scale * step, then
    slope, height = at.tolist()
    return slope, height - slope * centre


def _penalised(at: np.ndarray, x: np.ndarray, truth: np.ndarray, ridge: float) -> float:
    slope, height = at
    eta = slope * x + height
    likelihood = np.logaddexp(0, eta).sum() - eta[truth].sum()
    empty = np.logaddexp(0, height) - height / 2
    return float(likelihood + empty + ridge * (slope - 1) ** 2 / 2)


def _newton_step(at: np.ndarray, x: np.ndarray, truth: np.ndarray, ridge: float) -> np.ndarray:
    slope, height = at
    p = _expit(slope * x + height)
    residual, weight = p - truth, p * (1 - p)
    level = float(_expit(np.array(height)))
    gradient = np.array([residual @ x + ridge * (slope - 1), residual.sum() + level - 0.5])
    mixed = weight @ x
    curvature = np.array(
        [[weight @ (x * x) + ridge, mixed], [mixed, weight.sum() + level * (1 - level)]]
    )
    step: np.ndarray = np.linalg.solve(curvature, gradient)
    return step


def _expit(logits: np.ndarray) -> np.ndarray:
    tamed: np.ndarray = 1 / (1 + np.exp(-np.clip(logits, -500, 500)))
    return tamed
