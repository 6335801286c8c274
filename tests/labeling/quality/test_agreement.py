"""Agreement: against scikit-learn and a published example, of independent opinions alone."""

import krippendorff
import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from hpa_core.labeling import LabelStore, blind_track
from hpa_core.labeling.quality.agreement import (
    agreement_between,
    agreement_of_pairs,
    agreement_with_oneself,
)
from hpa_core.labeling.quality.alpha import alpha_interval, draw_samples, weighted_alpha
from hpa_core.labeling.quality.ratings import Rating, independent_ratings
from tests.labeling.conftest import DATASET, Give


def rating(annotator: str, sample: str, *labels: int, repeat: bool = False) -> Rating:
    return Rating(annotator=annotator, sample=sample, labels=labels, repeat=repeat)


def test_two_annotators_agree_as_scikit_learn_says() -> None:
    rng = np.random.default_rng(0)
    first = rng.random((60, 28)) < 0.4
    second = np.where(rng.random((60, 28)) < 0.8, first, ~first)
    ratings = [
        rating(name, f"s{row}", *np.flatnonzero(labels))
        for name, opinions in (("Ana", first), ("Bo", second))
        for row, labels in enumerate(opinions)
    ]
    ratings.append(rating("Ana", "only-hers", 3))
    found = agreement_between(ratings)
    assert (found.annotators, found.samples) == (("Ana", "Bo"), 60)
    for label, one in enumerate(found.by_class):
        assert one.kappa == pytest.approx(cohen_kappa_score(first[:, label], second[:, label]))
        assert one.observed == pytest.approx((first[:, label] == second[:, label]).mean())
        assert one.positives == first[:, label].sum() + second[:, label].sum()


def test_alpha_is_that_of_krippendorffs_own_example() -> None:
    # Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011, A: binary, two observers.
    first, second = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    ratings = [
        rating(name, f"s{row}", *([5] if seen else [9]))
        for name, column in (("Ana", first), ("Bo", second))
        for row, seen in enumerate(column)
    ]
    assert agreement_between(ratings).by_class[5].alpha == pytest.approx(0.095, abs=5e-4)


def test_weighted_alpha_is_the_librarys_with_samples_repeated() -> None:
    rng = np.random.default_rng(1)
    rated = rng.random((4, 40)) < 0.7
    rated[:2] = True
    there = rated & (rng.random(40) < 0.4) ^ (rated & (rng.random((4, 40)) < 0.15))
    weights = rng.integers(0, 3, (3, 40))
    found = weighted_alpha(there, rated, weights.astype(float))
    values = np.where(rated, there.astype(float), np.nan)
    for weight, alpha in zip(weights, found, strict=True):
        repeated = np.repeat(values, weight, axis=1)
        expected = krippendorff.alpha(repeated, level_of_measurement="nominal")
        assert alpha == pytest.approx(expected)


def test_the_interval_of_alpha_holds_it_and_is_not_told_of_a_class_seen_once() -> None:
    rng = np.random.default_rng(2)
    truth = rng.random(200) < 0.3
    there = np.stack([truth ^ (rng.random(200) < 0.1) for _ in range(3)])
    rated = np.ones_like(there)
    low, high = alpha_interval(there, rated, draw_samples(200)) or (np.nan, np.nan)
    (alpha,) = weighted_alpha(there, rated, np.ones((1, 200)))
    assert low < alpha < high
    once = np.zeros_like(there)
    once[0, 0] = True
    assert alpha_interval(once, rated, draw_samples(200)) is None


def test_a_class_that_nobody_or_everybody_saw_has_no_agreement() -> None:
    ratings = [rating(name, sample, 5) for name in ("Ana", "Bo") for sample in "ab"]
    found = agreement_between(ratings)
    assert [found.by_class[label].alpha for label in (5, 6)] == [None, None]
    assert found.by_class[5].observed == 1
    assert found.mean_alpha is None


def test_nobody_agrees_where_no_sample_is_shared() -> None:
    ratings = [rating("Ana", "a", 1), rating("Bo", "b", 1)]
    assert agreement_between(ratings).samples == 0
    assert agreement_between(ratings).by_class[1].observed is None
    assert agreement_of_pairs(ratings) == []
    assert agreement_between([]).samples == 0


def test_hidden_repeats_are_compared_with_the_first_opinion_of_the_same_person() -> None:
    ratings = [
        *(rating("Ana", sample, label) for sample, label in (("a", 1), ("b", 2), ("c", 1))),
        *(rating("Ana", sample, label, repeat=True) for sample, label in (("a", 1), ("b", 1))),
        rating("Bo", "a", 2),
    ]
    (own,) = agreement_with_oneself(ratings)
    assert (own.annotators, own.samples) == (("Ana",), 2)
    assert own.by_class[1].observed == 0.5
    assert own.by_class[1].kappa == pytest.approx(cohen_kappa_score([True, False], [True, True]))


def test_only_independent_opinions_count(store: LabelStore, give: Give) -> None:
    store.give_role("Rita", "admin", by="Rita")
    give("a", (1,), by="Ana")
    give("a", (2,), by="Ana")
    give("a", (3,), by="Bo")  # has seen Ana's
    give("b", (4,), by="Ana")
    store.undo(by="Ana", dataset=DATASET, key="u")
    give("b", (5,), by="Bo")  # Ana's was taken back, so this one is the first
    give("a", (6,), by="Cy", track=blind_track("Cy"))
    give("a", (7,), by="Ana", track=blind_track("Ana", 2))
    give("a", (8,), by="Rita", kind="adjudicate")
    give("c", None, by="Ana", kind="skip")
    found = {(one.annotator, one.sample, one.labels, one.repeat)
             for one in independent_ratings(store.history(DATASET))}  # fmt: skip
    assert found == {
        ("Ana", "a", (2,), False),
        ("Bo", "b", (5,), False),
        ("Cy", "a", (6,), False),
        ("Ana", "a", (7,), True),
    }
