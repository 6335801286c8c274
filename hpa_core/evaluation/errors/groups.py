"""Whether some samples go wrong more often than the others: by source, plate, brightness.

Axes: N samples, C classes, G groups. A sample is wrong if its calls are not exactly its labels.

A group stands out if as many wrong samples among so many would be found in less than one of twenty
data sets without any difference, over all groups together (Fisher's exact test, two-sided, with the
correction of `chance`): of a hundred plates, five would pass a test that looks at each by itself.

What rises or falls along the groups may leave none of them standing out: `trends` asks the measure
itself, without groups.

References:
    Wilson (1927), Probable inference (the intervals).
    Mann and Whitney (1947), On a test of whether one of two random variables is larger.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.stats import hypergeom, mannwhitneyu

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


@dataclass(frozen=True, kw_only=True)
class Trend:
    """Whether wrong samples have more of something than right ones.

    Attributes:
        share: of the pairs of a wrong and a right sample, those where the wrong one has more (half
            of those where both have as much), in [0, 1]; 0.5 without a trend.
        p: of a share as far from 0.5, corrected for all measures looked at together.
    """

    share: float
    p: float

    @property
    def stands_out(self) -> bool:
        """Whether there is a trend beyond chance."""
        return self.p < LEVEL


def trends(measures: Float[np.ndarray, "N K"], wrong: Bool[np.ndarray, " N"]) -> list[Trend]:
    """Compare wrong samples with right ones in each of K measures (Mann and Whitney's test).

    Args:
        measures: of each sample, such as the brightness of its channels.
        wrong: which samples are wrong; without both kinds there is no trend.
    """
    if wrong.all() or not wrong.any():
        return [Trend(share=0.5, p=1.0)] * measures.shape[1]
    found = mannwhitneyu(measures[wrong], measures[~wrong], axis=0)
    shares = found.statistic / (wrong.sum() * (~wrong).sum())
    p = correct_for_many(np.asarray(found.pvalue))
    return [Trend(share=float(a), p=float(b)) for a, b in zip(shares, p, strict=True)]


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
