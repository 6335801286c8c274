"""What a network loses without a channel: scores, calls, and which classes read which stain.

Axes: N samples, C classes, 4 channels in the order red, green, blue, yellow.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float
from scipy.stats import t as student

from hpa_core.classes import CHANNELS
from hpa_core.evaluation.bootstrap import Comparison, compare_calls, macro_f1_intervals
from hpa_core.evaluation.calls import calls_of
from hpa_core.evaluation.metrics import evaluate
from hpa_core.intervals import CONFIDENCE, Interval
from hpa_core.runs.ablations import Ablation
from hpa_core.runs.thresholds import Rule

PROTEIN = CHANNELS.index("green")
FEWEST = 5
"""Positives that a class must have before it is said to read another stain than the protein."""
LEAST_LOST = 0.05
"""What they must lose without the stain: a difference of next to nothing can be sure, too."""


class MeanChange(NamedTuple):
    """The mean change of each class's score, and the interval of the mean, all (C,).

    Attributes:
        mean: NaN without a positive.
        low, high: NaN below two positives.
    """

    mean: Float[np.ndarray, " C"]
    low: Float[np.ndarray, " C"]
    high: Float[np.ndarray, " C"]


@dataclass(frozen=True, kw_only=True)
class ChannelEffect:
    """What becomes of a run without one channel.

    Attributes:
        channel: its name.
        macro_f1: at the thresholds given; `interval` holds 95 % of it.
        gain: of the calls without the channel over those with it: below 0, something was lost.
        change: of each class's score over its positives.
    """

    channel: str
    macro_f1: float
    interval: Interval
    gain: Comparison
    change: MeanChange


@dataclass(frozen=True, kw_only=True)
class Leaning:
    """A class whose positives lose more without a reference stain than without the protein.

    Attributes:
        channel: of the stain.
        lost, lost_without_green: mean loss of the class's score over its positives, 0 to 1.
        low: lower end of an interval of the difference that holds for all classes and stains.
    """

    class_id: int
    channel: str
    lost: float
    lost_without_green: float
    low: float


def channel_effects(
    ablation: Ablation, rule: Rule, *, replicates: int = 1000
) -> list[ChannelEffect]:
    """Compare a run's scores and calls with those without each channel.

    Args:
        ablation: of a split whose truth is known.
        rule: of the calls.
        replicates: of the paired bootstrap.
    """
    targets = ablation.targets
    calls = [calls_of(rule, probs) for probs in (ablation.probs, *ablation.without)]
    intervals = macro_f1_intervals(targets, calls[1:])
    effects = []
    for channel, name in enumerate(CHANNELS):
        effects.append(
            ChannelEffect(
                channel=name,
                macro_f1=evaluate(targets, calls[1 + channel]).macro_f1,
                interval=intervals[channel],
                gain=compare_calls(targets, calls[0], calls[1 + channel], replicates=replicates),
                change=mean_changes(ablation.without[channel] - ablation.probs, targets),
            )
        )
    return effects


def mean_changes(
    change: Float[np.ndarray, "N C"], targets: Bool[np.ndarray, "N C"], *, at_once: int = 1
) -> MeanChange:
    """Return each class's mean over its positives, and Student's interval of it.

    Args:
        change: of every score.
        targets: which samples count for a class.
        at_once: how many intervals shall hold together (Bonferroni).
    """
    count = targets.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(targets, change, 0.0).sum(axis=0) / count
        spread = np.where(targets, (change - mean) ** 2, 0.0).sum(axis=0) / (count - 1)
        error = np.sqrt(spread / count)
    margin = np.full(len(count), np.nan)
    known = count > 1
    tail = (1 - CONFIDENCE) / (2 * at_once)
    margin[known] = student.ppf(1 - tail, count[known] - 1) * error[known]
    return MeanChange(mean, mean - margin, mean + margin)


def leanings(ablation: Ablation) -> list[Leaning]:
    """Find the classes that read a reference stain more than the protein, surest first.

    A class is named where its positives lose something without the stain, and the paired difference
    to what they lose without the protein lies above 0 by an interval that holds for all classes and
    the three stains at once.
    """
    targets = ablation.targets
    enough = targets.sum(axis=0) >= FEWEST
    loss = ablation.probs - ablation.without  # (4, N, C)
    stains = [channel for channel in range(len(CHANNELS)) if channel != PROTEIN]
    at_once = targets.shape[1] * len(stains)
    found = []
    for channel in stains:
        lost = mean_changes(loss[channel], targets).mean
        low = mean_changes(loss[channel] - loss[PROTEIN], targets, at_once=at_once).low
        for number in np.flatnonzero((low > 0) & (lost >= LEAST_LOST) & enough):
            positives = targets[:, number]
            found.append(
                Leaning(
                    class_id=int(number),
                    channel=CHANNELS[channel],
                    lost=float(lost[number]),
                    lost_without_green=float(loss[PROTEIN, positives, number].mean()),
                    low=float(low[number]),
                )
            )
    return sorted(found, key=lambda one: -one.low)
