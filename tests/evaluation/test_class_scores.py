"""One class's scores against scikit-learn, its intervals against a bootstrap of the samples."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays
from sklearn.metrics import f1_score, precision_score, recall_score

from hpa_core.evaluation.bootstrap import ENDS
from hpa_core.evaluation.class_scores import score_class


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
