"""`train` and `predict` on the command line, as a person and as a job would call them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from hpa_core.config import TrainConfig
from hpa_core.data.dataset import Dataset
from hpa_core.runs.folder import RunFolder, list_runs
from hpa_core.runs.metrics import METRICS, read_metrics
from hpa_core.runs.predictions import predicted_splits
from hpa_core.runs.status import read_status
from hpa_core.workspace import Workspace
from tests import command

ROOT = Path(__file__).parents[2]
QUICK = ["--epochs", "1", "--image-size", "32", "--batch-size", "8", "--device", "cpu"]


def hpa(workspace: Workspace, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "HPA_WORKSPACE": str(workspace.root), "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, "-m", "hpa_core", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_dataset_is_trained_and_predicted(workspace: Workspace, tiny: Dataset) -> None:
    settings = ["--settings", '{"loss": "weighted-bce", "mixup": 0.5, "seed": 1}', "--seed", "3"]
    trained = hpa(workspace, "train", tiny.info.name, *QUICK, "--name", "first", *settings)
    assert trained.returncode == 0, trained.stderr
    (run,) = list_runs(workspace)
    assert trained.stdout == f"{run.id}\n"
    config = TrainConfig.from_dict(run.info.settings)
    assert (config.model, config.epochs, config.image_size, config.seed) == ("small", 1, 32, 3)
    assert (config.loss, config.mixup) == ("weighted-bce", 0.5)
    assert run.info.dataset_hash == tiny.info.hash
    assert "epoch 1 of 1: loss" in trained.stderr
    assert "epoch 1 of 1: loss" in run.log.read_text()
    assert json.loads((run.path / "weights.json").read_text())["source"] == "random"

    predicted = command.hpa(workspace, "predict", run.id, "--split", "train", "--json")
    assert json.loads(predicted.stdout) == {"run": run.id, "split": "train", "samples": 28}
    assert predicted_splits(run) == ["train", "validation"]


def test_a_run_made_before_is_trained_in_its_own_folder_and_resumed(
    workspace: Workspace, make_run: Callable[..., RunFolder]
) -> None:
    run = make_run(epochs=1)
    assert hpa(workspace, "train", "--run", run.id).returncode == 0
    again = command.hpa(workspace, "train", "--run", run.id)
    assert again.returncode == 1
    assert "was trained before; resume it" in again.stderr
    assert "Traceback" not in again.stderr
    assert command.hpa(workspace, "train", "--resume", run.id).returncode == 0
    status = read_status(run.path)
    assert status is not None
    assert status.state == "finished"
    assert len(read_metrics(run.path / METRICS)) == 1


def test_what_cannot_be_meant_is_one_sentence_and_makes_no_run(
    workspace: Workspace, tiny: Dataset
) -> None:
    for arguments, sentence in (
        (["nowhere"], "There is no dataset 'nowhere'"),
        ([tiny.info.name, "--epochs", "0"], "epochs must lie between 1 and 10000; found 0."),
        ([tiny.info.name, "--preset", "best"], "preset must be one of report-model1"),
        ([tiny.info.name, "--model", "vgg"], "model must be one of small"),
        ([tiny.info.name, "--settings", "mixup"], "The settings are not JSON"),
        (["--run", "nothing"], "There is no run 'nothing'"),
    ):
        done = command.hpa(workspace, "train", *arguments)
        assert done.returncode == 1
        assert sentence in done.stderr
        assert done.stderr.count("\n") == 1
    assert command.hpa(workspace, "train").returncode == 2
    assert list_runs(workspace) == []
