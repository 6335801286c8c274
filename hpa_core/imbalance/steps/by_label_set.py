"""LP-ROS and LP-RUS: clone samples of rare label sets, delete samples of frequent ones.

Axes: N rows of a split, C classes, B bags (label sets to be resampled). Every label set is taken
for a class of its own (label powerset). One is rare where fewer samples carry it than the mean over
all label sets, frequent where more do.

References:
    Charte, Rivera, del Jesus, Herrera: A first approach to deal with imbalance in multi-label
    datasets, HAIS 2013; and Neurocomputing 163 (2015), algorithms LP-ROS and LP-RUS.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from hpa_core.imbalance.measures import group_label_sets
from hpa_core.imbalance.steps.step import Copies, Step, Targets
from hpa_core.settings import setting


@dataclass(frozen=True, kw_only=True)
class LpRos(Step):
    """Clone random samples of the rare label sets until each reaches the mean size.

    `percent` % of the samples shown are cloned, in equal parts for all rare sets; what a set cannot
    take without passing the mean goes to the smaller ones. Fewer where all reach the mean.
    """

    kind = "lp-ros"
    description = "LP-ROS: clone random samples of the label sets that are rarer than the mean."

    percent: float = setting(10.0, help="Clones, in % of the samples shown", low=0.1, high=500.0)

    def apply(self, copies: Copies, targets: Targets, *, rng: np.random.Generator) -> Copies:
        sets = group_label_sets(targets)
        sizes = sets.sizes(copies)
        wanted = _shared(sizes, self.percent, sign=-1)
        shown = np.repeat(np.arange(len(copies)), copies)
        by_set = shown[np.argsort(sets.of_row[shown], kind="stable")]
        starts = np.repeat(np.cumsum(sizes) - sizes, wanted)
        offsets = rng.random(len(starts)) * np.repeat(sizes, wanted)
        cloned = by_set[starts + offsets.astype(np.int64)]
        return copies + np.bincount(cloned, minlength=len(copies))


@dataclass(frozen=True, kw_only=True)
class LpRus(Step):
    """Delete random samples of the frequent label sets until each is down to the mean size.

    `percent` % of the samples shown are deleted, in equal parts for all frequent sets; what a set
    cannot give without falling below the mean is taken from the larger ones. A copy is deleted as a
    sample is.
    """

    kind = "lp-rus"
    description = "LP-RUS: delete random samples of the label sets more frequent than the mean."

    percent: float = setting(10.0, help="Deletions, in % of the samples shown", low=0.1, high=100.0)

    def apply(self, copies: Copies, targets: Targets, *, rng: np.random.Generator) -> Copies:
        sets = group_label_sets(targets)
        sizes = sets.sizes(copies)
        wanted = _shared(sizes, self.percent, sign=1)
        shown = rng.permutation(np.repeat(np.arange(len(copies)), copies))
        by_set = shown[np.argsort(sets.of_row[shown], kind="stable")]
        place_in_set = np.arange(len(by_set)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        deleted = by_set[place_in_set < np.repeat(wanted, sizes)]
        return copies - np.bincount(deleted, minlength=len(copies))


def _shared(sizes: Int[np.ndarray, " S"], percent: float, *, sign: int) -> Int[np.ndarray, " S"]:
    """Return how many samples each label set gains (`sign` -1, rare ones) or loses (1, frequent).

    The paper's shares are fractions; they are rounded so that their running sum is right to within
    one half, and so each to within one.
    """
    excess = np.where(sizes > 0, sign * (sizes - sizes.sum() / max((sizes > 0).sum(), 1)), 0.0)
    bags = np.flatnonzero(excess > 0)
    nearest_first = bags[np.argsort(excess[bags], kind="stable")]
    shares = _fill(excess[nearest_first], sizes.sum() * percent / 100)
    wanted = np.zeros(len(sizes), dtype=np.int64)
    wanted[nearest_first] = np.diff(np.floor(np.cumsum(shares) + 0.5), prepend=0)
    return wanted


def _fill(room: Float[np.ndarray, " B"], budget: float) -> Float[np.ndarray, " B"]:
    """Share `budget` equally among bags in ascending order of their room; leftovers go onward."""
    shares = np.zeros(len(room))
    for place, space in enumerate(room):
        shares[place] = min(space, budget / (len(room) - place))
        budget -= shares[place]
    return shares
