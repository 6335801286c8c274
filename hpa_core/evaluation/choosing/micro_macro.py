"""Classes from the most frequent to the rarest, each maximising micro plus macro F1 so far.

Axes: N samples, C classes. Micro F1 ties the classes together: a rare class's many false calls
cost the whole, which holds its threshold up. Taken on three folds and averaged.

References:
    Lin and Lin (2023), On the thresholding strategy for infrequent labels in multi-label
    classification (`micromacro-freq`, the default of LibMultiLabel's linear classifiers; there the
    classifier is retrained on each fold, which a score file does not allow).
"""

import numpy as np
from jaxtyping import Bool, Float, Int

from hpa_core.evaluation.choosing.fbr import fold_numbers
from hpa_core.evaluation.contract import Probs, Targets, Thresholds, check_truth
from hpa_core.evaluation.metrics import f1_from_counts
from hpa_core.evaluation.optimum import NO_CALL, between


def micro_macro_thresholds(probs: Probs, targets: Targets, *, seed: int = 0) -> Thresholds:
    """Return the mean of three folds' thresholds."""
    check_truth(probs, targets)
    fold = fold_numbers(len(probs), np.random.default_rng(seed))
    folds = [fold == number for number in range(fold.max() + 1)]
    return np.asarray(np.mean([_by_frequency(probs[one], targets[one]) for one in folds], axis=0))


def _by_frequency(probs: Probs, targets: Targets) -> Thresholds:
    support = targets.sum(axis=0)
    thresholds = np.full(probs.shape[1], NO_CALL)
    right_before, whole_before = 0, 0
    for place, class_id in enumerate(np.argsort(-support, kind="stable")):
        called, right, values = _cuts(probs[:, class_id], targets[:, class_id])
        whole = support[class_id] + called
        # The other classes' F1 stay as they are, so macro F1 changes by this class's share.
        macro = f1_from_counts(right, support[class_id], called) / (place + 1)
        micro = f1_from_counts(right_before + right, whole_before + whole, 0)
        best = int((macro + micro).argmax())
        thresholds[class_id] = values[best]
        right_before += int(right[best])
        whole_before += int(whole[best])
    return thresholds


def _cuts(
    scores: Float[np.ndarray, " N"], truth: Bool[np.ndarray, " N"]
) -> tuple[Int[np.ndarray, " K"], Int[np.ndarray, " K"], Float[np.ndarray, " K"]]:
    """Return calls, right calls and threshold of every cut of one class, the fewest calls first."""
    order = np.argsort(-scores, kind="stable")
    ordered = scores[order].astype(np.float64)
    ends = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True))
    ends = ends[ordered[ends] > 0]  # No threshold lies below a score of 0.
    lower = np.append(ordered, 0)[ends + 1]
    values = [between(*pair) for pair in zip(lower.tolist(), ordered[ends].tolist(), strict=True)]
    right = truth[order].cumsum()[ends]
    none_called = between(float(ordered[0]), 1.0) if ordered[0] < 1 else NO_CALL
    return np.append(0, ends + 1), np.append(0, right), np.array([none_called, *values])
