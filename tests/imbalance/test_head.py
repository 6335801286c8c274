"""The linear head against a Newton solver, brute force and its own definition."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression

from hpa_core.imbalance.head import (
    Scaling,
    balanced_weights,
    best_strengths,
    fit_heads,
    log_odds,
    shifted_log_loss,
    sigmoid,
)

E, C = 6, 4


@pytest.fixture
def rows() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    targets = rng.random((400, C)) < [0.5, 0.3, 0.1, 0.02]
    features = targets @ rng.normal(size=(C, E)) + rng.normal(size=(400, E))
    return Scaling.of(features).apply(features), targets


def oracle(features, targets, strength: float, weights: np.ndarray) -> np.ndarray:
    """The same problem by Newton's method: logits of one class."""
    model = LogisticRegression(
        C=1 / (strength * weights.sum()), solver="newton-cholesky", tol=1e-10, max_iter=100
    ).fit(features, targets, sample_weight=weights)
    return features @ model.coef_[0] + model.intercept_[0]


@pytest.mark.parametrize("weighted", [False, True])
def test_every_strength_of_a_path_meets_newtons_optimum(rows, weighted: bool) -> None:
    features, targets = rows
    weights = balanced_weights(targets) if weighted else np.ones(targets.shape)
    strengths = np.outer([0.3, 0.03, 0.003], [1, 2, 3, 4])
    heads = fit_heads(features, targets, strengths=strengths, weights=weights if weighted else None)
    for head, row in zip(heads, strengths, strict=True):
        found = head.logits(features)
        for label in range(C):
            best = oracle(features, targets[:, label], row[label], weights[:, label])
            assert np.abs(found[:, label] - best).max() < 0.02


def test_a_row_given_twice_is_a_row_of_weight_two(rows) -> None:
    features, targets = rows
    strengths = np.full((1, C), 0.01)
    weights = np.ones(targets.shape)
    weights[:50] = 2
    (weighted,) = fit_heads(features, targets, strengths=strengths, weights=weights)
    doubled = [np.concatenate([part, part[:50]]) for part in rows]
    (copied,) = fit_heads(*doubled, strengths=strengths)
    assert np.abs(weighted.logits(features) - copied.logits(features)).max() < 0.02


def test_balanced_weights_give_both_sides_half_and_move_no_total(rows) -> None:
    _, targets = rows
    weights = balanced_weights(targets)
    assert np.allclose((weights * targets).sum(axis=0), len(targets) / 2)
    assert np.allclose(weights.sum(axis=0), len(targets))


@pytest.mark.parametrize("positive", [False, True])
def test_a_class_that_all_rows_or_none_carry_gets_a_constant(rows, positive: bool) -> None:
    features, targets = rows
    targets[:, 2] = positive
    (head,) = fit_heads(features, targets, strengths=np.ones((1, C)))
    scores = sigmoid(head.logits(features))[:, 2]
    assert np.ptp(scores) == 0
    assert scores[0] == pytest.approx(400.5 / 401 if positive else 0.5 / 401)


def test_the_loss_is_taken_at_the_best_shift(rows) -> None:
    features, targets = rows
    logits = 3 * features[:, :C] + [0, 40, -40, 5]
    found = shifted_log_loss(logits, targets)
    for label in range(C):
        sign = np.where(targets[:, label], 1, -1)

        def loss(shift: float, sign=sign, label=label) -> float:
            return np.logaddexp(0, -sign * (logits[:, label] + shift)).mean()

        best = minimize_scalar(loss, bounds=(-80, 80), method="bounded", options={"xatol": 1e-9})
        assert found[label] == pytest.approx(best.fun, rel=1e-6)


def test_a_shift_of_all_scores_does_not_change_which_strength_is_best(rows) -> None:
    features, targets = rows
    good, bad = log_odds(np.where(targets, 0.8, 0.3)), features[:, :C]
    assert best_strengths([bad, good], targets).tolist() == [1] * C
    assert best_strengths([good + 7, bad], targets).tolist() == [0] * C


def test_a_class_without_positives_does_not_spoil_the_choice(rows) -> None:
    features, targets = rows
    targets[:, 3] = False
    assert shifted_log_loss(features[:, :C], targets)[3] == 0


def test_scaling_is_of_its_own_rows_and_spares_a_feature_that_never_changes() -> None:
    features = np.array([[0, 5], [4, 5]], dtype=np.float16)
    scaling = Scaling.of(features)
    assert scaling.apply(features).tolist() == [[-1, 0], [1, 0]]
    assert scaling.apply(np.array([[6.0, 7.0]])).tolist() == [[2, 2]]


def test_log_odds_and_sigmoid_undo_each_other_and_stay_finite() -> None:
    probs = np.array([[0, 1e-6, 0.3, 0.999, 1]], dtype=np.float32)
    assert np.isfinite(log_odds(probs)).all()
    assert np.allclose(sigmoid(log_odds(probs)), probs, atol=1e-6)
    assert sigmoid(np.array([[-1e4, 1e4]])).tolist() == [[0, 1]]
