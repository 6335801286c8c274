"""Two runs on the images that both predicted, judged by one truth.

Axes: N samples in common, C classes.

Runs that keep the labels of different datasets do not compare by their own scores: one table of
labels judges both (`compare_by`). Where images were corrected because of what one of the runs
thought of them, that run has an advantage: corrections at random have none.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from hpa_core.errors import ScoresError
from hpa_core.evaluation.bootstrap import Comparison, compare_calls
from hpa_core.evaluation.calls import apply_thresholds
from hpa_core.evaluation.metrics import evaluate
from hpa_core.runs.predictions import Predictions
from hpa_core.targets import rows_of


@dataclass(frozen=True, kw_only=True)
class Called:
    """A run's calls: ids (N,) of str, calls (N, C)."""

    ids: np.ndarray
    calls: Bool[np.ndarray, "N C"]


@dataclass(frozen=True, kw_only=True)
class RunComparison:
    """Macro F1 of both runs on the same images, and what the second gains over the first."""

    images: int
    first: float
    second: float
    gain: Comparison


def compare_runs(
    first: Predictions,
    second: Predictions,
    *,
    thresholds: Float[np.ndarray, " C"] | float = 0.5,
    replicates: int = 1000,
) -> RunComparison:
    """Compare two runs whose labels are the same.

    Both are called by the same thresholds, so that neither has the advantage of having chosen
    its own on these images.

    Args:
        first: what is compared with.
        second: what is judged.
        thresholds: of both, (C,) or one number.
        replicates: how often the images are drawn anew.

    Raises:
        ScoresError: there is no image in common, a truth is not known, or the two truths differ.
    """
    if first.targets is None or second.targets is None:
        raise ScoresError("The truth of these images is not known; nothing is right or wrong.")
    rows = rows_of(second.ids, first.ids)
    common = rows >= 0
    if changed := int((first.targets[common] != second.targets[rows[common]]).any(axis=1).sum()):
        raise ScoresError(
            f"The labels of {changed} common images differ between the two runs; predict again "
            "with the older one."
        )
    called = (
        Called(ids=each.ids, calls=apply_thresholds(each.probs, thresholds))
        for each in (first, second)
    )
    return compare_by(first.ids, first.targets, *called, replicates=replicates)


def compare_by(
    ids: np.ndarray,
    targets: Bool[np.ndarray, "N C"],
    first: Called,
    second: Called,
    *,
    replicates: int = 1000,
) -> RunComparison:
    """Compare two runs by one truth, on the images that all three know.

    Args:
        ids: of the truth, (N,) of str.
        targets: the truth, (N, C).
        first: what is compared with.
        second: what is judged.
        replicates: how often the images are drawn anew.

    Raises:
        ScoresError: there is no such image.
    """
    common = np.intersect1d(np.intersect1d(first.ids, second.ids), ids)
    if not len(common):
        raise ScoresError(
            "No image was predicted by both runs and has a truth; predict one split with both."
        )
    truth = targets[rows_of(ids, common)]
    was, now = (one.calls[rows_of(one.ids, common)] for one in (first, second))
    return RunComparison(
        images=len(common),
        first=evaluate(truth, was).macro_f1,
        second=evaluate(truth, now).macro_f1,
        gain=compare_calls(truth, was, now, replicates=replicates),
    )
