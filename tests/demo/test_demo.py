"""`python -m hpa_core demo`: everything there after one call, nothing done by the next."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from hpa_core.cli import demo as command
from hpa_core.cli.demo import build_demo
from hpa_core.data.dataset import open_dataset
from hpa_core.errors import CheckpointError, RunError
from hpa_core.evaluation.calls import apply_thresholds
from hpa_core.evaluation.metrics import evaluate
from hpa_core.runs.folder import RunFolder, open_run
from hpa_core.runs.metrics import METRICS, read_metrics
from hpa_core.runs.predictions import predictions_hash, read_predictions
from hpa_core.runs.thresholds import load_thresholds
from hpa_core.workspace import Workspace

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, RunFolder]:
    workspace = Workspace(tmp_path_factory.mktemp("demo")).create()
    return workspace, build_demo(workspace, samples=100)


def run_command(
    workspace: Workspace, *argv: str, program: str = ""
) -> subprocess.CompletedProcess[str]:
    start = ["-c", program] if program else ["-m", "hpa_core"]
    return subprocess.run(
        [sys.executable, *start, *argv],
        env={**os.environ, "HPA_WORKSPACE": str(workspace.root)},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


def test_the_run_is_marked_as_a_demo_of_synthetic_cells(
    built: tuple[Workspace, RunFolder],
) -> None:
    workspace, run = built
    dataset = open_dataset(workspace, "demo")
    assert (run.info.kind, run.info.synthetic) == ("demo", True)
    assert run.info.dataset_hash == dataset.info.hash
    assert dataset.info.synthetic


def test_every_split_has_predictions_with_embeddings_and_the_labels_in_force(
    built: tuple[Workspace, RunFolder],
) -> None:
    workspace, run = built
    dataset = open_dataset(workspace, "demo")
    assert dataset.splits == ["train", "validation", "shifted"]
    for split in dataset.splits:
        found = read_predictions(run, split)
        rows = dataset.rows(split)
        assert found.ids.tolist() == dataset.ids[rows].tolist()
        assert found.targets is not None
        assert np.array_equal(found.targets, dataset.targets[rows])
        assert found.embeddings is not None
        assert len(found.embeddings) == len(rows)


def test_the_shipped_network_has_learnt_the_patterns(
    built: tuple[Workspace, RunFolder],
) -> None:
    """Of 1.6 labels among 28 a guesser finds one in seventeen; the network finds most."""
    _, run = built
    found = read_predictions(run, "train")
    assert found.targets is not None
    highest = found.probs.argmax(axis=1)
    assert found.targets[np.arange(len(highest)), highest].mean() > 0.8


def test_the_set_that_comes_along_is_the_optimum_of_each_class(
    built: tuple[Workspace, RunFolder],
) -> None:
    _, run = built
    exact = load_thresholds(run, "exact-on-validation")
    chosen_on = ("demo", "validation", predictions_hash(run, "validation"))
    assert (exact.run, exact.split, exact.data_hash) == chosen_on
    found = read_predictions(run, "validation")
    assert found.targets is not None
    scores = [
        evaluate(found.targets, apply_thresholds(found.probs, thresholds)).macro_f1
        for thresholds in (0.15, 0.5, np.array(exact.thresholds))
    ]
    assert scores[2] > max(scores[:2])


def test_the_history_of_the_training_comes_with_it(built: tuple[Workspace, RunFolder]) -> None:
    _, run = built
    history = read_metrics(run.path / METRICS)
    assert len(history) == run.info.settings["epochs"]
    assert history[-1]["f1_macro/validation"] > history[0]["f1_macro/validation"]


def test_a_finished_demo_is_left_alone_without_importing_torch(
    built: tuple[Workspace, RunFolder],
) -> None:
    workspace, _ = built
    files = sorted(path for path in workspace.root.rglob("*") if path.is_file())
    before = {path: path.stat().st_mtime_ns for path in files}
    program = (
        "import sys; from hpa_core.cli.app import main; sys.argv[1:] = ['demo']\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code, end\n"
        "assert 'torch' not in sys.modules"
    )
    result = run_command(workspace, program=program)
    assert result.returncode == 0, result.stderr
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_what_is_missing_is_made_again(built: tuple[Workspace, RunFolder]) -> None:
    workspace, run = built
    path = run.predictions / "shifted.npz"
    content = path.read_bytes()
    path.unlink()
    assert run_command(workspace, "demo").returncode == 0
    assert path.read_bytes() == content


def test_if_empty_leaves_a_workspace_with_other_data_alone(
    workspace: Workspace, make_dataset: object
) -> None:
    assert callable(make_dataset)
    make_dataset("own")
    assert run_command(workspace, "demo", "--if-empty").returncode == 0
    assert sorted(path.name for path in workspace.datasets.iterdir()) == ["own"]


def test_a_run_of_another_version_of_the_data_is_refused(
    built: tuple[Workspace, RunFolder],
) -> None:
    workspace, run = built
    config = run.path / "config.json"
    content = config.read_bytes()
    values = json.loads(content)
    config.write_text(json.dumps({**values, "dataset_hash": "0" * 64}))
    try:
        with pytest.raises(RunError, match="another version of dataset 'demo'"):
            build_demo(workspace)
    finally:
        config.write_bytes(content)
    assert open_run(workspace, "demo").info == run.info


def test_a_missing_checkpoint_is_told_in_one_sentence(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "SHIPPED", tmp_path)
    with pytest.raises(CheckpointError, match="restore it with git"):
        build_demo(workspace, samples=10)
