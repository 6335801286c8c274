"""What each class gains over other calls, and whether that is more than the luck of the samples.

Axes: N samples, C classes, B replicates. Two ways of calling a class sort the samples into eight
cells: truly there or not, called before or not, called after or not. Drawing samples anew changes
the cells' counts and nothing else of F1, so the counts are drawn, each from a Poisson distribution.

References:
    Chamandy, Muralidharan, Najmi, Naidu: Estimating Uncertainty for Massive Data Streams,
    Google, 2012 (the Poisson bootstrap).
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from hpa_core.evaluation.metrics import f1_by_class, f1_from_counts
from hpa_core.intervals import ENDS

REPLICATES = 200


@dataclass(frozen=True, kw_only=True)
class ClassGains:
    """How much higher the F1 of each class is, and its 95 % interval, all (C,)."""

    value: Float[np.ndarray, " C"]
    low: Float[np.ndarray, " C"]
    high: Float[np.ndarray, " C"]

    @property
    def noise(self) -> Bool[np.ndarray, " C"]:
        """Classes whose interval spans 0: these samples do not tell a gain from luck, (C,)."""
        spans: np.ndarray = (self.low <= 0) & (self.high >= 0)
        return spans


def class_gains(
    targets: Bool[np.ndarray, "N C"],
    before: Bool[np.ndarray, "N C"],
    after: list[Bool[np.ndarray, "N C"]],
    *,
    rng: np.random.Generator,
) -> ClassGains:
    """Say what calls `after` gain over calls `before`, on the same samples.

    Args:
        targets: the truth.
        before: the calls compared with.
        after: what is judged, perhaps several times fitted anew; the value is the mean of them,
            and the interval holds the spread between them as well as that of the samples.
        rng: of the draws.
    """
    drawn = [drawn_gains(targets, before, calls, rng=rng) for calls in after]
    low, high = np.quantile(np.concatenate(drawn), ENDS, axis=0)
    was = f1_by_class(targets, before)
    value = np.mean([f1_by_class(targets, calls) - was for calls in after], axis=0)
    return ClassGains(value=value, low=low, high=high)


def drawn_gains(
    targets: Bool[np.ndarray, "N C"],
    before: Bool[np.ndarray, "N C"],
    after: Bool[np.ndarray, "N C"],
    *,
    rng: np.random.Generator,
) -> Float[np.ndarray, "B C"]:
    """Return the gain of each class with the samples drawn anew, B times."""
    kind = 4 * targets.astype(np.int8) + 2 * before + after
    counts = np.array([(kind == number).sum(axis=0) for number in range(8)])
    drawn = np.moveaxis(rng.poisson(counts, (REPLICATES, *counts.shape)), 1, 0)
    positives = drawn[4:].sum(axis=0)
    was = f1_from_counts(drawn[6] + drawn[7], positives, drawn[[2, 3, 6, 7]].sum(axis=0))
    now = f1_from_counts(drawn[5] + drawn[7], positives, drawn[1::2].sum(axis=0))
    return np.asarray(now - was)
