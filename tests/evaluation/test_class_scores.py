"""One class's scores against scikit-learn, its intervals against what they promise."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays
from scipy.stats import beta, binom
from sklearn.metrics import f1_score, precision_score, recall_score

from hpa_core.evaluation.class_scores import score_class
from hpa_core.intervals import ENDS, Interval


@given(arrays(bool, 12), arrays(bool, 12))
def test_every_ratio_is_scikit_learns_and_lies_in_its_interval(
    targets: np.ndarray, calls: np.ndarray
) -> None:
    scores = score_class(targets, calls)
    pairs = (
        (scores.f1, f1_score),
        (scores.precision, precision_score),
        (scores.recall, recall_score),
    )
    for ours, theirs in pairs:
        expected = theirs(targets, calls, zero_division=np.nan)
        assert (
            ours.value == pytest.approx(expected) if ours.value is not None else np.isnan(expected)
        )
        if ours.value is not None and ours.interval is not None:
            assert ours.interval.low <= ours.value <= ours.interval.high
    assert (scores.tp + scores.fn, scores.positives) == (targets.sum(), targets.sum())


def called(*, tp: int, fp: int, fn: int) -> tuple[np.ndarray, np.ndarray]:
    """Return truth and calls of one class with these counts, and as many samples with neither."""
    held = np.repeat([[1, 1], [0, 1], [1, 0], [0, 0]], [tp, fp, fn, tp + fp + fn], axis=0) > 0
    return held[:, 0], held[:, 1]


def f1_interval(*, tp: int, fp: int, fn: int) -> Interval:
    interval = score_class(*called(tp=tp, fp=fp, fn=fn)).f1.interval
    assert interval is not None
    return interval


@pytest.mark.parametrize(("tp", "fp", "fn"), [(3, 4, 6), (40, 9, 22), (1, 0, 12)])
def test_the_interval_of_f1_is_the_posterior_by_gamma_variates(tp: int, fp: int, fn: int) -> None:
    rng = np.random.default_rng(0)
    hits, errors = rng.gamma(tp + 0.5, size=400_000), rng.gamma(fp + fn + 0.5, size=400_000)
    expected = np.quantile(2 * hits / (2 * hits + errors), ENDS)
    assert f1_interval(tp=tp, fp=fp, fn=fn) == pytest.approx(tuple(expected), abs=0.003)


def test_a_class_without_a_hit_may_be_better_than_it_looks() -> None:
    few, many = f1_interval(tp=0, fp=0, fn=10), f1_interval(tp=0, fp=400, fn=600)
    assert few.low == many.low == 0
    jaccard = beta.ppf(0.975, 0.5, 10.5)
    assert few.high == pytest.approx(2 * jaccard / (1 + jaccard))
    assert few.high > 0.3
    assert many.high < 0.01
    assert f1_interval(tp=10, fp=0, fn=0).high == 1


@pytest.mark.parametrize(("count", "average", "least"), [(5, 0.95, 0.89), (10, 0.95, 0.86)])
def test_the_interval_holds_f1_as_often_as_it_says(
    count: int, average: float, least: float
) -> None:
    """Sum over all that `count` samples that carry the class or are called it may show."""
    hits = np.arange(count + 1)
    low, high = np.array([f1_interval(tp=tp, fp=count - tp, fn=0) for tp in hits.tolist()]).T
    f1 = np.linspace(0.005, 0.995, 199)[:, None]
    held = ((low <= f1) & (f1 <= high)) * binom.pmf(hits, count, f1 / (2 - f1))
    coverage = held.sum(axis=1)
    assert average <= coverage.mean() <= average + 0.015
    assert coverage.min() >= least


def test_the_intervals_are_those_of_samples_drawn_anew() -> None:
    rng = np.random.default_rng(0)
    targets = rng.random(400) < 0.2
    calls = np.where(rng.random(400) < 0.75, targets, rng.random(400) < 0.2)
    drawn = [rng.integers(400, size=400) for _ in range(600)]
    brute = [f1_score(targets[rows], calls[rows]) for rows in drawn]
    low, high = np.quantile(brute, ENDS)
    interval = score_class(targets, calls).f1.interval
    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=0.02)


def test_the_intervals_of_real_classes_are_those_of_images_drawn_anew(realdata: Path) -> None:
    targets = np.load(realdata / "validation" / "targets.npy") > 0.5
    calls = np.load(realdata / "validation" / "vgg16_probs.npy") >= 0.5
    rng, size = np.random.default_rng(0), len(targets)
    weights = rng.multinomial(size, np.full(size, 1 / size), size=1000).astype(np.float32)
    hits, wrong = (weights @ part for part in (targets & calls, targets ^ calls))
    frequent = np.flatnonzero(targets.sum(axis=0) >= 100)
    assert len(frequent) == 19
    for number in frequent.tolist():
        brute = 2 * hits[:, number] / (2 * hits[:, number] + wrong[:, number])
        interval = score_class(targets[:, number], calls[:, number]).f1.interval
        assert interval is not None
        low, high = np.quantile(brute, ENDS)
        allowed = 0.15 * (high - low)
        assert (interval.low, interval.high) == pytest.approx((low, high), abs=allowed)


def test_what_was_never_called_has_no_precision() -> None:
    scores = score_class(np.array([True, False]), np.array([False, False]))
    assert scores.precision.value is None
    assert scores.precision.interval is None
    assert (scores.recall.value, scores.f1.value) == (0, 0)
