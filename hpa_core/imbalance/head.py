"""A linear head on embeddings: one L2-regularised logistic regression a class, without torch.

Axes: N rows, E features, C classes, L strengths of regularisation.

For one class with weights w and total weight W: minimise sum(w * log loss) / W + s / 2 * |beta|^2.
The mean, not the sum, so that rows added to a class do not loosen its regularisation by number
alone. The bias is free. Measured (`benchmarks/oversampling.py`): scikit-learn's L-BFGS at this
tolerance is as near the optimum as its Newton solvers at a third of their time with 256 features.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from os import cpu_count

import numpy as np
from jaxtyping import Bool, Float, Int
from threadpoolctl import ThreadpoolController

TOLERANCE = 1e-6
"""Of the gradient: a class of 1 in 3,000 has small gradients from the start."""

MOST_STEPS = 2_000
SHARED_SIZE = 1_000_000
"""Numbers from which on threads are worth their while; below, they wait for each other."""

NEWTON_STEPS = 50
"""A shift of log-odds is found in 5 to 10."""

Weights = Float[np.ndarray, "N C"]


@dataclass(frozen=True, kw_only=True)
class Scaling:
    """Brings features to mean 0 and standard deviation 1, as measured on the fitting rows."""

    mean: Float[np.ndarray, " E"]
    deviation: Float[np.ndarray, " E"]

    @classmethod
    def of(cls, features: Float[np.ndarray, "N E"]) -> "Scaling":
        """Measure `features`; one that never changes keeps its scale."""
        wide = features.astype(np.float64)
        deviation = wide.std(axis=0)
        return cls(mean=wide.mean(axis=0), deviation=np.where(deviation > 0, deviation, 1.0))

    def apply(self, features: Float[np.ndarray, "N E"]) -> Float[np.ndarray, "N E"]:
        """Return the features on the measured scale, as 64-bit numbers."""
        scaled: np.ndarray = (features.astype(np.float64) - self.mean) / self.deviation
        return scaled


@dataclass(frozen=True, kw_only=True)
class Head:
    """C linear outputs."""

    weights: Float[np.ndarray, "E C"]
    bias: Float[np.ndarray, " C"]

    def logits(self, features: Float[np.ndarray, "N E"]) -> Float[np.ndarray, "N C"]:
        """Return the log-odds of every class."""
        logits: np.ndarray = features @ self.weights + self.bias
        return logits


@contextmanager
def without_inner_threads() -> Iterator[None]:
    """Keep BLAS and OpenMP from splitting products too small for that among threads.

    On two cores that other work shares, such a fit took 25 times as long with them.
    """
    with _libraries().limit(limits=1):
        yield


def fit_heads(
    features: Float[np.ndarray, "N E"],
    targets: Bool[np.ndarray, "N C"],
    *,
    strengths: Float[np.ndarray, "L C"],
    weights: Weights | None = None,
) -> list[Head]:
    """Fit a head for each of L rows of strengths, each class going on from the strength before.

    Args:
        features: standardised (`Scaling`).
        targets: the labels. A class that all rows carry, or none, gets its smoothed share as a
            constant.
        strengths: s by class, above 0; from strong to weak is fastest.
        weights: of the rows, by class; all alike if None.
    """
    everything = np.ones(targets.shape) if weights is None else weights
    fits = (
        (features, targets[:, label], strengths[:, label], everything[:, label])
        for label in range(targets.shape[1])
    )
    with ThreadPoolExecutor(_workers(features)) as pool:
        columns = list(pool.map(lambda fit: _fit_class(*fit), fits))  # (C, L, E + 1)
    return [
        Head(weights=np.stack([path[step][:-1] for path in columns], axis=1), bias=bias)
        for step in range(len(strengths))
        for bias in [np.array([path[step][-1] for path in columns])]
    ]


def best_strengths(
    logits: Sequence[Float[np.ndarray, "N C"]], targets: Bool[np.ndarray, "N C"]
) -> Int[np.ndarray, " C"]:
    """Return which of L heads fits each class best, given what they say of rows they never saw.

    Judged by log loss after the best shift of the class's log-odds: oversampling raises all scores
    of a class alike, and what that is worth is for the thresholds to say.
    """
    losses = np.array([shifted_log_loss(one, targets) for one in logits])
    best: np.ndarray = losses.argmin(axis=0)
    return best


def shifted_log_loss(
    logits: Float[np.ndarray, "N C"], targets: Bool[np.ndarray, "N C"]
) -> Float[np.ndarray, " C"]:
    """Return each class's mean log loss after the shift of its log-odds that makes it least.

    At the best shift the mean score is the class's share; Newton's method finds it. A class that
    all rows carry, or none, has a loss of 0.
    """
    share = targets.mean(axis=0)
    inside = (share > 0) & (share < 1)
    shift = np.zeros(targets.shape[1])
    for _ in range(NEWTON_STEPS):
        probs = sigmoid(logits + shift)
        slope = (probs * (1 - probs)).mean(axis=0)
        # Far out the slope vanishes and a whole step would overshoot.
        step = np.clip((share - probs.mean(axis=0)) / np.maximum(slope, 1e-12), -2, 2)
        shift = np.where(inside, shift + step, shift)
        if np.abs(step[inside]).max(initial=0) < 1e-9:
            break
    margins = np.where(targets, 1, -1) * (logits + shift)
    return np.where(inside, np.logaddexp(0, -margins).mean(axis=0), 0.0)


def balanced_weights(targets: Bool[np.ndarray, "N C"]) -> Weights:
    """Return weights that let a class's positives weigh as much as its negatives together."""
    positives = np.maximum(targets.sum(axis=0), 1)
    negatives = np.maximum((~targets).sum(axis=0), 1)
    half = len(targets) / 2
    weights: np.ndarray = np.where(targets, half / positives, half / negatives)
    return weights


