"""What share of a class's positives lies above each cut: models to blend.

Axes: C classes, K cuts and the bins between them. F1 on new data at a cut depends on one unknown,
the recall there; what is called is known from all samples. Each model states recall at the cuts
and, bin by bin, how much likelier a positive is there than any sample (its lift), fitted without
the positive that is judged: so models can be weighed on the samples they were fitted to.

References:
    Hanley (1988), The robustness of the "binormal" assumptions (positives normal on the scale of
    normal scores). Platt (1999), Probabilistic outputs for support vector machines (`logistic`).
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from scipy.special import expit, ndtr

from hpa_core.evaluation.logistic import pooled_logistic
from hpa_core.evaluation.pooling import pool_classes
from hpa_core.evaluation.ranks import RankedScores

LEAST_LIFT = 1e-6
POOLED_SPREAD_POSITIVES = 8
"""A class's own spread of its positives counts as much as the classes' common one at so many."""

MOST_SPEAKING = 30
"""A class's weight in the common spread grows up to so many positives."""


class RecallModel(NamedTuple):
    """One model of every class.

    Attributes:
        recall: share of the positives above each cut, (C, K), rising.
        lift: density of the positives over that of all samples in each bin, for a positive that
            the model was fitted without, (C, K).
    """

    recall: Float[np.ndarray, "C K"]
    lift: Float[np.ndarray, "C K"]


class Spread(NamedTuple):
    """Where a class's positives lie on the scale of normal scores, all (C,).

    Attributes:
        mean: of the positives, drawn to the classes' common line.
        uncertainty: its variance.
        variance: of the positives about their mean, drawn to the common one.
    """

    mean: Float[np.ndarray, " C"]
    uncertainty: Float[np.ndarray, " C"]
    variance: Float[np.ndarray, " C"]


def spread_of_positives(ranked: RankedScores) -> Spread:
    """Estimate mean and variance of each class's positives, the rarer the more from the others."""
    n = ranked.positives
    own = ranked.found @ ranked.z / np.maximum(n, 1)
    squares = np.maximum(ranked.found @ ranked.z**2 - n * own**2, 0)
    freedom = np.clip(n - 1, 0, MOST_SPEAKING)
    spoken = squares / np.maximum(n - 1, 1) @ freedom
    common = max(spoken / freedom.sum(), 0.05) if freedom.any() else 1.0
    noise = np.where(n > 0, common / np.maximum(n, 1), np.inf)
    centre, scatter = pool_classes(own, noise, n)
    uncertainty = 1 / (1 / scatter + n / common)
    return Spread(
        mean=uncertainty * (centre / scatter + n * own / common),
        uncertainty=uncertainty,
        variance=(squares + POOLED_SPREAD_POSITIVES * common)
        / (np.maximum(n - 1, 0) + POOLED_SPREAD_POSITIVES),
    )


def normal_recall(ranked: RankedScores, spread: Spread) -> RecallModel:
    """Positives are normal on the scale of normal scores."""
    mean, uncertainty, variance = (values[:, None] for values in spread)
    wide = np.sqrt(variance + uncertainty)
    without = 1 / np.maximum(1 / uncertainty - 1 / variance, 1e-3)
    mean_without = without * (mean / uncertainty - ranked.z / variance)
    wide_without = np.sqrt(variance + without)
    density = _normal((ranked.z - mean_without) / wide_without) / wide_without
    return RecallModel(recall=ndtr((mean - ranked.z_cut) / wide), lift=density / _normal(ranked.z))


def kernel_recall(ranked: RankedScores, spread: Spread, *, width: float) -> RecallModel:
    """Each positive stands for a normal bump of its own, the narrower the more there are.

    Args:
        ranked: the scores.
        spread: of the positives; bumps are in proportion to it.
        width: of a bump, in standard deviations, for a class of one positive.
    """
    recall, lift = np.zeros_like(ranked.found), np.ones_like(ranked.found)
    for class_id, (found, positives) in enumerate(
        zip(ranked.found, ranked.positives.tolist(), strict=True)
    ):
        if not positives:
            continue
        at = np.flatnonzero(found)
        bump = width * np.sqrt(spread.variance[class_id])
        reach = (ranked.z[at, None] - ranked.z_cut) / (bump * positives**-0.3)
        recall[class_id] = found[at] @ ndtr(reach) / positives
        if positives > 1:
            narrow = bump * (positives - 1) ** -0.3
            near = _normal((ranked.z[at, None] - ranked.z[at]) / narrow) / narrow
            others = found[at] @ near - _normal(np.zeros(1)) / narrow
            lift[class_id, at] = others / (positives - 1) / _normal(ranked.z[at])
    return RecallModel(recall, lift)


def logistic_recall(ranked: RankedScores, levels: Float[np.ndarray, "C K"]) -> RecallModel:
    """The log-odds of being a positive are a line over `levels`; its slope is drawn to the others'.

    Args:
        ranked: the scores.
        levels: what the line is over, in each bin; of mean 0 and variance 1 over the samples.
    """
    line = pooled_logistic(ranked, levels)
    share = expit(line.intercepts[:, None] + line.slopes[:, None] * levels)
    above = np.cumsum(share * ranked.sizes, axis=1)
    others = np.maximum(ranked.positives - 1, 1)[:, None] / len(ranked.ordered)
    return RecallModel(recall=above / above[:, -1:], lift=line.left_out(levels) / others)


def _normal(values: np.ndarray) -> np.ndarray:
    return np.asarray(np.exp(-(values**2) / 2) / np.sqrt(2 * np.pi))
