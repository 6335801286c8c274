"""Repeat-factor and class-aware sampling: how often a sample is shown follows its rarest class.

Axes: N rows of a split, C classes.

References:
    Gupta, Dollar, Girshick: LVIS, CVPR 2019 (repeat-factor sampling).
    Shen, Lin, Huang: Relay Backpropagation for Effective Learning of Deep CNNs, ECCV 2016
    (class-aware sampling).
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Int

from hpa_core.imbalance.plan import planned_counts
from hpa_core.imbalance.steps.step import Copies, Step, Targets, largest_of_row, round_by_lot
from hpa_core.settings import setting


@dataclass(frozen=True, kw_only=True)
class RepeatFactor(Step):
    """Repeat each sample by the factor of its rarest class: max(1, sqrt(threshold / f)).

    f is the part of the samples shown that carry the class, so classes above the threshold stay as
    they are. Fractions are drawn once, for the plan; LVIS draws them anew every epoch.
    """

    kind = "repeat-factor"
    description = "Repeat samples of classes rarer than a threshold, by the root of how much rarer."

    threshold: float = setting(
        0.01, help="Part of the samples below which a class is repeated", low=1e-6, high=1.0
    )

    def apply(self, copies: Copies, targets: Targets, *, rng: np.random.Generator) -> Copies:
        frequencies = planned_counts(targets, copies) / max(copies.sum(), 1)
        factors = {
            number: max(1.0, float(np.sqrt(self.threshold / frequency)))
            for number, frequency in enumerate(frequencies)
            if frequency > 0
        }
        return round_by_lot(copies * largest_of_row(targets, factors, default=1.0), rng)


@dataclass(frozen=True, kw_only=True)
class ClassAware(Step):
    """Fill an epoch by drawing a class, each as often as any other, then one of its samples.

    Classes, and the samples of each, come from shuffled lists that begin anew only when they are
    used up, as in the paper; so every class gets the same number of draws to within one, and so
    does every sample of a class. It replaces the copies so far: samples without labels, and those
    that were not drawn, are left out, and the copies so far only weigh the draw.
    """

    kind = "class-aware"
    description = "Fill an epoch by drawing a class evenly, then one of its samples."

    length: float = setting(
        1.0, help="Length of an epoch, in times the samples shown", low=0.01, high=100.0
    )

    def apply(self, copies: Copies, targets: Targets, *, rng: np.random.Generator) -> Copies:
        lists = [np.repeat(np.arange(len(copies)), copies * truth) for truth in targets.T]
        classes = np.array([number for number, rows in enumerate(lists) if len(rows)], dtype=int)
        epoch = round(float(copies.sum() * self.length)) if len(classes) else 0
        drawn = np.zeros(len(copies), dtype=np.int64)
        for number, draws in zip(classes, _even_draws(epoch, len(classes), rng), strict=True):
            np.add.at(drawn, lists[number], _even_draws(int(draws), len(lists[number]), rng))
        return drawn


def _even_draws(draws: int, things: int, rng: np.random.Generator) -> Int[np.ndarray, " T"]:
    """Return how often each of `things` comes when `draws` are taken from lists used up in turn."""
    if not things:
        return np.zeros(0, dtype=np.int64)
    times = np.full(things, draws // things)
    times[rng.permutation(things)[: draws % things]] += 1
    return times