def sigmoid(logits: Float[np.ndarray, "N C"]) -> Float[np.ndarray, "N C"]:
    """Return the probabilities of log-odds, however large."""
    probs: np.ndarray = 0.5 * (1 + np.tanh(0.5 * logits))
    return probs


def log_odds(probs: Float[np.ndarray, "N C"]) -> Float[np.ndarray, "N C"]:
    """Return the log-odds of 32-bit scores; a score of 0 or 1 counts as the next one inside."""
    inside = np.clip(probs.astype(np.float64), 1e-7, 1 - 1e-7)
    odds: np.ndarray = np.log(inside) - np.log1p(-inside)
    return odds


@cache
def _libraries() -> ThreadpoolController:
    """Find the libraries with threads, scikit-learn's among them: milliseconds, so only once."""
    import sklearn.linear_model  # noqa: F401, PLC0415 - a second; only what is loaded is found

    return ThreadpoolController()


def _workers(features: Float[np.ndarray, "N E"]) -> int:
    return (cpu_count() or 1) if features.size > SHARED_SIZE else 1


def _fit_class(
    features: Float[np.ndarray, "N E"],
    targets: Bool[np.ndarray, " N"],
    strengths: Float[np.ndarray, " L"],
    weights: Float[np.ndarray, " N"],
) -> list[Float[np.ndarray, " E+1"]]:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - a second to import

    if targets.all() or not targets.any():
        share = (targets.sum() + 0.5) / (len(targets) + 1)
        constant = np.append(np.zeros(features.shape[1]), np.log(share / (1 - share)))
        return [constant] * len(strengths)
    model = LogisticRegression(tol=TOLERANCE, max_iter=MOST_STEPS, warm_start=True)
    path = []
    for strength in strengths:
        model.set_params(C=1 / (strength * weights.sum()))
        model.fit(features, targets, sample_weight=weights)
        path.append(np.append(model.coef_[0], model.intercept_[0]))
    return path
