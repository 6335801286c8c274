"""Each strategy does what its name says, checked by brute force on small arrays."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpa_core.errors import ConfigError, ScoresError
from hpa_core.evaluation.calls import apply_thresholds
from hpa_core.evaluation.curves import best_thresholds
from hpa_core.evaluation.metrics import evaluate
from hpa_core.evaluation.optimum import NO_CALL
from hpa_core.evaluation.options import Constraint, Options
from hpa_core.evaluation.strategies import STRATEGIES, ready_strategies, strategy_named
from tests.evaluation.arrays import scored


def macro_f1(probs: np.ndarray, targets: np.ndarray, thresholds: np.ndarray | float) -> float:
    return evaluate(targets, apply_thresholds(probs, thresholds)).macro_f1


@given(st.sampled_from([item.name for item in ready_strategies()]), scored())
def test_every_strategy_gives_one_threshold_a_class_between_0_and_1(
    name: str, case: tuple[np.ndarray, np.ndarray]
) -> None:
    probs, targets = case
    thresholds = strategy_named(name).fit(probs, targets)
    assert thresholds.shape == (probs.shape[1],)
    assert ((thresholds >= 0) & (thresholds <= 1)).all()


@given(scored())
def test_no_common_threshold_beats_single(case: tuple[np.ndarray, np.ndarray]) -> None:
    probs, targets = case
    chosen = strategy_named("single").fit(probs, targets)
    assert len(set(chosen.tolist())) == 1
    steps = np.unique(np.append(probs, 0.0))
    tried = [macro_f1(probs, targets, step) for step in steps]
    assert macro_f1(probs, targets, chosen) == pytest.approx(max(tried), abs=1e-12)


def test_prevalence_calls_each_class_as_often_as_it_is_present() -> None:
    rng = np.random.default_rng(6)
    probs, targets = rng.random((200, 5)), rng.random((200, 5)) < [0, 0.01, 0.2, 0.9, 1]
    calls = apply_thresholds(probs, strategy_named("prevalence").fit(probs, targets))
    assert calls.sum(axis=0).tolist() == targets.sum(axis=0).tolist()


def test_prevalence_leaves_a_tie_at_the_border_uncalled() -> None:
    probs = np.array([[0.9], [0.5], [0.5], [0.1]])
    thresholds = strategy_named("prevalence").fit(probs, np.array([[1], [1], [0], [0]], dtype=bool))
    assert apply_thresholds(probs, thresholds).sum() == 1


def test_shrunk_lies_between_the_common_threshold_and_the_classs_own() -> None:
    rng = np.random.default_rng(7)
    probs, targets = rng.random((300, 6)), rng.random((300, 6)) < 0.1
    shrunk, single, own = (
        strategy_named(name).fit(probs, targets) for name in ("shrunk", "single", "exact")
    )
    assert (shrunk >= np.minimum(single, own)).all()
    assert (shrunk <= np.maximum(single, own)).all()


def test_shrunk_gives_a_class_without_positives_the_common_threshold() -> None:
    rng = np.random.default_rng(8)
    probs, targets = rng.random((300, 2)), rng.random((300, 2)) < [0.3, 0]
    shrunk = strategy_named("shrunk").fit(probs, targets)
    assert shrunk[1] == pytest.approx(strategy_named("single").fit(probs, targets)[1])


def test_without_any_positive_single_calls_nothing() -> None:
    thresholds = strategy_named("single").fit(np.ones((3, 2)), np.zeros((3, 2), dtype=bool))
    assert thresholds.tolist() == [NO_CALL, NO_CALL]


def test_fixed_and_exact_are_what_their_names_say() -> None:
    rng = np.random.default_rng(9)
    probs, targets = rng.random((50, 3)), rng.random((50, 3)) < 0.4
    assert strategy_named("fixed-0.15").fit(probs, targets).tolist() == [0.15] * 3
    exact = strategy_named("exact").fit(probs, targets)
    assert exact.tolist() == best_thresholds(probs, targets).thresholds.tolist()


def test_an_unknown_strategy_is_refused_naming_those_there_are() -> None:
    with pytest.raises(ConfigError, match=r"'best'; there is: .*exact"):
        strategy_named("best")


@pytest.mark.parametrize("name", ["vgg16", "vgg16_green_only"])
def test_on_real_scores_auto_keeps_up_with_whichever_recipe_is_best(
    realdata: Path, name: str
) -> None:
    probs = np.load(realdata / "validation" / f"{name}_probs.npy")
    targets = np.load(realdata / "validation" / "targets.npy") > 0.5
    rivals = ("single", "exact", "prevalence", "shrunk", "recalibrated")
    reached = dict.fromkeys((*rivals, "auto"), 0.0)
    for repeat in range(4):
        fitted, scored_on = np.array_split(
            np.random.default_rng([1, repeat]).permutation(len(probs)), 2
        )
        for each in reached:
            thresholds = strategy_named(each).fit(probs[fitted], targets[fitted])
            reached[each] += macro_f1(probs[scored_on], targets[scored_on], thresholds) / 4
    assert reached["auto"] > max(reached[each] for each in rivals) - 0.01
    assert reached["auto"] > np.mean([reached[each] for each in rivals]) + 0.005


@given(scored(), st.sampled_from(list(STRATEGIES)))
def test_without_truth_a_strategy_chooses_the_same_or_refuses(
    case: tuple[np.ndarray, np.ndarray], name: str
) -> None:
    probs, targets = case
    told = Options(
        prevalence=(0.3,) * probs.shape[1], constraints=(Constraint(class_id=0, most_calls=1),)
    )
    strategy = strategy_named(name)
    if strategy.needs_truth:
        with pytest.raises(ScoresError, match="needs the truth"):
            strategy.fit(probs, None, told)
    else:
        expected = strategy.fit(probs, targets, told)
        assert strategy.fit(probs, None, told).tolist() == expected.tolist()
