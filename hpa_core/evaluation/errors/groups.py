"""Whether some samples go wrong more often than the others: by source, plate, brightness.

Axes: N samples, C classes, G groups. A sample is wrong if its calls are not exactly its labels.

A group stands out if as many wrong samples among so many would be found in less than one of twenty
data sets without any difference, over all groups together (Fisher's exact test, two-sided, with the
correction of `chance`): of a hundred plates, five would pass a test that looks at each by itself.

References:
    Wilson (1927), Probable inference (the intervals).
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.stats import hypergeom

from hpa_core.evaluation.errors.chance import LEVEL, correct_for_many
from hpa_core.evaluation.metrics import f1_from_counts
from hpa_core.evaluation.proportions import wilson_interval


@dataclass(frozen=True, kw_only=True)
class GroupErrors:
    """What goes wrong in each group, in the order of their keys.

    Attributes:
        keys: (G,) of str.
        samples, wrong: how many, and how many of them have calls other than their labels, (G,).
        share, low, high: wrong / samples and its 95 % Wilson interval, (G,).
        missed, false: labels that were not called, calls that are no labels, (G,).
        micro_f1: over all labels and calls of the group, (G,); macro F1 would hang on classes
            that a small group lacks.
        p: of the group against all others, corrected for how many groups there are, (G,).
    """

    keys: np.ndarray
    samples: Int[np.ndarray, " G"]
    wrong: Int[np.ndarray, " G"]
    share: Float[np.ndarray, " G"]
    low: Float[np.ndarray, " G"]
    high: Float[np.ndarray, " G"]
    missed: Int[np.ndarray, " G"]
    false: Int[np.ndarray, " G"]
    micro_f1: Float[np.ndarray, " G"]
    p: Float[np.ndarray, " G"]

    @property
    def stands_out(self) -> Bool[np.ndarray, " G"]:
        """Which groups differ from the others beyond chance."""
        return np.asarray(self.p < LEVEL)


def count_group_errors(
    targets: Bool[np.ndarray, "N C"], calls: Bool[np.ndarray, "N C"], groups: np.ndarray
) -> GroupErrors:
    """Count what goes wrong in each group.

    Args:
        targets: the truth.
        calls: what was decided.
        groups: the key of each sample's group, (N,) of str.
    """
    keys, of_each = np.unique(groups, return_inverse=True)
    missed, false = targets & ~calls, calls & ~targets
    sums = {
        name: np.bincount(of_each, weights=values, minlength=len(keys)).astype(np.int64)
        for name, values in {
            "samples": np.ones(len(targets)),
            "wrong": (missed | false).any(axis=1),
            "missed": missed.sum(axis=1),
            "false": false.sum(axis=1),
            "positives": targets.sum(axis=1),
            "called": calls.sum(axis=1),
        }.items()
    }
    low, high = wilson_interval(sums["wrong"], sums["samples"])
    return GroupErrors(
        keys=keys,
        samples=sums["samples"],
        wrong=sums["wrong"],
        share=sums["wrong"] / np.maximum(sums["samples"], 1),
        low=low,
        high=high,
        missed=sums["missed"],
        false=sums["false"],
        micro_f1=f1_from_counts(
            sums["positives"] - sums["missed"], sums["positives"], sums["called"]
        ),
        p=correct_for_many(_fisher(sums["wrong"], sums["samples"])),
    )


def quantile_groups(values: Float[np.ndarray, " N"], groups: int) -> Int[np.ndarray, " N"]:
    """Number the samples by which of `groups` equal parts of the ordered values they are in.

    Equal values are in one part, so parts may differ in size or be empty.

    >>> quantile_groups(np.array([5.0, 1.0, 3.0, 3.0]), 2).tolist()
    [1, 0, 1, 1]
    """
    inner = np.quantile(values, np.arange(1, groups) / groups)
    return np.asarray(np.searchsorted(inner, values, side="right"))


def _fisher(wrong: Int[np.ndarray, " G"], samples: Int[np.ndarray, " G"]) -> np.ndarray:
    """Twice the smaller tail of drawing the group from all samples; at most 1."""
    total, bad = int(samples.sum()), int(wrong.sum())
    above = hypergeom.sf(wrong - 1, total, bad, samples)
    below = hypergeom.cdf(wrong, total, bad, samples)
    return np.asarray(np.minimum(2 * np.minimum(above, below), 1))
