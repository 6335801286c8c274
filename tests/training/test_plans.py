"""A training shows exactly what its plan promised, and keeps its own copy of it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from hpa_core.data.dataset import Dataset
from hpa_core.errors import PlanError
from hpa_core.imbalance.plan import Plan, planned_counts
from hpa_core.imbalance.plan_files import delete_plan, write_plan
from hpa_core.imbalance.plan_runs import create_planned_run, read_run_plan
from hpa_core.imbalance.planning import make_plan
from hpa_core.imbalance.steps import CopyClasses, DeleteAlone
from hpa_core.runs.folder import RunFolder, list_runs
from hpa_core.runs.metrics import METRICS, read_metrics
from hpa_core.training import train
from hpa_core.workspace import Workspace
from tests.training.conftest import QUICK
from tests.training.outcomes import outcome
from tests.training.test_commands import QUICK as QUICK_OPTIONS
from tests.training.test_commands import hpa
from tests.training.test_resume import stop_at

MakePlanned = Callable[..., RunFolder]


@pytest.fixture
def plan(tiny: Dataset) -> Plan:
    """Save a plan of 41 samples: with batches of 8, the last one would be of a single sample."""
    steps = (DeleteAlone(fractions={0: 1.0}), CopyClasses(factors={3: 5, 11: 3.5}))
    made = make_plan(tiny, steps, seed=1, name="mine")
    copies = made.copies.copy()
    copies[20] += 41 - copies.sum()
    write_plan(tiny, replace(made, copies=copies))
    return replace(made, copies=copies)


@pytest.fixture
def planned(workspace: Workspace, tiny: Dataset, plan: Plan) -> MakePlanned:
    def make(**changes: object) -> RunFolder:
        config = replace(QUICK, plan=plan.name, **changes)  # type: ignore[arg-type]
        return create_planned_run(workspace, tiny, config, name="p")

    return make


def test_every_epoch_shows_the_labels_that_the_plan_promised(
    workspace: Workspace, tiny: Dataset, plan: Plan, planned: MakePlanned
) -> None:
    run = planned(epochs=2)
    train(workspace, run)
    promised = planned_counts(tiny.targets[tiny.rows("train")], plan.copies)
    assert promised.tolist() != tiny.targets[tiny.rows("train")].sum(axis=0).tolist()
    for record in read_metrics(run.path / METRICS):
        assert record["samples/train"] == plan.copies.sum() == 41
        assert record["positives/train"] == promised.tolist()


def test_without_a_plan_every_epoch_shows_every_row_once(
    workspace: Workspace, tiny: Dataset, make_run: Callable[..., RunFolder]
) -> None:
    run = make_run(epochs=1, batch_size=9)  # 28 rows: one is left over.
    train(workspace, run)
    (record,) = read_metrics(run.path / METRICS)
    assert record["samples/train"] == 28
    assert record["positives/train"] == tiny.targets[tiny.rows("train")].sum(axis=0).tolist()


def test_a_run_goes_on_with_its_own_copy_whatever_becomes_of_the_plan(
    workspace: Workspace, tiny: Dataset, plan: Plan, planned: MakePlanned
) -> None:
    whole, halved = planned(), planned()
    train(workspace, whole)
    train(workspace, halved, stop=stop_at(4))
    write_plan(tiny, replace(plan, copies=np.ones_like(plan.copies)))
    delete_plan(tiny, plan.name)
    train(workspace, halved, resume=True)
    assert outcome(halved) == outcome(whole)
    kept = read_run_plan(halved, tiny)
    assert kept is not None
    assert kept.hash == plan.hash


def test_a_run_whose_copy_is_missing_or_damaged_does_not_train(
    workspace: Workspace, planned: MakePlanned
) -> None:
    run = planned()
    (run.path / "plan.json").write_text("{}")
    with pytest.raises(PlanError, match="is not a plan that can be used"):
        train(workspace, run)
    (run.path / "plan.json").unlink()
    with pytest.raises(PlanError, match=r"plan\.json is missing"):
        train(workspace, run)


def test_a_plan_that_does_not_fit_makes_no_run(
    workspace: Workspace, tiny: Dataset, planned: MakePlanned
) -> None:
    with pytest.raises(PlanError, match="resamples split 'train' of dataset 'tiny', and 'validat"):
        planned(train_split="validation")
    with pytest.raises(PlanError, match=r"has no plan 'other'; it has: mine\."):
        create_planned_run(workspace, tiny, replace(QUICK, plan="other"), name="p")
    assert list_runs(workspace) == []


def test_the_command_line_trains_a_plan(workspace: Workspace, plan: Plan) -> None:
    trained = hpa(workspace, "train", "tiny", *QUICK_OPTIONS, "--plan", plan.name)
    assert trained.returncode == 0, trained.stderr
    assert "plan mine shows 41 samples an epoch, from 28" in trained.stderr
    (run,) = list_runs(workspace)
    assert run.info.settings["plan"] == "mine"
    (record,) = read_metrics(run.path / METRICS)
    assert record["samples/train"] == 41
