"""Steps that name classes: copy their samples, or copy or delete those that carry nothing else.

Axes: N rows of a split, C classes. Source: the report's own experiments (copies of rare classes;
deletion, then copies, of samples whose only label is a frequent class).
"""

from dataclasses import dataclass
from math import floor

import numpy as np

from hpa_core.imbalance.steps.step import (
    Copies,
    Step,
    Targets,
    alone,
    largest_of_row,
    round_by_lot,
)
from hpa_core.settings import setting

MOST_TIMES = 1000.0


@dataclass(frozen=True, kw_only=True)
class CopyClasses(Step):
    """Show the samples of chosen classes so many times as often.

    A sample that carries several of them gets the largest of their factors, not the product: each
    factor is what its class needs, and the largest serves the others too. What a fractional factor
    leaves over is drawn: 1.5 shows every sample once and half of them twice. Other samples, and
    those already left out, stay as they are.
    """

    kind = "copy-classes"
    description = "Show the samples of chosen classes so many times as often."

    factors: dict[int, float] = setting(
        help="How many times as often, for each class", low=1.0, high=MOST_TIMES
    )

    def apply(self, copies: Copies, targets: Targets, *, rng: np.random.Generator) -> Copies:
        return round_by_lot(copies * largest_of_row(targets, self.factors, default=1.0), rng)


@dataclass(frozen=True, kw_only=True)
class CopyAlone(Step):
    """Show the samples whose only label is a chosen class so many times as often.

    They carry nothing else, so no other class grows with them. Fractions are drawn as in
    `CopyClasses`.
    """

    kind = "copy-alone"
    description = "Show the samples whose only label is a chosen class so many times as often."

    factors: dict[int, float] = setting(
        help="How many times as often, for each class", low=1.0, high=MOST_TIMES
    )

    def apply(self, copies: Copies, targets: Targets, *, rng: np.random.Generator) -> Copies:
        factors = np.where(alone(targets), largest_of_row(targets, self.factors, default=1.0), 1.0)
        return round_by_lot(copies * factors, rng)


@dataclass(frozen=True, kw_only=True)
class DeleteAlone(Step):
    """Leave out a drawn part of the samples whose only label is a chosen class.

    They carry nothing else, so no other class shrinks with them. A sample that is drawn is left out
    with all its copies; the part is of the samples still shown, rounded to the nearest whole one.
    """

    kind = "delete-alone"
    description = "Leave out a drawn part of the samples whose only label is a chosen class."

    fractions: dict[int, float] = setting(
        help="Part to leave out, for each class", low=0.0, high=1.0
    )

    def apply(self, copies: Copies, targets: Targets, *, rng: np.random.Generator) -> Copies:
        kept = copies.copy()
        candidates = alone(targets) & (copies > 0)
        for number, fraction in self.fractions.items():
            rows = np.flatnonzero(candidates & targets[:, number])
            drawn = rng.permutation(rows)[: floor(fraction * len(rows) + 0.5)]
            kept[drawn] = 0
        return kept
