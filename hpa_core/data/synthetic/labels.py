"""Which patterns each sample shows, which labels it bears, and the few that are knowingly wrong.

How many labels an image has follows the competition's training set; how often a class occurs
follows the square root of its count there, so that two thousand samples hold the rarest classes.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import accumulate
from math import sqrt

from hpa_core.classes import N_CLASSES
from hpa_core.data.synthetic.randomness import RandomStream
from hpa_core.data.synthetic.rendering import Sample

TRAINING_COUNTS = (
    12885, 1254, 3621, 1561, 1858, 2513, 1008, 2822, 53, 45, 28, 1093, 688, 537,
    1066, 21, 530, 210, 902, 1482, 172, 3777, 802, 2965, 322, 8228, 328, 11,
)  # fmt: skip
"""Positives per class among the competition's 31,072 training samples."""

NOISE_SHARE = 0.03
"""Share of the samples whose labels in force differ from what they show."""

SHIFTED = "shifted"
"""The split that site B fills."""

_CLASS_EDGES = tuple(accumulate(sqrt(count) for count in TRAINING_COUNTS))
_AMOUNT_EDGES = tuple(accumulate((0.487, 0.402, 0.102, 0.010)))
_LEAST_PER_SPLIT = 3
_SPARE = ((0,), (25,))
_SAMPLES_PER_LEAST = 60


@dataclass(frozen=True, kw_only=True)
class LabelledSample:
    """A sample, its split, and the labels in force, which may differ from what it shows."""

    sample: Sample
    split: str
    targets: tuple[int, ...]

    @property
    def mislabelled(self) -> bool:
        """Whether the labels in force are not the patterns shown."""
        return self.targets != self.sample.classes


def plan_samples(name: str, splits: Mapping[str, int]) -> list[LabelledSample]:
    """Describe the samples of a dataset: everything but their pixels.

    Args:
        name: the ids are `<name>-00000` and so on; another name gives other images.
        splits: samples per split, in order; the split `shifted` is taken at site B.
    """
    planned: list[LabelledSample] = []
    for split, count in splits.items():
        ids = [f"{name}-{row:05d}" for row in range(len(planned), len(planned) + count)]
        site = "B" if split == SHIFTED else "A"
        samples = [Sample(id=each, classes=draw_classes(each), site=site) for each in ids]
        planned += [
            LabelledSample(sample=sample, split=split, targets=labels_in_force(sample))
            for sample in _with_every_class(samples)
        ]
    return planned


def draw_classes(sample_id: str) -> tuple[int, ...]:
    """Draw the one to four classes that a sample shows, ascending."""
    stream = RandomStream(sample_id, "labels")
    amount = 1 + stream.weighted(_AMOUNT_EDGES)
    chosen: set[int] = set()
    while len(chosen) < amount:
        chosen.add(stream.weighted(_CLASS_EDGES))
    return tuple(sorted(chosen))


def labels_in_force(sample: Sample, *, noise: float = NOISE_SHARE) -> tuple[int, ...]:
    """Return the labels that a sample bears: its classes, or for 3 % a wrong set of them.

    A wrong set lacks one class, has one too many, or has one in the place of another, each about
    as often. More `noise` makes further samples wrong beside those.
    """
    stream = RandomStream(sample.id, "label noise")
    if stream.number(0.0, 1.0) >= noise:
        return sample.classes
    kind = stream.integer(0, 2)
    labels = set(sample.classes)
    dropped = sample.classes[stream.integer(0, len(labels) - 1)]
    added = dropped
    while added in labels:
        added = stream.weighted(_CLASS_EDGES)
    if kind != 0 or len(labels) == 1:
        labels.add(added)
    if kind != 1:
        labels.remove(dropped)
    return tuple(sorted(labels))


def _with_every_class(samples: list[Sample]) -> list[Sample]:
    """Give each class its least count, at the cost of samples that show one frequent class.

    The least is three in a split of 180 samples or more, one in 60, none in fewer.
    """
    least = min(_LEAST_PER_SPLIT, len(samples) // _SAMPLES_PER_LEAST)
    counts = Counter(number for sample in samples for number in sample.classes)
    missing = [number for number in range(N_CLASSES) for _ in range(least - counts[number])]
    spare = [row for row, sample in enumerate(samples) if sample.classes in _SPARE]
    covered = list(samples)
    for row, number in zip(spare, missing, strict=False):
        covered[row] = replace(covered[row], classes=(number,))
    return covered
