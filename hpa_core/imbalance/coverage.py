"""How the positives of each class are spread over the parts of a split.

Axes: N samples, C classes, K parts (folds; or train, validation, ...).
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

DRAWS = 2_000


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Positives per class and part, beside what an even and what a random split would give.

    Attributes:
        sizes: samples of each part, (K,).
        counts: positives, (K, C).
        even: positives by the part's share of the samples, (K, C).
        deviation: `counts - even`, in standard deviations of a random split, (K, C).
        groups: groups that carry the class, (C,).
        spread: most - least positives among the parts, (C,).
        least_spread: the least that parts of one size could have, 0 or 1, (C,).
        random_spread: the mean that a random split would have, (C,).
    """

    sizes: Int[np.ndarray, " K"]
    counts: Int[np.ndarray, "K C"]
    even: Float[np.ndarray, "K C"]
    deviation: Float[np.ndarray, "K C"]
    groups: Int[np.ndarray, " C"]
    spread: Int[np.ndarray, " C"]
    least_spread: Int[np.ndarray, " C"]
    random_spread: Float[np.ndarray, " C"]

    @property
    def fewest(self) -> Int[np.ndarray, " C"]:
        """Positives of each class in the part that has fewest of them."""
        fewest: np.ndarray = self.counts.min(axis=0)
        return fewest

    @property
    def absent(self) -> Bool[np.ndarray, " C"]:
        """Classes that occur, and that some part lacks."""
        absent: np.ndarray = (self.fewest == 0) & (self.groups > 0)
        return absent

    @property
    def bound(self) -> Bool[np.ndarray, " C"]:
        """Absent ones that have a group for every part."""
        return self.absent & (self.groups >= len(self.sizes))


def measure_coverage(
    targets: Bool[np.ndarray, "N C"], part: Int[np.ndarray, " N"], groups: np.ndarray
) -> Coverage:
    """Count the positives of every class in every part.

    Args:
        targets: the labels.
        part: the part of each sample, from 0.
        groups: (N,) what may not be torn apart; each sample's own key where nothing is bound.
    """
    sizes = np.bincount(part)
    counts = np.array([targets[part == number].sum(axis=0) for number in range(len(sizes))])
    totals, shares = counts.sum(axis=0), sizes / len(part)
    even = shares[:, None] * totals
    deviations = np.sqrt(np.maximum(even * (1 - shares[:, None]), 1e-12))
    return Coverage(
        sizes=sizes,
        counts=counts,
        even=even,
        deviation=np.where(totals > 0, (counts - even) / deviations, 0.0),
        groups=_groups_per_class(targets, groups),
        spread=np.ptp(counts, axis=0),
        least_spread=(totals % len(sizes) > 0).astype(np.int64),
        random_spread=_random_spread(totals, shares),
    )


def _groups_per_class(targets: np.ndarray, groups: np.ndarray) -> Int[np.ndarray, " C"]:
    _, number = np.unique(groups, return_inverse=True)
    carries = np.zeros((number.max() + 1, targets.shape[1]), dtype=bool)
    np.logical_or.at(carries, number, targets)
    found: np.ndarray = carries.sum(axis=0)
    return found


def _random_spread(
    totals: Int[np.ndarray, " C"], shares: Float[np.ndarray, " K"]
) -> Float[np.ndarray, " C"]:
    rng = np.random.default_rng(0)
    draws = rng.multinomial(totals, shares, size=(DRAWS, len(totals)))
    spread: np.ndarray = np.ptp(draws, axis=2).mean(axis=0)
    return spread
