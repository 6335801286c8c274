"""Two runs on the images that both predicted.

Axes: N samples in common, C classes.
"""

import numpy as np
from jaxtyping import Bool, Float

from hpa_core.errors import ScoresError
from hpa_core.evaluation.bootstrap import Comparison, compare_calls
from hpa_core.evaluation.calls import apply_thresholds
from hpa_core.runs.predictions import Predictions


def compare_runs(
    first: Predictions,
    second: Predictions,
    *,
    thresholds: Float[np.ndarray, " C"] | float = 0.5,
    replicates: int = 1000,
) -> tuple[int, Comparison]:
    """Say what the second run gains over the first, by a paired bootstrap over common images.

    Both are called by the same thresholds, so that neither has the advantage of having chosen
    its own on these images.

    Args:
        first: what is compared with.
        second: what is judged.
        thresholds: of both, (C,) or one number.
        replicates: how often the images are drawn anew.

    Returns:
        How many images both predicted, and the comparison on them.

    Raises:
        ScoresError: there is no such image, a truth is not known, or the two truths differ.
    """
    ids, rows, others = np.intersect1d(
        first.ids, second.ids, assume_unique=True, return_indices=True
    )
    if not len(ids):
        raise ScoresError("The two runs have no image in common; predict one split with both.")
    truth = _common_truth(first, second, rows, others)
    was = apply_thresholds(first.probs[rows], thresholds)
    now = apply_thresholds(second.probs[others], thresholds)
    return len(ids), compare_calls(truth, was, now, replicates=replicates)


def _common_truth(
    first: Predictions, second: Predictions, rows: np.ndarray, others: np.ndarray
) -> Bool[np.ndarray, "N C"]:
    if first.targets is None or second.targets is None:
        raise ScoresError("The truth of these images is not known; nothing is right or wrong.")
    truth: np.ndarray = first.targets[rows]
    if (changed := (truth != second.targets[others]).any(axis=1).sum()) > 0:
        raise ScoresError(
            f"The labels of {changed} common images differ between the two runs; predict again "
            "with the older one."
        )
    return truth
