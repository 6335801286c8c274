"""Selections of samples, against sets of Python written out one sample at a time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpa_core.errors import ConfigError
from hpa_core.evaluation.selection import (
    OUTCOMES,
    Selection,
    mistake_confidence,
    select_rows,
    sort_by_mistake,
    sort_by_score,
)

CLASSES = 5
maybe_class = st.none() | st.integers(0, CLASSES - 1)
selections = st.builds(
    Selection,
    true_class=maybe_class,
    called_class=maybe_class,
    outcome=st.sampled_from(OUTCOMES),
    outcome_class=maybe_class,
    label_count=st.none() | st.integers(0, CLASSES),
    text=st.sampled_from(["", "1", "S", "s-1", "none"]),
)


def wanted(selection: Selection, sample: str, truth: set[int], calls: set[int]) -> bool:
    """Say the same in sets, one sample at a time."""
    missed, false = truth - calls, calls - truth
    only = {selection.outcome_class} if selection.outcome_class is not None else set(range(CLASSES))
    outcome = {
        "any": True,
        "right": truth == calls,
        "wrong": truth != calls,
        "missed": bool(missed & only),
        "false": bool(false & only),
    }[selection.outcome]
    return (
        outcome
        and (selection.true_class is None or selection.true_class in truth)
        and (selection.called_class is None or selection.called_class in calls)
        and (selection.label_count is None or len(truth) == selection.label_count)
        and selection.text.lower() in sample.lower()
    )


@given(selections, st.integers(0, 2**32 - 1))
def test_a_selection_keeps_exactly_the_samples_that_fulfil_it(
    selection: Selection, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    targets, calls = rng.random((2, 40, CLASSES)) < 0.3
    ids = np.array([f"S-{row}" for row in range(40)])
    expected = [
        row
        for row in range(40)
        if wanted(
            selection,
            ids[row],
            set(np.flatnonzero(targets[row]).tolist()),
            set(np.flatnonzero(calls[row]).tolist()),
        )
    ]
    assert select_rows(selection, ids, targets=targets, calls=calls).tolist() == expected


def test_the_truth_alone_serves_a_selection_that_asks_nothing_of_the_calls() -> None:
    targets = np.array([[True, False], [True, True]])
    ids = np.array(["a", "b"])
    assert select_rows(Selection(label_count=2), ids, targets=targets).tolist() == [1]


def test_a_selection_of_outcomes_without_calls_is_refused() -> None:
    with pytest.raises(ValueError, match="needs calls"):
        select_rows(Selection(outcome="wrong"), np.array(["a"]), targets=np.ones((1, 2), bool))


def test_an_outcome_that_does_not_exist_is_refused_by_name() -> None:
    with pytest.raises(ConfigError, match="'nearly'"):
        Selection(outcome="nearly")  # type: ignore[arg-type]


def test_the_highest_score_comes_first_and_ties_keep_their_order() -> None:
    probs = np.array([[0.2], [0.9], [0.2], [0.5]])
    assert sort_by_score(np.array([0, 1, 2, 3]), probs, class_id=0).tolist() == [1, 3, 0, 2]


def test_a_mistake_far_from_its_threshold_is_more_confident_than_one_beside_it() -> None:
    thresholds = np.array([0.5, 0.1])
    probs = np.array([[0.9, 0.0], [0.45, 0.0], [0.0, 0.09], [0.6, 0.0]])
    targets = np.array([[0, 0], [1, 0], [0, 1], [1, 0]], dtype=bool)
    calls = probs > thresholds
    confidence = mistake_confidence(probs, thresholds, targets=targets, calls=calls)
    np.testing.assert_allclose(confidence, [0.8, 0.1, 0.1, 0.0])
    assert sort_by_mistake(np.arange(4), confidence)[0] == 0


def test_a_call_by_the_fallback_below_its_threshold_is_no_confident_mistake() -> None:
    confidence = mistake_confidence(
        np.array([[0.2, 0.1]]),
        np.array([0.5, 0.5]),
        targets=np.array([[False, False]]),
        calls=np.array([[True, False]]),
    )
    assert confidence.tolist() == [0.0]


def test_a_threshold_of_zero_leaves_no_room_to_miss() -> None:
    confidence = mistake_confidence(
        np.array([[0.0]]), np.array([0.0]), targets=np.array([[True]]), calls=np.array([[False]])
    )
    assert confidence.tolist() == [0.0]
