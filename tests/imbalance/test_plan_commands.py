"""`plan` and `plans`, run as a user runs them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hpa_core.cli.app import main
from hpa_core.data.dataset import Dataset
from hpa_core.workspace import Workspace
from tests.conftest import MakeDataset

ROOT = Path(__file__).parents[2]
Run = Callable[..., subprocess.CompletedProcess[str]]
Status = Callable[..., int]


@pytest.fixture
def tiny(make_dataset: MakeDataset) -> Dataset:
    return make_dataset()


@pytest.fixture
def hpa(workspace: Workspace) -> Run:
    def command(*arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "hpa_core", *map(str, arguments)],
            cwd=ROOT,
            env={**os.environ, "HPA_WORKSPACE": str(workspace.root)},
            capture_output=True,
            text=True,
            check=False,
        )

    return command


@pytest.fixture
def status(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Status:
    """Return a function that runs a command in this process, which is quicker, to its end."""

    def ended(*arguments: str) -> int:
        monkeypatch.setenv("HPA_WORKSPACE", str(workspace.root))
        monkeypatch.setattr(sys, "argv", ["hpa_core", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        return int(end.value.code or 0)

    return ended


def test_a_plan_is_shown_saved_listed_and_deleted(hpa: Run, tiny: Dataset) -> None:
    steps = ("--step", "copy-classes factors=3:4,5:2", "--step", '{"step": "ml-ros"}')
    made = json.loads(hpa("plan", "tiny", *steps, "--name", "mine", "--json").stdout)
    rows = tiny.rows("train")
    assert made["before"] == tiny.targets[rows].sum(axis=0).tolist()
    assert made["rows"] == len(rows)
    factors = {"3": 4.0, "5": 2.0}
    assert made["steps"][0] == {"step": "copy-classes", "factors": factors}
    stored = json.loads((tiny.folder / "plans" / "mine.json").read_bytes())
    assert made["samples"] == sum(stored["copies"])
    assert made["hash"] == stored["hash"]
    drawn = tiny.targets[rows].T @ stored["copies"]
    assert made["after"] == drawn.tolist()

    listed = json.loads(hpa("plans", "tiny", "--json").stdout)
    assert [(item["name"], item["problem"]) for item in listed["plans"]] == [("mine", "")]
    again = json.loads(hpa("plan", "tiny", "--remake", "mine", "--json").stdout)
    assert again["hash"] == made["hash"]
    table = hpa("plan", "tiny", "--preset", "repeat-factor")
    assert "split train, seed 0: an epoch shows" in " ".join(table.stdout.split())
    assert json.loads(hpa("plans", "tiny", "--delete", "mine", "--json").stdout)["plans"] == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--preset", "best"], "preset must be one of report-copy"),
        (["--step", "smote"], "Step 1: step must be one of copy-classes"),
        (["--step", "copy-classes factors=8:x"], "factors of class 8 must be a finite number"),
        (["--step", "{"], "Step 1 must be an object with the key 'step'"),
        (["--preset", "ml-ros", "--split", "nowhere"], "has no split 'nowhere'"),
        (["--preset", "ml-ros", "--name", "../x"], "cannot be the name of a plan"),
        (["--remake", "gone"], "has no plan 'gone'; it has: none yet"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(
    status: Status,
    tiny: Dataset,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    sentence: str,
) -> None:
    assert status("plan", "tiny", *arguments) == 1
    printed = capsys.readouterr()
    assert sentence in printed.err
    assert printed.err.count("\n") == 1
    assert not printed.out
    assert not (tiny.folder / "plans").exists()


def test_a_plan_of_nothing_is_wrong_usage(status: Status, tiny: Dataset) -> None:
    assert status("plan", tiny.info.name) == 2
    assert status("plan", tiny.info.name, "--remake", "a", "--preset", "ml-ros") == 2
