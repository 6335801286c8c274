"""What classes have in common, so that a rare one can borrow it from the others.

Axes: C classes. Each class has an estimate of its own and how uncertain it is. Across classes the
true values scatter about a line over the logarithm of the class's support; line and scatter are
found together (a random-effects model, moments as of DerSimonian and Laird).

References:
    DerSimonian and Laird (1986), Meta-analysis in clinical trials.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

ROUNDS = 20
SLOPE_PENALTY = 4.0
"""Keeps the line flat where few classes speak for a slope."""

LEAST_SCATTER = 0.02


class Pooled(NamedTuple):
    """The line at each class, (C,), and the variance of the classes' true values about it."""

    centre: Float[np.ndarray, " C"]
    scatter: float


def pool_classes(
    values: Float[np.ndarray, " C"], noise: Float[np.ndarray, " C"], support: Int[np.ndarray, " C"]
) -> Pooled:
    """Fit line and scatter to the classes' estimates.

    Args:
        values: each class's own estimate.
        noise: its variance, positive; infinite where the class has nothing to say.
        support: positives of each class.
    """
    log_support = np.log10(np.maximum(support, 0.5))
    design = np.column_stack([np.ones(len(values)), log_support - log_support.mean()])
    penalty = np.diag([1e-6, SLOPE_PENALTY])
    told = np.where(np.isfinite(noise), values, 0)
    centre, scatter = np.zeros(len(values)), 0.25
    for _ in range(ROUNDS):
        weight = 1 / (scatter + noise)
        line = np.linalg.solve(
            (design * weight[:, None]).T @ design + penalty, design.T @ (weight * told)
        )
        centre = design @ line
        scatter = _scatter(told - centre, np.where(np.isfinite(noise), noise, 0), weight)
    return Pooled(centre, scatter)


def _scatter(
    residuals: Float[np.ndarray, " C"], noise: Float[np.ndarray, " C"], weight: np.ndarray
) -> float:
    total = float((weight**2).sum())
    excess = float(((residuals**2 - noise) * weight**2).sum())
    return max(excess / total, LEAST_SCATTER) if total else LEAST_SCATTER
