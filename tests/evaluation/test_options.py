"""What a person may ask for: how it is written, and what strategies make of it."""

import numpy as np
import pytest

from hpa_core.errors import ConfigError
from hpa_core.evaluation.honesty import cross_fitted
from hpa_core.evaluation.options import Constraint, Options, parse_constraint
from hpa_core.evaluation.strategies import strategy_named


@pytest.mark.parametrize("text", ["27:top=11", "0:precision=0.8,most=300", "3:precision=1"])
def test_a_constraint_is_read_as_it_is_written(text: str) -> None:
    assert parse_constraint(text).text == text


@pytest.mark.parametrize(
    "text",
    ["", "27", "27:", "27:top", "27:top=1.5", "x:top=1", "1:least=2", "1:precision=2", "1:top=-1"],
)
def test_what_is_no_constraint_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        parse_constraint(text)


def test_half_of_the_samples_may_have_half_of_the_calls_but_one_at_least() -> None:
    told = Options(
        constraints=(
            Constraint(class_id=0, top=11),
            Constraint(class_id=1, most_calls=1),
            Constraint(class_id=2, least_precision=0.5),
        )
    )
    halved = told.scaled(0.5).constraints
    assert [each.text for each in halved] == ["0:top=6", "1:most=1", "2:precision=0.5"]


def scored() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    targets = rng.random((600, 3)) < [0.3, 0.1, 0.02]
    return np.clip(rng.normal(0.3, 0.15, targets.shape) + 0.3 * targets, 0, 1), targets


def test_the_estimate_is_of_the_options_given() -> None:
    probs, targets = scored()
    told = Options(constraints=(Constraint(class_id=0, top=0),))
    honest = cross_fitted(
        probs, targets, strategy=strategy_named("constrained"), options=told, repeats=2
    )
    assert honest.expected_f1[0] == 0
    assert (honest.expected_f1[1:] > 0).all()


def test_a_constraint_on_calls_holds_on_the_samples_at_hand() -> None:
    probs, targets = scored()
    told = Options(
        constraints=(Constraint(class_id=1, most_calls=7), Constraint(class_id=2, top=5))
    )
    calls = probs > strategy_named("constrained").fit(probs, targets, told)
    assert calls[:, 1].sum() <= 7
    assert calls[:, 2].sum() == 5


def test_a_least_precision_costs_recall_and_is_reached() -> None:
    probs, targets = scored()
    free = probs > strategy_named("auto").fit(probs, targets)
    told = Options(constraints=(Constraint(class_id=0, least_precision=0.95),))
    bound = probs > strategy_named("constrained").fit(probs, targets, told)
    assert bound[:, 0].sum() < free[:, 0].sum()
    assert (targets & bound)[:, 0].sum() / bound[:, 0].sum() > 0.9


def test_a_wanted_prevalence_is_called() -> None:
    probs, targets = scored()
    told = Options(prevalence=(0.5, 0.1, 0.01))
    calls = probs > strategy_named("prevalence-target").fit(probs, targets, told)
    assert calls.sum(axis=0).tolist() == [300, 60, 6]


@pytest.mark.parametrize("name", ["prevalence-target", "constrained"])
def test_a_strategy_that_lacks_what_it_needs_says_so(name: str) -> None:
    with pytest.raises(ConfigError, match="needs"):
        strategy_named(name).fit(*scored())
