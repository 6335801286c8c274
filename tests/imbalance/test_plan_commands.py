"""`plan` and `plans`, run as a user runs them."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from hpa_core.data.dataset import Dataset
from tests.command import Hpa
from tests.conftest import MakeDataset

ROOT = Path(__file__).parents[2]
Run = Callable[..., subprocess.CompletedProcess[str]]
Status = Callable[..., int]


@pytest.fixture
def tiny(make_dataset: MakeDataset) -> Dataset:
    return make_dataset()


def test_a_plan_is_shown_saved_listed_and_deleted(hpa: Hpa, tiny: Dataset) -> None:
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
    hpa: Hpa, tiny: Dataset, arguments: list[str], sentence: str
) -> None:
    refused = hpa("plan", "tiny", *arguments)
    assert refused.returncode == 1
    assert sentence in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert not refused.stdout
    assert not (tiny.folder / "plans").exists()


def test_a_plan_of_nothing_is_wrong_usage(hpa: Hpa, tiny: Dataset) -> None:
    assert hpa("plan", tiny.info.name).returncode == 2
    assert hpa("plan", tiny.info.name, "--remake", "a", "--preset", "ml-ros").returncode == 2
