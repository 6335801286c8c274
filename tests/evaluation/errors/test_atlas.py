"""Mistakes, label sets and the score axis against brute force."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays

from hpa_core.evaluation.calls import apply_thresholds
from hpa_core.evaluation.errors.label_sets import count_label_set_errors, label_set_rows
from hpa_core.evaluation.errors.spectrum import SCALES, Scale, lay_out_scores, pick_along
from hpa_core.evaluation.mistakes import rank_mistakes
from tests.evaluation.arrays import scored_with_thresholds

SETS = arrays(bool, (9, 3))


@given(SETS, SETS)
def test_label_set_errors_are_every_pair_of_sets_that_differs(
    targets: np.ndarray, calls: np.ndarray
) -> None:
    found = count_label_set_errors(targets, calls)
    pairs = Counter(
        (tuple(truth), tuple(called))
        for truth, called in zip(targets.tolist(), calls.tolist(), strict=True)
    )
    right = sum(count for (truth, called), count in pairs.items() if truth == called)
    assert (found.right, found.wrong) == (right, 9 - right)
    assert (np.diff(found.counts) <= 0).all()
    for truth, called, count in zip(found.truth, found.called, found.counts, strict=True):
        assert pairs[tuple(truth.tolist()), tuple(called.tolist())] == count
        rows = label_set_rows(targets, calls, truth=truth, called=called)
        assert len(rows) == count


@given(scored_with_thresholds())
def test_mistakes_are_all_wrong_calls_by_how_far_they_lie_beyond_the_threshold(
    drawn: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    probs, targets, thresholds = drawn
    calls = apply_thresholds(probs, thresholds)
    found = rank_mistakes(probs, thresholds, targets=targets, calls=calls)
    cells = list(zip(found.row.tolist(), found.class_id.tolist(), strict=True))
    assert sorted(cells) == [tuple(cell) for cell in np.argwhere(targets != calls).tolist()]
    assert (np.diff(found.confidence) <= 1e-12).all()
    for (row, number), missed, confidence in zip(
        cells, found.missed, found.confidence, strict=True
    ):
        score, bound = probs[row, number], thresholds[number]
        expected = (bound - score) / bound if missed and bound else 0.0
        if not missed:
            expected = (score - bound) / (1 - bound)
        assert missed == targets[row, number]
        assert confidence == pytest.approx(expected)


@pytest.mark.parametrize("scale", SCALES)
def test_the_axis_counts_every_sample_once_on_its_side_of_the_threshold(scale: Scale) -> None:
    rng = np.random.default_rng(0)
    scores, targets = rng.beta(0.3, 2, 500), rng.random(500) < 0.2
    found = lay_out_scores(scores, targets, 0.4, scale=scale, bins=10)
    assert (found.positives.sum(), found.negatives.sum()) == (targets.sum(), (~targets).sum())
    assert np.array_equal(found.places > found.threshold, scores > 0.4)
    assert (np.diff(found.places[np.argsort(scores)]) >= 0).all()
    for place in range(10):
        held = found.bins == place
        assert held.sum() == found.positives[place] + found.negatives[place]
        if held.any():
            assert found.scores[place] - 1e-3 <= scores[held].min()
            assert scores[held].max() <= found.scores[place + 1] + 1e-3


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize(
    "threshold", [0.0, 1e-9, 0.01, 0.0100001, 0.25, 0.5, 0.749999, 0.75, 0.99, 1.0]
)
def test_every_bin_is_wholly_called_or_wholly_not(scale: Scale, threshold: float) -> None:
    rng = np.random.default_rng(0)
    scores = np.append(rng.choice([0.01, 0.25, 0.3, 0.5, 0.75, 0.99], 200), [0.0, 1e-8, 1.0])
    found = lay_out_scores(scores, scores > 0.3, threshold, scale=scale, bins=7)
    assert (np.diff(found.edges) > 0).all()
    called = scores > threshold
    assert not set(found.bins[called].tolist()) & set(found.bins[~called].tolist())
    if called.any() and not called.all():
        assert found.threshold in found.edges
        assert found.edges[found.bins[called].min()] >= found.threshold
    alone = lay_out_scores(scores[:1], scores[:1] > 0.3, threshold, scale=scale)
    assert alone.positives.sum() + alone.negatives.sum() == 1


def test_samples_along_the_axis_are_the_middlemost_of_each_bin() -> None:
    scores = np.array([0.0, 0.2, 0.24, 0.26, 0.6, 0.74, 1.0])
    found = lay_out_scores(scores, scores > 0.5, 0.5, scale="score", bins=2)
    assert pick_along(found, np.ones(7, dtype=bool)).tolist() == [2, 5]
    assert pick_along(found, scores > 0.5, each=2).tolist() == [4, 5]


def test_equal_scores_are_one_bin_of_an_axis() -> None:
    found = lay_out_scores(np.full(4, 0.3), np.array([True, False, False, False]), 0.5)
    assert (found.positives.sum(), found.negatives.sum()) == (1, 3)
