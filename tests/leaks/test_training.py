"""`train` refuses a dataset whose validation images it would learn from, and says how to go on."""

import logging
from dataclasses import replace

import pytest

from hpa_core.data.dataset import Dataset
from hpa_core.data.duplicates.applying import split_anew
from hpa_core.data.duplicates.known import known_duplicates
from hpa_core.errors import DatasetError
from hpa_core.imbalance.plan_runs import create_planned_run
from hpa_core.runs.folder import list_runs
from hpa_core.runs.training import create_training_run
from hpa_core.training import train
from hpa_core.workspace import Workspace
from tests.command import hpa
from tests.training.conftest import QUICK, one_thread

__all__ = ["one_thread"]


def test_the_train_command_refuses_the_same_image_in_both_splits(
    leaking: Dataset, workspace: Workspace
) -> None:
    refused = hpa(workspace, "train", "tiny", "--device", "cpu")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == (
        "2 of 28 images of split 'validation' are in split 'train' of dataset 'tiny' too "
        "(sample-0030 = sample-0002, sample-0040 = sample-0003), so their scores would be too "
        "high; run `python -m hpa_core duplicates apply tiny --as tiny-split` and train on that.\n"
    )
    assert list_runs(workspace) == []


def test_what_the_refusal_advises_mends_it(leaking: Dataset, workspace: Workspace) -> None:
    mended = split_anew(workspace, known_duplicates(leaking), name="tiny-split")
    config = replace(QUICK, dataset="tiny-split")
    assert create_planned_run(workspace, mended, config, name="t").info.dataset == "tiny-split"


def test_a_run_made_before_is_refused_when_it_starts(
    leaking: Dataset, workspace: Workspace
) -> None:
    run = create_training_run(
        workspace, QUICK, name="t", dataset_hash=leaking.info.hash, synthetic=False
    )
    with pytest.raises(DatasetError, match="2 of 28 images of split 'validation' are in split"):
        train(workspace, run)


def test_near_copies_are_warned_of_and_trained(
    only_near: Dataset, workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    run = create_planned_run(workspace, only_near, replace(QUICK, epochs=1), name="t")
    with caplog.at_level(logging.WARNING, logger="hpa_core"):
        train(workspace, run)
    assert caplog.messages == [
        "1 of 28 validation images has a copy in train: these scores are too high."
    ]
