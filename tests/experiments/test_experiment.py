"""Experiments: the runs they make, what they read from them, and all of it as a user types it."""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from hpa_core.config import PRESETS, TrainConfig
from hpa_core.data.dataset import Dataset
from hpa_core.errors import ConfigError, RunError
from hpa_core.experiments.experiment import (
    Experiment,
    create_experiment,
    list_experiments,
    read_experiment,
)
from hpa_core.experiments.kinds import KINDS
from hpa_core.experiments.results import judge, read_results
from hpa_core.imbalance.plan_files import list_plans
from hpa_core.runs.folder import list_runs, open_run
from hpa_core.runs.metrics import METRICS, append_metrics
from hpa_core.workspace import Workspace
from tests import command
from tests.conftest import MakeDataset

ROOT = Path(__file__).parents[2]
Create = Callable[..., Experiment]


@pytest.fixture
def dataset(make_dataset: MakeDataset) -> Dataset:
    return make_dataset(samples=112)


@pytest.fixture
def create(workspace: Workspace, dataset: Dataset) -> Create:
    base = replace(PRESETS["demo"](dataset.info.name), epochs=2)

    def make(kind: str, seeds: list[int], *, name: str = "asked") -> Experiment:
        return create_experiment(workspace, dataset, KINDS[kind], base=base, seeds=seeds, name=name)

    return make


def settings_of(workspace: Workspace, experiment: Experiment) -> dict[tuple[str, int], TrainConfig]:
    return {
        (member.variant, member.seed): TrainConfig.from_dict(
            open_run(workspace, member.run).info.settings
        )
        for member in experiment.members
    }


def write_scores(
    workspace: Workspace, experiment: Experiment, scores: dict[tuple[str, int], float]
) -> None:
    """Let the named runs have finished, their last epoch with these scores."""
    for member in experiment.members:
        if (member.variant, member.seed) in scores:
            path = open_run(workspace, member.run).path / METRICS
            for epoch, score in ((1, 0.9), (2, scores[member.variant, member.seed])):
                record = {"f1_macro/validation": score, "f1_macro_tuned/validation": score + 0.1}
                append_metrics(path, {"epoch": epoch, **record})


def test_the_runs_differ_in_the_variant_and_the_seed_alone(
    workspace: Workspace, create: Create
) -> None:
    made = create("learning-rate", [4, 7])
    configs = settings_of(workspace, made)
    assert set(configs) == {(rate, seed) for rate in ("0.3", "0.03", "0.003") for seed in (4, 7)}
    for (rate, seed), config in configs.items():
        assert (config.learning_rate, config.seed, config.optimizer) == (float(rate), seed, "sgd")
        assert replace(config, learning_rate=1.0, seed=0) == replace(
            configs["0.3", 4], learning_rate=1.0, seed=0
        )


def test_resampling_makes_the_plans_it_needs_once(
    workspace: Workspace, dataset: Dataset, create: Create
) -> None:
    create("resampling", [0])
    made = create("resampling", [1], name="again")
    assert {plan.name for plan in list_plans(dataset)} == {
        "report-copy",
        "report-delete",
        "report-best",
    }
    plans = {variant: config.plan for (variant, _), config in settings_of(workspace, made).items()}
    assert plans["original"] == ""
    assert plans["deletion"] == "report-delete"


def test_an_experiment_is_found_again_and_its_name_is_taken(
    workspace: Workspace, create: Create
) -> None:
    made = create("model", [0])
    assert read_experiment(workspace, "asked") == made
    assert list_experiments(workspace) == [made]
    with pytest.raises(RunError, match="exists already"):
        create("model", [0])
    with pytest.raises(RunError, match="no experiment 'other'; there is: asked"):
        read_experiment(workspace, "other")
    assert len(list_runs(workspace)) == 2


