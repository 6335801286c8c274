"""Prevalence of unlabelled scores: planted shifts, and the competition's own."""

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import ks_2samp

from hpa_core.errors import ScoresError
from hpa_core.evaluation.shift import (
    counted_prevalence,
    em_prevalence,
    estimate_shift,
    match_prevalence,
)


def drawn(samples: int, prevalence: list[float], seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Scores that look alike within a class whatever its prevalence."""
    rng = np.random.default_rng(seed)
    truth = rng.random((samples, len(prevalence))) < prevalence
    logits = rng.normal(-1.5 + 3 * truth, 1)
    return 1 / (1 + np.exp(-logits)), truth


def test_a_planted_prevalence_is_found_by_both_estimates() -> None:
    probs, targets = drawn(8000, [0.1, 0.3, 0.05], 0)
    new, truth = drawn(8000, [0.3, 0.1, 0.05], 1)
    found = estimate_shift(probs, targets, new)
    np.testing.assert_allclose(found.em, truth.mean(axis=0), atol=0.015)
    np.testing.assert_allclose(found.counted, truth.mean(axis=0), atol=0.025)
    assert found.apart.shifted.tolist() == [True, True, False]
    assert found.apart.distance[0] == ks_2samp(probs[:, 0], new[:, 0]).statistic


def test_the_same_source_is_not_called_shifted() -> None:
    probs, targets = drawn(3000, [0.2] * 28, 0)
    new, _ = drawn(3000, [0.2] * 28, 1)
    assert not estimate_shift(probs, targets, new).apart.shifted.any()


def test_em_ends_where_the_adjusted_scores_average_to_their_own_prevalence() -> None:
    probs, _ = drawn(500, [0.2], 3)
    known = np.array([0.4])
    found = em_prevalence(probs, known)
    odds = probs / (1 - probs) * (found / known) * ((1 - known) / (1 - found))
    assert (odds / (1 + odds)).mean() == pytest.approx(found[0], abs=1e-4)


def test_a_class_that_never_came_stays_absent_and_calls_that_tell_nothing_estimate_nothing() -> (
    None
):
    probs, targets = drawn(200, [0.3, 0.3], 0)
    targets[:, 0] = False
    probs[:, 1] = 0.5
    found = estimate_shift(probs, targets, probs)
    assert found.em[0] == 0
    assert np.isnan(counted_prevalence(probs, targets, probs)).tolist() == [True, True]


def test_matching_calls_the_wanted_share_without_any_truth() -> None:
    rng = np.random.default_rng(0)
    probs = rng.random((200, 3))
    wanted = np.array([0.1, 0.5, 0.0])
    calls = probs > match_prevalence(probs, wanted)
    assert calls.sum(axis=0).tolist() == [20, 100, 0]


@pytest.mark.parametrize("wanted", [[0.1, 0.2], [0.1, 0.2, 1.2], [0.1, 0.2, np.nan]])
def test_a_prevalence_that_is_none_is_refused(wanted: list[float]) -> None:
    with pytest.raises(ScoresError, match="3 numbers between 0 and 1"):
        match_prevalence(np.full((5, 3), 0.5), np.array(wanted))


def test_new_scores_of_another_shape_are_refused() -> None:
    probs, targets = drawn(20, [0.5, 0.5], 0)
    with pytest.raises(ScoresError, match="shape"):
        estimate_shift(probs, targets, probs[:, :1])


def test_kaggles_test_images_are_seen_to_come_from_elsewhere(realdata: Path) -> None:
    folder = realdata / "validation"
    targets = np.load(folder / "targets.npy").astype(bool)
    found = estimate_shift(
        np.load(folder / "vgg16_probs.npy"), targets, np.load(folder / "vgg16_test_probs.npy")
    )
    assert found.apart.shifted.sum() >= 20
    probed = np.genfromtxt(realdata / "labels" / "label_dist.csv", delimiter=",", names=True)["lb"]
    # The shift is of the images, not of prevalence alone: no estimate from scores is near here.
    assert np.abs(found.em - probed).mean() > np.abs(found.known - probed).mean()
