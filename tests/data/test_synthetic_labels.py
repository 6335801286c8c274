"""Labels of rendered samples: how many, how often, and which of them are knowingly wrong."""

from collections import Counter
from math import sqrt

import pytest

from hpa_core.classes import N_CLASSES
from hpa_core.data.synthetic.labels import (
    NOISE_SHARE,
    TRAINING_COUNTS,
    LabelledSample,
    plan_samples,
)

DEMO = {"train": 1200, "validation": 600, "shifted": 200}


@pytest.fixture(scope="module")
def many() -> list[LabelledSample]:
    return plan_samples("labels", {"train": 20_000})


@pytest.fixture(scope="module")
def demo() -> list[LabelledSample]:
    return plan_samples("demo", DEMO)


def test_the_counts_are_the_reports() -> None:
    assert sum(TRAINING_COUNTS) == 50_782
    assert (TRAINING_COUNTS[0], TRAINING_COUNTS[27]) == (12885, 11)


def test_images_bear_one_to_four_labels_as_often_as_in_the_competition(
    many: list[LabelledSample],
) -> None:
    amounts = Counter(len(item.sample.classes) for item in many)
    shares = [amounts[amount] / len(many) for amount in (1, 2, 3, 4)]
    assert shares == pytest.approx([0.487, 0.402, 0.102, 0.010], abs=0.012)


def test_single_labels_follow_the_square_root_of_the_real_counts(
    many: list[LabelledSample],
) -> None:
    singles = [item.sample.classes[0] for item in many if len(item.sample.classes) == 1]
    weights = [sqrt(count) for count in TRAINING_COUNTS]
    found = Counter(singles)
    for number in range(N_CLASSES):
        expected = len(singles) * weights[number] / sum(weights)
        assert abs(found[number] - expected) < 5 * sqrt(expected) + 3


def test_three_in_a_hundred_samples_bear_wrong_labels(many: list[LabelledSample]) -> None:
    wrong = sum(item.mislabelled for item in many) / len(many)
    assert wrong == pytest.approx(NOISE_SHARE, abs=5 * sqrt(0.03 * 0.97 / len(many)))


def test_a_wrong_label_set_lacks_one_has_one_more_or_has_one_exchanged(
    many: list[LabelledSample],
) -> None:
    kinds = Counter()
    for item in many:
        if item.mislabelled:
            shown, borne = set(item.sample.classes), set(item.targets)
            kinds[len(borne - shown), len(shown - borne)] += 1
            assert borne
    assert set(kinds) == {(1, 0), (0, 1), (1, 1)}


@pytest.mark.parametrize("split", ["train", "validation", "shifted"])
def test_every_split_of_the_demo_shows_and_bears_every_class(
    demo: list[LabelledSample], split: str
) -> None:
    items = [item for item in demo if item.split == split]
    assert len(items) == DEMO[split]
    shown = Counter(number for item in items for number in item.sample.classes)
    borne = Counter(number for item in items for number in item.targets)
    assert min(shown[number] for number in range(N_CLASSES)) >= 3
    assert min(borne[number] for number in range(N_CLASSES)) >= 1


def test_the_shifted_split_alone_is_taken_at_the_other_site(demo: list[LabelledSample]) -> None:
    assert {(item.split, item.sample.site) for item in demo} == {
        ("train", "A"),
        ("validation", "A"),
        ("shifted", "B"),
    }


def test_another_name_gives_other_samples() -> None:
    one, other = (plan_samples(name, {"train": 100}) for name in ("demo", "demo-training"))
    assert not {item.sample.id for item in one} & {item.sample.id for item in other}
    assert [item.targets for item in one] != [item.targets for item in other]
