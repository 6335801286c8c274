"""A run learns from all folds of a set but one, and is measured on that one."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from hpa_core.data.dataset import Dataset
from hpa_core.data.dealing import deal_folds
from hpa_core.data.folds import delete_folds, write_folds
from hpa_core.errors import DatasetError, PlanError
from hpa_core.imbalance.plan_files import list_plans, write_plan
from hpa_core.imbalance.plan_runs import create_planned_run
from hpa_core.imbalance.planning import make_plan
from hpa_core.inference import predict_dataset
from hpa_core.runs.folder import RunFolder, list_runs
from hpa_core.runs.predictions import predicted_splits, read_predictions
from hpa_core.training import train
from hpa_core.workspace import Workspace
from tests.training.conftest import QUICK
from tests.training.test_commands import QUICK as QUICK_OPTIONS
from tests.training.test_commands import hpa

MakeFolded = Callable[..., RunFolder]


@pytest.fixture
def fold(tiny: Dataset) -> np.ndarray:
    dealt = deal_folds(tiny, 2)
    write_folds(tiny.folder, "cv", tiny.ids, dealt)
    return dealt


@pytest.fixture
def folded(workspace: Workspace, tiny: Dataset, fold: np.ndarray) -> MakeFolded:
    """Return a function that makes a run measured on one fold."""

    def make(number: int = 0, **changes: object) -> RunFolder:
        sides = {"train_split": f"cv.not-{number}", "validation_split": f"cv.fold-{number}"}
        config = replace(QUICK, epochs=1, **{**sides, **changes})  # type: ignore[arg-type]
        return create_planned_run(workspace, tiny, config, name="f")

    return make


def change_folds(dataset: Dataset, fold: np.ndarray) -> None:
    delete_folds(dataset.folder, "cv")
    write_folds(dataset.folder, "cv", dataset.ids, 1 - fold)


def test_runs_on_every_fold_leave_one_prediction_of_every_sample(
    workspace: Workspace, tiny: Dataset, folded: MakeFolded
) -> None:
    ids: list[str] = []
    for number in range(2):
        run = folded(number)
        train(workspace, run)
        assert predicted_splits(run) == [f"cv.fold-{number}"]
        found = read_predictions(run, f"cv.fold-{number}")
        assert found.ids.tolist() == tiny.ids[tiny.rows(f"cv.fold-{number}")].tolist()
        ids += found.ids.tolist()
    assert sorted(ids) == sorted(tiny.ids)


def test_a_run_whose_folds_have_changed_is_refused(
    workspace: Workspace, tiny: Dataset, fold: np.ndarray, folded: MakeFolded
) -> None:
    run = folded()
    change_folds(tiny, fold)
    with pytest.raises(DatasetError, match="or its folds, have changed since run"):
        train(workspace, run)
    delete_folds(tiny.folder, "cv")
    with pytest.raises(DatasetError, match="has no fold set 'cv'; it has: none yet"):
        train(workspace, run)


def test_a_fold_is_not_predicted_by_a_run_that_learnt_from_other_folds_of_that_name(
    workspace: Workspace, tiny: Dataset, fold: np.ndarray, folded: MakeFolded
) -> None:
    run = folded()
    train(workspace, run)
    predict_dataset(workspace, run, "cv.fold-0")
    change_folds(tiny, fold)
    with pytest.raises(DatasetError, match="or its folds, have changed since run"):
        predict_dataset(workspace, run, "cv.fold-0")
    predict_dataset(workspace, run, "train")


@pytest.mark.parametrize("learnt", ["cv.not-1", "cv.fold-0", "train", "all"])
def test_a_run_is_not_measured_on_what_it_learnt(
    workspace: Workspace, tiny: Dataset, folded: MakeFolded, learnt: str
) -> None:
    shared = len(set(tiny.rows(learnt)) & set(tiny.rows("cv.fold-0")))
    with pytest.raises(DatasetError, match=f"{shared} of the 28 samples of 'cv.fold-0' are also"):
        folded(train_split=learnt)
    assert list_runs(workspace) == []


def test_a_plan_for_all_but_a_fold_is_trained_and_is_stale_once_the_folds_change(
    workspace: Workspace, tiny: Dataset, fold: np.ndarray, folded: MakeFolded
) -> None:
    write_plan(tiny, make_plan(tiny, (), split="cv.not-0", name="mine"))
    train(workspace, folded(plan="mine"))
    change_folds(tiny, fold)
    assert "was made for other labels or splits" in list_plans(tiny)[0].problem
    with pytest.raises(PlanError, match="was made for other labels or splits"):
        folded(plan="mine")
    delete_folds(tiny.folder, "cv")
    assert "was made for other labels or splits" in list_plans(tiny)[0].problem


def test_the_command_line_trains_on_a_fold(workspace: Workspace, fold: np.ndarray) -> None:
    trained = hpa(workspace, "train", "tiny", *QUICK_OPTIONS, "--fold", "cv.fold-1")
    assert trained.returncode == 0, trained.stderr
    (run,) = list_runs(workspace)
    splits = (run.info.settings["train_split"], run.info.settings["validation_split"])
    assert splits == ("cv.not-1", "cv.fold-1")
    assert predicted_splits(run) == ["cv.fold-1"]
    refused = hpa(workspace, "train", "tiny", *QUICK_OPTIONS, "--fold", "cv.not-1")
    assert refused.returncode == 1
    assert "--fold takes a fold of a set, such as cv.fold-3; found 'cv.not-1'" in refused.stderr