def test_first_weights_go_to_the_network_that_has_some(
    workspace: Workspace, dataset: Dataset
) -> None:
    base = PRESETS["report-model1"](dataset.info.name)
    made = create_experiment(
        workspace, dataset, KINDS["model"], base=base, seeds=[0], name="weighed"
    )
    settings = settings_of(workspace, made)
    assert settings["bninception", 0].weights == "imagenet"
    assert settings["wide", 0].weights == "random"


@pytest.mark.parametrize("seeds", [[], [1, 1], list(range(21))])
def test_seeds_that_cannot_be_meant_are_refused_before_any_run(
    workspace: Workspace, create: Create, seeds: list[int]
) -> None:
    with pytest.raises(ConfigError, match="1 to 20 different seeds"):
        create("model", seeds)
    assert list_runs(workspace) == []


def test_scores_are_those_of_the_last_epoch_with_an_interval_over_seeds(
    workspace: Workspace, create: Create
) -> None:
    made = create("model", [0, 1, 2])
    ours, wide = [0.5, 0.54, 0.49], [0.3, 0.33, 0.31]
    scores = {("bninception", seed): score for seed, score in enumerate(ours)}
    scores |= {("wide", seed): score for seed, score in enumerate(wide)}
    write_scores(workspace, made, scores)
    deep, broad = read_results(workspace, made)
    assert (deep.variant, deep.runs, deep.reported) == ("bninception", 3, 0.479)
    assert deep.mean == pytest.approx(np.mean(ours))
    expected = stats.ttest_1samp(ours, 0).confidence_interval(0.95)
    assert (deep.low, deep.high) == pytest.approx((expected.low, expected.high))
    assert deep.tuned == pytest.approx(np.mean(ours) + 0.1)
    verdict = judge([deep, broad])
    paired = stats.ttest_rel(ours, wide).confidence_interval(0.95)
    assert (verdict.best, verdict.second, verdict.told) == ("bninception", "wide", True)
    assert (verdict.low, verdict.high) == pytest.approx((paired.low, paired.high))


def test_a_run_with_epochs_to_go_has_no_score_yet_and_one_seed_no_interval(
    workspace: Workspace, create: Create
) -> None:
    made = create("model", [0])
    assert judge(read_results(workspace, made)) is None
    write_scores(workspace, made, {("wide", 0): 0.2})
    unfinished = next(member.run for member in made.members if member.variant == "bninception")
    append_metrics(
        open_run(workspace, unfinished).path / METRICS, {"epoch": 1, "f1_macro/validation": 0.8}
    )
    deep, broad = read_results(workspace, made)
    assert deep.scores == {}
    assert (broad.mean, broad.low, broad.reach) == (0.2, None, 0.0)
    write_scores(workspace, made, {("bninception", 0): 0.25})
    verdict = judge(read_results(workspace, made))
    assert (verdict.best, verdict.low, verdict.told) == ("bninception", None, False)


def test_a_question_is_asked_and_answered_on_the_command_line(
    workspace: Workspace, make_dataset: MakeDataset
) -> None:
    make_dataset("brief", samples=56)

    def hpa(*arguments: str) -> str:
        done = command.hpa(workspace, *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    quick = json.dumps({"epochs": 1, "image_size": 32, "batch_size": 14, "device": "cpu"})
    asked = ("experiment", "brief", "--kind", "learning-rate", "--name", "rates")
    made = json.loads(hpa(*asked, "--settings", quick, "--seeds", "3", "--json"))
    assert [member["variant"] for member in made["members"]] == ["0.3", "0.03", "0.003"]
    deadline = time.monotonic() + 180
    said = json.loads(hpa("experiments", "rates", "--json"))
    while not all(row["scores"] for row in said["variants"]):
        assert time.monotonic() < deadline, said
        time.sleep(1)
        said = json.loads(hpa("experiments", "rates", "--json"))
    for row in said["variants"]:
        assert list(row["scores"]) == ["3"]
        assert 0 <= row["mean"] <= 1
    assert said["verdict"]["told"] is False
    assert "The report: about 0.03 is best." in hpa("experiments", "rates")
