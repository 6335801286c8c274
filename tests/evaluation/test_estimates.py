"""Estimates in the run folder: written one by one, read back the same, of these scores only."""

from dataclasses import replace

import numpy as np
import pytest

from hpa_core.errors import ConfigError, RunError, ScoresError
from hpa_core.evaluation.estimates import (
    estimate_strategies,
    estimates_path,
    read_estimates,
)
from hpa_core.evaluation.honesty import cross_fitted
from hpa_core.evaluation.options import Constraint, Options
from hpa_core.evaluation.strategies import strategy_named
from hpa_core.runs.folder import RunFolder, RunInfo, create_run
from hpa_core.runs.predictions import Predictions, read_predictions, write_predictions
from hpa_core.workspace import Workspace

FIXED = [strategy_named(name) for name in ("fixed-0.5", "fixed-0.15")]


@pytest.fixture
def run(workspace: Workspace) -> RunFolder:
    rng = np.random.default_rng(0)
    targets = rng.random((120, 28)) < 0.2
    probs = np.clip(rng.normal(0.3, 0.2, targets.shape) + 0.3 * targets, 0, 1)
    folder = create_run(workspace, RunInfo(id="mine", kind="scores"))
    ids = np.array([f"s{row}" for row in range(120)])
    scores = Predictions(ids=ids, probs=probs.astype(np.float32), targets=targets)
    write_predictions(folder, "validation", scores)
    return folder


def test_each_estimate_is_in_the_folder_before_the_next_begins(run: RunFolder) -> None:
    seen = []
    for found in estimate_strategies(run, "validation", FIXED):
        stored = read_estimates(run, "validation", "none")
        assert stored is not None
        assert list(stored.found) == list(found.found)
        seen.append(list(stored.found))
    assert seen == [["fixed-0.5"], ["fixed-0.5", "fixed-0.15"]]
    scores = read_predictions(run, "validation")
    assert scores.targets is not None
    direct = cross_fitted(scores.probs, scores.targets, strategy=FIXED[1])
    honest = stored.found["fixed-0.15"].honest
    assert (honest.in_sample, honest.expected) == (direct.in_sample, direct.expected)
    assert honest.interval == direct.interval
    assert honest.gains.low.tolist() == direct.gains.low.tolist()


def test_options_and_what_was_found_before_are_kept(run: RunFolder) -> None:
    list(estimate_strategies(run, "validation", FIXED[:1]))
    told = Options(prevalence=(0.1,) * 28, constraints=(Constraint(class_id=3, top=4),))
    list(
        estimate_strategies(run, "validation", [strategy_named("prevalence-target")], options=told)
    )
    stored = read_estimates(run, "validation", "none")
    assert stored is not None
    assert list(stored.found) == ["fixed-0.5", "prevalence-target"]
    assert stored.found["prevalence-target"].options == told
    assert read_estimates(run, "validation", "top1") is None


def test_estimates_of_predictions_that_were_replaced_are_not_shown(run: RunFolder) -> None:
    list(estimate_strategies(run, "validation", FIXED[:1]))
    scores = read_predictions(run, "validation")
    write_predictions(run, "validation", replace(scores, probs=scores.probs / 2))
    assert read_estimates(run, "validation", "none") is None


def test_what_cannot_be_estimated_is_refused_before_any_work(run: RunFolder) -> None:
    with pytest.raises(ConfigError, match="needs constraints"):
        list(estimate_strategies(run, "validation", [*FIXED, strategy_named("constrained")]))
    assert not estimates_path(run, "validation", "none").exists()
    bare = replace(read_predictions(run, "validation"), targets=None)
    write_predictions(run, "test", bare)
    with pytest.raises(ScoresError, match="no truth"):
        list(estimate_strategies(run, "test", FIXED))


def test_a_damaged_file_is_one_sentence(run: RunFolder) -> None:
    path = estimates_path(run, "validation", "none")
    path.parent.mkdir()
    path.write_text('{"found": {"exact": {}}}')
    with pytest.raises(RunError, match="lacks parts"):
        read_estimates(run, "validation", "none")
