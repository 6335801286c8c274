"""Exact curves and optima, against trying every threshold and against scikit-learn."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from sklearn.metrics import f1_score, precision_recall_curve

from hpa_core.errors import ScoresError
from hpa_core.evaluation.calls import apply_thresholds
from hpa_core.evaluation.curves import best_thresholds
from hpa_core.evaluation.metrics import evaluate
from hpa_core.evaluation.optimum import NO_CALL
from tests.evaluation.arrays import scored


def every_distinct_threshold(scores: np.ndarray) -> list[float]:
    """All thresholds that give different calls: 0, the scores, and a place between each two."""
    steps = np.unique(np.concatenate([[0.0], scores]))
    return [*steps, *((steps[1:] + steps[:-1]) / 2)]


@given(scored())
def test_no_threshold_beats_the_optimum_and_the_optimum_keeps_its_word(
    case: tuple[np.ndarray, np.ndarray],
) -> None:
    probs, targets = case
    best = best_thresholds(probs, targets)
    reached = evaluate(targets, apply_thresholds(probs, best.thresholds)).per_class.f1
    assert reached.tolist() == best.f1.tolist()
    for c in range(probs.shape[1]):
        column, truth = probs[:, [c]], targets[:, [c]]
        tried = [
            evaluate(truth, apply_thresholds(column, limit)).macro_f1
            for limit in every_distinct_threshold(probs[:, c])
        ]
        assert best.f1[c] == max(tried)


@given(scored())
def test_optima_lie_in_range_and_name_the_classes_without_evidence(
    case: tuple[np.ndarray, np.ndarray],
) -> None:
    probs, targets = case
    best = best_thresholds(probs, targets)
    assert ((best.thresholds >= 0) & (best.thresholds <= 1)).all()
    findable = (targets & (probs > 0)).any(axis=0)
    assert best.undetermined.tolist() == (~findable).tolist()
    assert (best.thresholds[~findable] == NO_CALL).all()


@pytest.mark.parametrize("lowest", [1e-30, 1e-3, 0.5, 0.9999999])
@pytest.mark.parametrize("share", [0.002, 0.2, 0.9])
def test_optima_among_many_scores_are_the_highest_point_of_scikit_learns_curve(
    lowest: float, share: float
) -> None:
    rng = np.random.default_rng(10)
    targets = rng.random((3000, 3)) < share
    shape = 1 + 2 * targets
    probs = (lowest ** (1 - rng.beta(shape, 2, targets.shape))).astype(np.float32)
    best = best_thresholds(probs, targets)
    for c in range(3):
        precision, recall, _ = precision_recall_curve(targets[:, c], probs[:, c])
        highest = (2 * precision * recall / np.maximum(precision + recall, 1e-300)).max()
        assert best.f1[c] == pytest.approx(highest, abs=1e-12)
    reached = evaluate(targets, apply_thresholds(probs, best.thresholds)).per_class.f1
    assert reached.tolist() == best.f1.tolist()


def test_the_optimum_lies_midway_below_the_lowest_score_it_calls() -> None:
    probs = np.array([[0.9], [0.6], [0.4], [0.1]])
    best = best_thresholds(probs, np.array([[True], [True], [False], [False]]))
    assert best.thresholds.tolist() == [0.5]
    assert best.f1.tolist() == [1.0]


def test_between_neighbouring_numbers_the_lower_one_is_the_threshold() -> None:
    lower, upper = 0.5, np.nextafter(0.5, 1)
    best = best_thresholds(np.array([[lower], [upper]]), np.array([[False], [True]]))
    assert best.thresholds.tolist() == [lower]
    assert best.f1.tolist() == [1.0]


def test_of_equal_optima_the_one_with_fewest_calls_is_taken() -> None:
    # F1 is 2/3 at one call (1 of 2 positives) and at four calls (both positives).
    probs = np.array([[0.9], [0.8], [0.7], [0.6]])
    best = best_thresholds(probs, np.array([[True], [False], [False], [True]]))
    assert best.thresholds.item() == pytest.approx(0.85)


def test_a_class_without_positives_calls_nothing() -> None:
    best = best_thresholds(np.array([[1.0], [0.3]]), np.zeros((2, 1), dtype=bool))
    assert not apply_thresholds(np.array([[1.0]]), best.thresholds).any()
    assert best.undetermined.tolist() == [True]


def test_positives_scored_0_cannot_be_called_by_any_threshold() -> None:
    best = best_thresholds(np.array([[0.0], [0.3]]), np.array([[True], [False]]))
    assert (best.thresholds.item(), best.f1.item()) == (NO_CALL, 0.0)


def test_a_class_of_positives_alone_is_called_throughout() -> None:
    best = best_thresholds(np.array([[0.2], [0.9]]), np.ones((2, 1), dtype=bool))
    assert best.f1.tolist() == [1.0]
    assert best.thresholds.item() < 0.2


def test_nan_and_no_samples_are_refused() -> None:
    with pytest.raises(ScoresError, match="between 0 and 1"):
        best_thresholds(np.array([[np.nan]]), np.array([[True]]))
    with pytest.raises(ScoresError, match="no samples"):
        best_thresholds(np.zeros((0, 28)), np.zeros((0, 28), dtype=bool))


@pytest.mark.parametrize("model", ["vgg16", "resnet", "vgg16_green_only"])
def test_optima_of_real_scores_reach_what_scikit_learn_computes_there(
    realdata: Path, model: str
) -> None:
    probs = np.load(realdata / "validation" / f"{model}_probs.npy")
    targets = np.load(realdata / "validation" / "targets.npy") > 0.5
    best = best_thresholds(probs, targets)
    f1 = f1_score(targets, probs > best.thresholds, average=None, zero_division=0)
    np.testing.assert_allclose(best.f1, f1, atol=1e-12)
    for c in (0, 8, 27):
        precision, recall, _ = precision_recall_curve(targets[:, c], probs[:, c])
        highest = (2 * precision * recall / np.maximum(precision + recall, 1e-300)).max()
        assert best.f1[c] == pytest.approx(highest, abs=1e-12)
