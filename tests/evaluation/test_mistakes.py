"""How confident mistakes are, and the orders that follow."""

import numpy as np

from hpa_core.evaluation.mistakes import mistake_confidence, sort_by_mistake, sort_by_score


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
