"""SCut on folds, where a class that does badly on a fold falls back to its highest score.

Axes: N samples, C classes. Where the best F1 of a class on a fold stays below a level (fbr), its
threshold there is the highest score; the folds' thresholds are averaged. The level, too, is chosen
for each class by cross-validation. The rule keeps a rare class's lucky low threshold from
calling everything.

References:
    Yang (2001), A study of thresholding strategies for text categorization (SCutFBR.1).
    Fan and Lin (2007), A study on threshold selection for multi-label classification (the
    cross-validated level and the mean over folds; there the classifier is retrained on each fold,
    which a score file does not allow).
"""

import numpy as np
from jaxtyping import Float, Int

from hpa_core.evaluation.contract import Probs, Targets, Thresholds, check_truth
from hpa_core.evaluation.curves import best_thresholds
from hpa_core.evaluation.metrics import f1_by_class

FOLDS = 3
LEVELS = np.arange(1, 9) / 10


def fbr_thresholds(probs: Probs, targets: Targets, *, seed: int = 0) -> Thresholds:
    """Return the mean of the folds' thresholds under each class's best level."""
    check_truth(probs, targets)
    rng = np.random.default_rng(seed)
    reached = np.zeros((len(LEVELS), probs.shape[1]))
    for fitted, scored in _splits(len(probs), rng):
        tried = _on_folds(probs[fitted], targets[fitted], rng)
        reached += [f1_by_class(targets[scored], probs[scored] > row) for row in tried]
    # Of equal levels the highest; where nothing was ever found, the lowest.
    best = len(LEVELS) - 1 - reached[::-1].argmax(axis=0)
    best[reached.max(axis=0) == 0] = 0
    chosen: Thresholds = _on_folds(probs, targets, rng)[best, np.arange(probs.shape[1])]
    return chosen


def fold_numbers(samples: int, rng: np.random.Generator) -> Int[np.ndarray, " N"]:
    """Deal the samples to folds at random; of few samples no fold stays empty without need."""
    return np.asarray(rng.permutation(samples) % min(FOLDS, samples))


def _splits(
    samples: int, rng: np.random.Generator
) -> list[tuple[Int[np.ndarray, " n"], Int[np.ndarray, " m"]]]:
    fold = fold_numbers(samples, rng)
    numbers = range(fold.max() + 1)
    if len(numbers) == 1:
        return []
    return [(np.flatnonzero(fold != number), np.flatnonzero(fold == number)) for number in numbers]


def _on_folds(
    probs: Probs, targets: Targets, rng: np.random.Generator
) -> Float[np.ndarray, "levels C"]:
    fold = fold_numbers(len(probs), rng)
    chosen = []
    for number in range(fold.max() + 1):
        scores = probs[fold == number]
        optima = best_thresholds(scores, targets[fold == number])
        kept = optima.f1 > LEVELS[:, None]
        chosen.append(np.where(kept, optima.thresholds, scores.max(axis=0).astype(np.float64)))
    return np.asarray(np.mean(chosen, axis=0))
