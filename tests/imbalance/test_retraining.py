"""Retraining: each variant's rows, and what is chosen from rows held back inside."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from hpa_core.data.splits import stratified_folds
from hpa_core.errors import ConfigError
from hpa_core.imbalance.mlsmote import synthesise
from hpa_core.imbalance.retraining import INNER_FOLDS, STRENGTHS, retrain, variants

C, E = 3, 4


@pytest.fixture
def rows() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    targets = rng.random((150, C)) < [0.5, 0.4, 0.1]
    features = 3 + 2 * (targets @ rng.normal(size=(C, E)) + rng.normal(size=(150, E)))
    return features.astype(np.float16), targets


def by_name(**options):
    return {variant.name: variant for variant in variants(**options)}


def test_scores_inside_come_from_heads_that_never_saw_the_row(rows) -> None:
    features, targets = rows
    found = retrain(features, targets, variant=by_name()["as-is"], seed=4)
    folds = stratified_folds(targets, INNER_FOLDS, seed=4)
    wide = features.astype(float)
    for fold in range(INNER_FOLDS):
        fit, held = wide[folds != fold], wide[folds == fold]
        mean, deviation = fit.mean(axis=0), fit.std(axis=0)
        for label in range(C):
            strength = 1 / (found.strengths[label] * len(fit))
            model = LogisticRegression(C=strength, solver="newton-cholesky", tol=1e-9)
            model.fit((fit - mean) / deviation, targets[folds != fold, label])
            expected = model.predict_proba((held - mean) / deviation)[:, 1]
            assert np.abs(found.inner_probs[folds == fold, label] - expected).max() < 1e-3


def test_the_strength_of_a_class_that_features_say_nothing_of_is_the_strongest(rows) -> None:
    features, targets = rows
    targets[:, 1] = np.random.default_rng(1).random(150) < 0.4
    features[:, 1:] = np.random.default_rng(2).normal(size=(150, 3))
    features[:, 0] = targets[:, 0] * 4 + np.random.default_rng(3).normal(size=150)
    found = retrain(features, targets, variant=by_name()["as-is"])
    assert found.strengths[1] == STRENGTHS[0]
    assert found.strengths[0] < STRENGTHS[0]


def test_copies_and_synthetic_rows_are_as_many(rows) -> None:
    counts = [
        retrain(*rows, variant=by_name(times=2)[name]).rows_made for name in ("copies", "mlsmote")
    ]
    assert counts[0] == counts[1] == 2 * rows[1][:, 2].sum()


def test_synthetic_rows_are_made_on_scaled_features(rows) -> None:
    """One feature in other units would otherwise decide alone which rows are neighbours."""
    features, targets = rows
    seen = []
    spy = by_name()["mlsmote"]

    def add(scaled, labels, seed):
        seen.append(scaled)
        return synthesise(scaled, labels, seed=seed)

    retrain(
        features * np.array([1, 1000, 1, 1]),
        targets,
        variant=type(spy)(name="spy", summary="", add=add),
    )
    assert len(seen) == INNER_FOLDS + 1
    assert all(np.allclose(scaled.std(axis=0), 1) for scaled in seen)


def test_more_weight_on_rare_classes_raises_their_scores(rows) -> None:
    features, targets = rows
    means = {
        name: retrain(features, targets, variant=variant).probs(features)[:, 2].mean()
        for name, variant in by_name(times=3).items()
    }
    assert means["as-is"] < min(means["copies"], means["mlsmote"], means["weighted"])


def test_the_same_seed_gives_the_same_head(rows) -> None:
    first, again = (
        retrain(*rows, variant=by_name()["mlsmote"], seed=3).probs(rows[0]) for _ in range(2)
    )
    assert np.array_equal(first, again)


def test_groups_stay_together_inside(rows) -> None:
    features, targets = rows
    with pytest.raises(ConfigError, match="2 groups cannot be dealt to 3 parts"):
        retrain(features, targets, variant=by_name()["as-is"], groups=np.arange(150) % 2)
