"""`auto`: the thresholds of highest expected F1, under models weighed on what they did not see.

Axes: N samples, C classes, K cuts, M models. A class's best threshold on the samples at hand is a
noisy guide where positives are few. What is asked for is the best on new samples; that needs
each class's recall curve, smooth. Five models of it stand ready (`recall`): which fits is decided
class by class, by how likely each model finds positives that it was fitted without. A class with
few positives follows what classes of similar support decided.

References:
    Smyth and Wolpert (1999), Linearly combining density estimators via stacking.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from hpa_core.evaluation.contract import Probs, Targets, Thresholds, check_truth
from hpa_core.evaluation.expected import expected_f1
from hpa_core.evaluation.logistic import score_levels
from hpa_core.evaluation.optimum import NO_CALL
from hpa_core.evaluation.ranks import RankedScores, rank_scores
from hpa_core.evaluation.recall import (
    LEAST_LIFT,
    RecallModel,
    kernel_recall,
    logistic_recall,
    normal_recall,
    spread_of_positives,
)

BORROWED = 10.0
"""The decision of similar classes counts as much as so many positives of the class's own."""

SIMILAR = 0.3
"""Standard deviation, in powers of ten of the support, of what counts as similar."""

MOST_SPEAKING = 30
ROUNDS = 30


def blended_thresholds(probs: Probs, targets: Targets) -> Thresholds:
    """Return the threshold of highest expected F1 of each class.

    A class without positives is not left uncalled: a wrong guess costs macro F1 nothing, because
    its F1 is 0 either way, and the next samples may hold some. The other classes tell how many of
    its highest scores to call.

    Args:
        probs: (N, C) in [0, 1].
        targets: the truth, (N, C).

    Raises:
        ScoresError: a score is NaN or outside [0, 1], or there is no sample.
    """
    if not targets.any():
        check_truth(probs, targets)
        return np.full(probs.shape[1], NO_CALL)
    expected = expect(probs, targets)
    return expected.ranked.thresholds(expected.f1.argmax(axis=1))


class Expected(NamedTuple):
    """What to expect of every cut on as many new samples.

    Attributes:
        ranked: the scores and the cuts.
        recall: share of the positives called, (C, K).
        f1: mean F1, (C, K).
    """

    ranked: RankedScores
    recall: Float[np.ndarray, "C K"]
    f1: Float[np.ndarray, "C K"]

    @property
    def precision(self) -> Float[np.ndarray, "C K"]:
        """Share of the calls that are right, (C, K)."""
        ranked = self.ranked
        return np.asarray(self.recall * ranked.positives[:, None] / ranked.called)


def expect(probs: Probs, targets: Targets) -> Expected:
    """Say what recall and F1 to expect of every cut of every class.

    Raises:
        ScoresError: a score is NaN or outside [0, 1], or there is no sample.
    """
    check_truth(probs, targets)
    ranked = rank_scores(probs, targets)
    recall = ranked.with_ties(blended_recall(ranked))
    return Expected(ranked, recall, expected_f1(recall, ranked.called, ranked.positives))


def blended_recall(ranked: RankedScores) -> Float[np.ndarray, "C K"]:
    """Return the recall at each cut to expect on new samples."""
    spread = spread_of_positives(ranked)
    by_rank = np.broadcast_to(ranked.z, ranked.found.shape)
    kernels = [kernel_recall(ranked, spread, width=width) for width in (0.6, 1.2)]
    models = [
        *kernels,
        normal_recall(ranked, spread),
        logistic_recall(ranked, by_rank),
        logistic_recall(ranked, score_levels(ranked).values),
    ]
    weights = weigh_models(ranked, models)
    # Without positives there are no bumps, only what the other classes say.
    weights[ranked.positives == 0, : len(kernels)] = 0
    weights /= weights.sum(axis=1, keepdims=True)
    return np.asarray(
        np.einsum("cm,mck->ck", weights, np.array([model.recall for model in models]))
    )


def weigh_models(ranked: RankedScores, models: list[RecallModel]) -> Float[np.ndarray, "C M"]:
    """Return how much each class trusts each model, rows summing to 1.

    The weights under which the class's positives are likeliest, each judged by models that did not
    see it; they are drawn to the weights of classes with similar support.
    """
    lift = np.maximum([model.lift for model in models], LEAST_LIFT)
    classes, count = len(ranked.positives), len(models)
    told = ranked.positives > 1
    found = np.where(told[:, None], ranked.found, 0)
    log_support = np.log10(np.maximum(ranked.positives, 1))
    apart = (log_support[:, None] - log_support) / SIMILAR
    similar = np.exp(-(apart**2) / 2) * np.minimum(1, MOST_SPEAKING / np.maximum(found.sum(1), 1))
    weights = np.full((classes, count), 1 / count)
    for _ in range(ROUNDS):  # Expectation-maximisation.
        mixed = np.einsum("cm,mck->ck", weights, lift)
        share = weights * np.einsum("mck,ck->cm", lift, found / mixed)
        borrowed = similar @ share + 1 / count
        weights = share + BORROWED * borrowed / borrowed.sum(axis=1, keepdims=True)
        weights /= weights.sum(axis=1, keepdims=True)
    return weights
