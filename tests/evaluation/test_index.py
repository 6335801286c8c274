"""The kept index equals a recomputation after any moves."""

from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from hpa_core.errors import ScoresError
from hpa_core.evaluation.calls import apply_thresholds
from hpa_core.evaluation.index import ThresholdIndex
from hpa_core.evaluation.metrics import evaluate
from hpa_core.runs.thresholds import Fallback
from tests.evaluation.arrays import LEVELS, scored_with_thresholds

fallbacks = st.sampled_from(get_args(Fallback))
moves = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(LEVELS) | st.floats(0, 1)), max_size=30
)


def assert_same_as_recomputed(
    index: ThresholdIndex, probs: np.ndarray, targets: np.ndarray, fallback: Fallback
) -> None:
    calls = apply_thresholds(probs, index.thresholds, fallback=fallback)
    scores = evaluate(targets, calls)
    assert index.f1 == pytest.approx(scores.per_class.f1.tolist(), abs=1e-12)
    assert index.macro_f1 == pytest.approx(scores.macro_f1, abs=1e-12)
    assert index.micro_f1 == pytest.approx(scores.micro_f1, abs=1e-12)


@given(scored_with_thresholds(), moves, fallbacks)
def test_after_any_moves_the_index_equals_a_recomputation(
    case: tuple[np.ndarray, np.ndarray, np.ndarray],
    steps: list[tuple[int, float]],
    fallback: Fallback,
) -> None:
    probs, targets, thresholds = case
    index = ThresholdIndex(probs, targets, thresholds=thresholds, fallback=fallback)
    assert_same_as_recomputed(index, probs, targets, fallback)
    for class_id, threshold in steps:
        index.move(class_id % probs.shape[1], threshold)
        assert_same_as_recomputed(index, probs, targets, fallback)


@pytest.mark.parametrize("fallback", get_args(Fallback))
def test_on_real_scores_random_moves_keep_macro_f1_equal_to_scikit_learns(
    realdata: Path, fallback: Fallback
) -> None:
    probs = np.load(realdata / "validation" / "vgg16_probs.npy")
    targets = np.load(realdata / "validation" / "targets.npy") > 0.5
    rng = np.random.default_rng(5)
    index = ThresholdIndex(probs, targets, fallback=fallback)
    for _ in range(5):
        for class_id, threshold in zip(rng.integers(28, size=40), rng.random(40), strict=True):
            index.move(int(class_id), float(threshold))
        calls = apply_thresholds(probs, index.thresholds, fallback=fallback)
        oracle = f1_score(targets, calls, average="macro", zero_division=0)
        assert index.macro_f1 == pytest.approx(oracle, abs=1e-12)


@pytest.mark.parametrize("threshold", [-0.1, 1.1, np.nan])
def test_a_threshold_outside_0_to_1_is_our_bug(threshold: float) -> None:
    index = ThresholdIndex(np.array([[0.5]]), np.array([[True]]))
    with pytest.raises(ValueError, match="between 0 and 1"):
        index.move(0, threshold)


def test_nan_scores_are_refused() -> None:
    with pytest.raises(ScoresError, match="between 0 and 1"):
        ThresholdIndex(np.array([[np.nan]]), np.array([[True]]))
