"""F1 against scikit-learn, edges included."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from sklearn.metrics import f1_score, precision_recall_fscore_support

from hpa_core.evaluation.calls import apply_thresholds
from hpa_core.evaluation.metrics import Scores, evaluate

decisions = array_shapes(min_dims=2, max_dims=2, max_side=9).flatmap(
    lambda shape: st.tuples(arrays(np.bool_, shape), arrays(np.bool_, shape))
)


def assert_equal_to_scikit_learn(scores: Scores, targets: np.ndarray, calls: np.ndarray) -> None:
    # A single column is padded, else scikit-learn takes it for a binary problem of two classes.
    width = targets.shape[1]
    truth, decided = (np.pad(array, ((0, 0), (0, width == 1))) for array in (targets, calls))
    oracle = {
        average: f1_score(truth, decided, average=average, labels=np.arange(width), zero_division=0)
        for average in ("macro", "micro", "samples")
    }
    assert scores.macro_f1 == pytest.approx(oracle["macro"], abs=1e-12)
    assert scores.micro_f1 == pytest.approx(oracle["micro"], abs=1e-12)
    assert scores.samples_f1 == pytest.approx(oracle["samples"], abs=1e-12)
    precision, recall, f1, support = precision_recall_fscore_support(
        truth, decided, labels=np.arange(width), zero_division=0
    )
    np.testing.assert_allclose(scores.per_class.precision, precision, atol=1e-12)
    np.testing.assert_allclose(scores.per_class.recall, recall, atol=1e-12)
    np.testing.assert_allclose(scores.per_class.f1, f1, atol=1e-12)
    np.testing.assert_array_equal(scores.per_class.support, support)


@given(decisions)
def test_every_score_equals_scikit_learns(case: tuple[np.ndarray, np.ndarray]) -> None:
    targets, calls = case
    assert_equal_to_scikit_learn(evaluate(targets, calls), targets, calls)


def test_counts_are_those_of_a_table_written_by_hand() -> None:
    targets = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0]], dtype=bool)
    calls = np.array([[1, 1, 0], [0, 1, 0], [0, 0, 0]], dtype=bool)
    per_class = evaluate(targets, calls).per_class
    assert per_class.tp.tolist() == [1, 1, 0]
    assert per_class.fp.tolist() == [0, 1, 0]
    assert per_class.fn.tolist() == [1, 1, 0]
    assert per_class.support.tolist() == [2, 2, 0]


def test_a_class_with_neither_positives_nor_calls_has_f1_0() -> None:
    nothing = np.zeros((3, 2), dtype=bool)
    scores = evaluate(nothing, nothing)
    assert (scores.macro_f1, scores.micro_f1, scores.samples_f1) == (0, 0, 0)


def test_all_positive_and_all_called_is_1() -> None:
    everything = np.ones((3, 2), dtype=bool)
    scores = evaluate(everything, everything)
    assert (scores.macro_f1, scores.micro_f1, scores.samples_f1) == (1, 1, 1)


def test_no_samples_score_0() -> None:
    empty = np.zeros((0, 28), dtype=bool)
    assert evaluate(empty, empty).samples_f1 == 0


def test_a_truth_of_numbers_instead_of_booleans_is_our_bug() -> None:
    with pytest.raises(ValueError, match="expected bool"):
        evaluate(np.zeros((2, 2)), np.zeros((2, 2), dtype=bool))


@pytest.mark.parametrize(("model", "known"), [("vgg16", 0.5130), ("resnet", 0.4484)])
def test_real_scores_at_one_half_equal_scikit_learn_and_the_known_figure(
    realdata: Path, model: str, known: float
) -> None:
    probs = np.load(realdata / "validation" / f"{model}_probs.npy")
    targets = np.load(realdata / "validation" / "targets.npy") > 0.5
    calls = apply_thresholds(probs, 0.5)
    scores = evaluate(targets, calls)
    assert_equal_to_scikit_learn(scores, targets, probs > 0.5)
    assert scores.macro_f1 == pytest.approx(known, abs=5e-5)
