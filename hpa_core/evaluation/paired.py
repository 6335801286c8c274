"""Whether one way of fitting is better than another: paired differences of F1 with intervals.

Axes: R repeats, N samples, C classes, B replicates. `bootstrap` compares calls that are fixed;
here they come from fits that were repeated, each with folds and seeds of its own. What both ways
find easy or hard alike cancels, as the samples are drawn together. The spread of the replicates is
the error of the samples; the spread of the repeats adds that of the fitting.

The intervals are for these fits on new samples of the same source. Fits on other samples vary
more, most of all at a threshold that is not fitted (`benchmarks/oversampling.py`).
"""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float

from hpa_core.evaluation.bootstrap import drawn_f1
from hpa_core.evaluation.metrics import evaluate
from hpa_core.intervals import CONFIDENCE, Interval

REPLICATES = 500

Verdict = Literal["helps", "hurts", "cannot tell"]


@dataclass(frozen=True, kw_only=True)
class RepeatedF1:
    """F1 of each class, and what it becomes when the samples are drawn anew.

    Attributes:
        by_repeat: (R, C).
        drawn: the mean of the repeats in each replicate, (B, C).
    """

    by_repeat: Float[np.ndarray, "R C"]
    drawn: Float[np.ndarray, "B C"]

    @property
    def f1(self) -> Float[np.ndarray, " C"]:
        """The mean of the repeats."""
        mean: np.ndarray = self.by_repeat.mean(axis=0)
        return mean


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A number and its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Difference(Estimate):
    """How much higher an F1 is than another."""

    @property
    def verdict(self) -> Verdict:
        """What the interval says: it cannot tell where it holds 0."""
        if self.low > 0:
            return "helps"
        return "hurts" if self.high < 0 else "cannot tell"


def repeated_f1(
    targets: Bool[np.ndarray, "N C"],
    calls: Bool[np.ndarray, "R N C"],
    *,
    groups: np.ndarray | None = None,
    replicates: int = REPLICATES,
    seed: int = 0,
) -> RepeatedF1:
    """Take F1 of every repeat, on the samples as they are and drawn anew.

    Args:
        targets: the truth.
        calls: of each repeat; a single one cannot show how much the fitting varies.
        groups: (N,) one key a sample; samples of one key are drawn together. Each its own if None.
        replicates: B.
        seed: two results may be compared only if samples, groups, replicates and seed are the same.
    """
    drawn = drawn_f1(targets, list(calls), replicates=replicates, seed=seed, groups=groups)
    by_repeat = [evaluate(targets, one).per_class.f1 for one in calls]
    return RepeatedF1(by_repeat=np.array(by_repeat), drawn=np.mean(drawn, axis=0))


def macro_f1(scored: RepeatedF1) -> Estimate:
    """Return macro F1 and its 95 % interval."""
    value = float(scored.f1.mean())
    margin = _margin(scored.drawn.mean(axis=1), scored.by_repeat.mean(axis=1))
    low, high = Interval.of_share(value, margin)
    return Estimate(value=value, low=low, high=high)


def macro_difference(new: RepeatedF1, old: RepeatedF1) -> Difference:
    """Return how much higher the new macro F1 is, with its 95 % interval."""
    drawn, repeats = new.drawn - old.drawn, new.by_repeat - old.by_repeat
    return _difference(drawn.mean(axis=1), repeats.mean(axis=1))


def class_differences(new: RepeatedF1, old: RepeatedF1) -> list[Difference]:
    """Return how much higher each class's F1 is.

    The intervals are wide enough for all classes at once (Bonferroni): where nothing differs, in
    95 % of comparisons not one of them leaves 0 out.
    """
    drawn, repeats = new.drawn - old.drawn, new.by_repeat - old.by_repeat
    classes = repeats.shape[1]
    return [
        _difference(drawn[:, label], repeats[:, label], at_once=classes) for label in range(classes)
    ]


def _difference(
    drawn: Float[np.ndarray, " B"], repeats: Float[np.ndarray, " R"], *, at_once: int = 1
) -> Difference:
    value, margin = float(repeats.mean()), _margin(drawn, repeats, at_once=at_once)
    return Difference(value=value, low=value - margin, high=value + margin)


def _margin(
    drawn: Float[np.ndarray, " B"], repeats: Float[np.ndarray, " R"], *, at_once: int = 1
) -> float:
    """Half the width of an interval; `at_once` of them hold together."""
    fitting = repeats.var(ddof=1) / len(repeats) if len(repeats) > 1 else 0.0
    deviations = NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / (2 * at_once))
    return deviations * float(np.sqrt(drawn.var() + fitting))
