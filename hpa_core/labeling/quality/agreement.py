"""How far annotators agree, class by class: with each other, and each with herself.

Axes: C classes (28), A annotators, U samples.

References:
    Cohen: A Coefficient of Agreement for Nominal Scales, 1960 (two annotators).
    Krippendorff: Content Analysis, 4th ed., 2018, ch. 12 (any number, with gaps).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import krippendorff
import numpy as np
from jaxtyping import Bool, Float, Float32
from sklearn.metrics import cohen_kappa_score

from hpa_core.classes import N_CLASSES
from hpa_core.intervals import Interval
from hpa_core.labeling.events import Labels
from hpa_core.labeling.quality.alpha import alpha_interval, draw_samples
from hpa_core.labeling.quality.ratings import Rating


@dataclass(frozen=True, kw_only=True)
class ClassAgreement:
    """Agreement on one class; None where it is not defined (nobody or everybody saw the class).

    Attributes:
        class_id: 0 to 27.
        samples: that two opinions or more are of.
        positives: opinions that saw the class there, of those on these samples.
        observed: share of the pairs of opinions on one sample that are alike.
        alpha: Krippendorff's alpha, 1 for full agreement, 0 for what chance would give.
        interval: 95 % of alpha with other samples; None where too few carry the class.
        kappa: Cohen's kappa, where there are two annotators; else None.
    """

    class_id: int
    samples: int
    positives: int
    observed: float | None
    alpha: float | None
    interval: Interval | None
    kappa: float | None


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """Agreement between people, or of one person with herself (`annotators` is then one)."""

    annotators: tuple[str, ...]
    samples: int
    by_class: tuple[ClassAgreement, ...]

    @property
    def mean_alpha(self) -> float | None:
        """The mean over the classes on which alpha is defined."""
        known = [one.alpha for one in self.by_class if one.alpha is not None]
        return float(np.mean(known)) if known else None


def agreement_between(ratings: Sequence[Rating], *annotators: str) -> Agreement:
    """Compare the first opinions of some people, or of all who gave any."""
    first = [one for one in ratings if not one.repeat]
    people = annotators or tuple(sorted({one.annotator for one in first}))
    return _agreement(people, [_seen(first, person) for person in people])


def agreement_of_pairs(ratings: Sequence[Rating]) -> list[Agreement]:
    """Compare every two people who share a sample."""
    people = sorted({one.annotator for one in ratings})
    pairs = (agreement_between(ratings, *pair) for pair in combinations(people, 2))
    return [pair for pair in pairs if pair.samples]


def agreement_with_oneself(ratings: Sequence[Rating]) -> list[Agreement]:
    """Compare everybody's hidden repeats with what they said first."""
    found = []
    for person in sorted({one.annotator for one in ratings if one.repeat}):
        own = [one for one in ratings if one.annotator == person]
        rounds = [[one for one in own if one.repeat is again] for again in (False, True)]
        found.append(_agreement((person,), [_seen(part, person) for part in rounds]))
    return [one for one in found if one.samples]


def _seen(ratings: Iterable[Rating], person: str) -> dict[str, Labels]:
    return {one.sample: one.labels for one in ratings if one.annotator == person}


def _agreement(annotators: tuple[str, ...], seen: Sequence[dict[str, Labels]]) -> Agreement:
    count: dict[str, int] = defaultdict(int)
    for opinions in seen:
        for sample in opinions:
            count[sample] += 1
    shared = sorted(sample for sample, opinions in count.items() if opinions > 1)
    rated = np.zeros((len(seen), len(shared)), dtype=bool)
    there = np.zeros((N_CLASSES, *rated.shape), dtype=bool)  # (C, A, U)
    for person, opinions in enumerate(seen):
        for place, sample in enumerate(shared):
            rated[person, place] = sample in opinions
            there[list(opinions.get(sample, ())), person, place] = True
    weights = draw_samples(len(shared))
    return Agreement(
        annotators=annotators,
        samples=len(shared),
        by_class=tuple(
            _class_agreement(label, there[label], rated, weights) for label in range(N_CLASSES)
        ),
    )


def _class_agreement(
    class_id: int,
    there: Bool[np.ndarray, "A U"],
    rated: Bool[np.ndarray, "A U"],
    weights: Float32[np.ndarray, "B U"],
) -> ClassAgreement:
    values = np.where(rated, there.astype(float), np.nan)
    return ClassAgreement(
        class_id=class_id,
        samples=rated.shape[1],
        positives=int(there.sum()),
        observed=_observed(there, rated),
        alpha=_alpha(values, rated),
        interval=alpha_interval(there, rated, weights),
        kappa=_kappa(there, rated),
    )


def _observed(there: np.ndarray, rated: np.ndarray) -> float | None:
    opinions, positive = rated.sum(axis=0), there.sum(axis=0)
    pairs = opinions * (opinions - 1) / 2
    alike = (positive * (positive - 1) + (opinions - positive) * (opinions - positive - 1)) / 2
    return float(alike.sum() / pairs.sum()) if pairs.sum() else None


def _alpha(values: Float[np.ndarray, "A U"], rated: np.ndarray) -> float | None:
    if len(np.unique(values[rated])) < 2:
        return None
    return float(krippendorff.alpha(values, level_of_measurement="nominal"))


def _kappa(there: np.ndarray, rated: np.ndarray) -> float | None:
    if len(there) != 2 or len(np.unique(there[rated])) < 2:
        return None
    first, second = there
    return float(cohen_kappa_score(first, second, labels=[False, True]))
