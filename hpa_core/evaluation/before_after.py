"""What corrected labels gain: a run from before and one from after, on the same images, one truth.

Axes: N images in common, C classes.

Each run keeps the labels of its own dataset, so their own scores do not compare. Here one table of
labels judges both. Where the images that were corrected had been picked by what one of the runs
thought of them, that run has an advantage: corrections at random have none.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool

from hpa_core.errors import ScoresError
from hpa_core.evaluation.bootstrap import Comparison, compare_calls
from hpa_core.evaluation.metrics import evaluate
from hpa_core.targets import rows_of


@dataclass(frozen=True, kw_only=True)
class Called:
    """A run's calls: ids (N,) of str, calls (N, C)."""

    ids: np.ndarray
    calls: Bool[np.ndarray, "N C"]


@dataclass(frozen=True, kw_only=True)
class BeforeAfter:
    """Macro F1 of both runs on the same images, and the paired difference."""

    images: int
    before: float
    after: float
    compared: Comparison


def compare_before_after(
    before: Called,
    after: Called,
    ids: np.ndarray,
    targets: Bool[np.ndarray, "N C"],
    *,
    replicates: int = 1000,
) -> BeforeAfter:
    """Score both runs by one truth, on the images that all three know.

    Args:
        before: the run that learnt from the old labels.
        after: the run that learnt from the corrected ones.
        ids: of the truth, (N,) of str.
        targets: the truth, (N, C).
        replicates: how often the images are drawn anew.

    Raises:
        ScoresError: there is no such image.
    """
    common = np.intersect1d(np.intersect1d(before.ids, after.ids), ids)
    if not len(common):
        raise ScoresError(
            "No image was predicted by both runs and has a truth; predict one split with both."
        )
    truth = targets[rows_of(ids, common)]
    was, now = (one.calls[rows_of(one.ids, common)] for one in (before, after))
    return BeforeAfter(
        images=len(common),
        before=evaluate(truth, was).macro_f1,
        after=evaluate(truth, now).macro_f1,
        compared=compare_calls(truth, was, now, replicates=replicates),
    )
