"""Cross-fitting: what is held back stays out of every fit, and only what is there is claimed."""

from dataclasses import replace

import numpy as np
import pytest

from hpa_core.errors import ConfigError
from hpa_core.evaluation.strategies import strategy_named
from hpa_core.oversampling.comparing import CrossFitted, Trial, cross_fit
from hpa_core.oversampling.judging import judge
from hpa_core.oversampling.report import Comparison
from hpa_core.oversampling.settings import OWN, Settings
from tests.oversampling.conftest import trial


def by_pair(asked: Trial) -> dict[tuple[str, str, str], Comparison]:
    _, comparisons = judge(cross_fit(asked), asked.targets, groups=asked.groups)
    return {(one.variant, one.against, one.thresholds): one for one in comparisons}


@pytest.fixture(scope="module")
def small() -> tuple[Trial, CrossFitted]:
    """A trial with the run's own scores, and what it found."""
    asked = replace(trial(times=2), own_probs=np.random.default_rng(6).random((120, 2)))
    return asked, cross_fit(asked)


@pytest.mark.parametrize("grouped", [False, True])
def test_every_row_is_held_back_once_a_repeat_and_never_with_its_group_in_the_fit(
    grouped: bool,
) -> None:
    groups = np.random.default_rng(3).integers(50, size=120) if grouped else np.arange(120)
    asked = trial(groups=groups if grouped else None, repeats=4, folds=3)
    folds = list(asked.folds())
    assert len(folds) == 12
    for repeat in range(4):
        held = np.concatenate([fold.held for fold in folds if fold.repeat == repeat])
        assert sorted(held) == list(range(120))
    for fold in folds:
        assert sorted([*fold.fit, *fold.held]) == list(range(120))
        assert not set(groups[fold.fit]) & set(groups[fold.held])
    assert len({fold.seed for fold in folds}) == 12


def test_nothing_that_stands_in_held_back_rows_reaches_a_fit() -> None:
    """Held-back features and labels may be anything: no fitted score changes by one bit."""
    asked = trial(groups=np.repeat(np.arange(60), 2))
    fold = next(asked.folds())
    features, targets = asked.features.copy(), asked.targets.copy()
    spoilt = fold.held[1:]
    features[spoilt] = 1e3 * np.random.default_rng(5).normal(size=features[spoilt].shape)
    targets[spoilt] = ~targets[spoilt]
    changed = replace(asked, features=features, targets=targets)
    for before, after in zip(asked.scores(fold), changed.scores(fold), strict=True):
        assert np.array_equal(before.fitting, after.fitting)
        assert np.array_equal(before.held[0], after.held[0])
        assert not np.array_equal(before.held[1:], after.held[1:])


def test_fitted_thresholds_come_from_the_fitting_rows_scores_alone(small) -> None:
    asked, found = small
    fold = next(asked.folds())
    for scores in asked.scores(fold):
        thresholds = strategy_named("exact").fit(scores.fitting, asked.targets[fold.fit])
        calls = found.calls[scores.variant, "fitted"][fold.repeat, fold.held]
        assert np.array_equal(calls, scores.held > thresholds)
        fixed = found.calls[scores.variant, "fixed"][fold.repeat, fold.held]
        assert np.array_equal(fixed, scores.held > 0.5)


def test_the_runs_own_scores_are_called_as_they_are(small) -> None:
    asked, found = small
    assert asked.own_probs is not None
    assert (found.calls[OWN, "fixed"] == (asked.own_probs > 0.5)).all()
    assert found.rows_made[OWN] == 0


def test_as_many_copies_are_made_as_synthetic_rows_and_counted(small) -> None:
    _, found = small
    assert found.rows_made["as-is"] == found.rows_made["weighted"] == 0
    # 12 rows of the rare class, of which each fold learns from half, twice.
    assert found.rows_made["copies"] == found.rows_made["mlsmote"] == pytest.approx(12)


def test_the_same_seed_gives_the_same_calls_and_progress_counts_every_head(small) -> None:
    asked, found = small
    seen: list[tuple[int, int]] = []

    def progress(done: int, total: int, *, unit: str, note: str = "") -> None:
        seen.append((done, total))

    again = cross_fit(asked, progress=progress).calls
    assert sorted(set(seen)) == [(done, 16) for done in range(17)]
    assert all(np.array_equal(found.calls[key], again[key]) for key in again)
    other = replace(asked, settings=replace(asked.settings, seed=2))
    assert not np.array_equal(next(asked.folds()).held, next(other.folds()).held)


def test_at_a_fixed_threshold_a_planted_gain_is_found_and_where_it_is() -> None:
    """Of 40 positives in 800 a head seldom says more than 0.5; five more rows of each lift it."""
    found = by_pair(trial(gap=1.3, samples=800, rare=40, times=5))
    gain = found["mlsmote", "as-is", "fixed"]
    assert gain.macro.verdict == "helps"
    assert [one.verdict for one in gain.classes] == ["cannot tell", "helps"]
    # The weight helps, not the interpolation: copies do as much, and so do thresholds alone.
    assert found["mlsmote", "copies", "fixed"].macro.verdict == "cannot tell"
    assert found["mlsmote", "as-is", "fitted"].macro.verdict == "cannot tell"


def test_of_a_rare_class_that_is_noise_nothing_is_claimed_with_fitted_thresholds() -> None:
    claims = 0
    for seed in range(2):
        found = by_pair(trial(gap=0, times=3, seed=seed))
        fitted = [one for key, one in found.items() if key[2] == "fitted"]
        claims += sum(one.classes[1].verdict != "cannot tell" for one in fitted)
    assert claims <= 2  # Of 8 at 1 in 20 or less each; more have a chance of 1 in 150.


def test_fewer_groups_than_folds_are_refused() -> None:
    with pytest.raises(ConfigError, match="1 groups cannot be dealt to 2 parts"):
        cross_fit(trial(groups=np.zeros(120)))


@pytest.mark.parametrize(
    "wrong",
    [{"folds": 1}, {"repeats": 1}, {"seed": -1}, {"k": 0}, {"times": 0}, {"strategy": "x"}],
)
def test_settings_that_cannot_be_meant_are_refused(wrong: dict) -> None:
    with pytest.raises(ConfigError, match=str(next(iter(wrong)))):
        Settings(**wrong)
