"""`select` and `selections` as a user types them."""

import csv
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from hpa_core.cli.app import main
from hpa_core.data.dataset import Dataset
from hpa_core.runs.folder import RunInfo, create_run, open_run
from hpa_core.runs.predictions import Predictions, read_predictions, write_predictions
from hpa_core.workspace import Workspace
from tests.conftest import MakeDataset
from tests.scored import score_dataset

Say = Callable[..., str]


@pytest.fixture
def tiny(make_dataset: MakeDataset, workspace: Workspace) -> Dataset:
    made = make_dataset(samples=140)
    score_dataset(workspace, made)
    return made


@pytest.fixture
def hpa(workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capfd: Any) -> Say:
    """Return a function that runs a command and gives what it printed, an error's sentence too."""

    def command(*arguments: object, status: int = 0) -> str:
        monkeypatch.setenv("HPA_WORKSPACE", str(workspace.root))
        monkeypatch.setattr(sys, "argv", ["hpa_core", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        printed = capfd.readouterr()
        assert int(end.value.code or 0) == status, printed.err
        return str(printed.err if status else printed.out)

    return command


def test_a_run_and_its_dataset_give_what_the_filter_names(hpa: Say, tiny: Dataset) -> None:
    said = json.loads(hpa("select", "scored", "--filter", "wrong", "--json"))
    assert (said["samples"], said["selected"]) == (70, 2)
    assert [row["id"] for row in said["rows"]] == ["sample-0070", "sample-0071"]
    assert said["rows"][0] == {
        "id": "sample-0070",
        "split": "validation",
        "source": "test",
        "target": " ".join(map(str, np.flatnonzero(tiny.targets[70]))),
        "predicted": "",
    }
    low = ("--filter", "missed", "--thresholds", "0.15")
    assert json.loads(hpa("select", "scored", *low, "--json"))["selected"] == 0
    said = json.loads(hpa("select", "tiny", "--filter", "true:Golgi split:train", "--json"))
    expected = np.flatnonzero(tiny.targets[:70, 7])
    assert [row["id"] for row in said["rows"]] == tiny.ids[expected].tolist()


def test_the_samples_are_written_as_a_table(hpa: Say, tiny: Dataset, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    assert "Wrote 70 of 140 samples" in hpa(
        "select", "tiny", "--filter", "split:train", "--csv", out
    )
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["Id"] for row in rows] == tiny.ids[:70].tolist()
    assert [row["Target"].split() for row in rows] == [
        [str(each) for each in np.flatnonzero(row)] for row in tiny.targets[:70]
    ]
    nowhere = tmp_path / "nowhere" / "out.csv"
    assert "make the folder first" in hpa("select", "tiny", "--csv", nowhere, status=1)


def test_the_table_of_a_run_names_it_and_has_its_scores(
    hpa: Say, tiny: Dataset, workspace: Workspace, tmp_path: Path
) -> None:
    out = tmp_path / "out.csv"
    hpa("select", "scored", "--filter", "wrong", "--thresholds", "fixed-0.15", "--csv", out)
    (row,) = pd.read_csv(out, dtype={"Predicted": str}).to_dict("records")
    assert [row[name] for name in ("Id", "Run", "ScoreSplit", "Thresholds")] == [
        "sample-0071",
        "scored",
        "validation",
        "fixed-0.15",
    ]
    predictions = read_predictions(open_run(workspace, "scored"), "validation")
    scores = np.array([row[f"score_{number}"] for number in range(28)], dtype=np.float32)
    np.testing.assert_array_equal(scores, predictions.probs[1])
    hpa("select", "tiny", "--csv", out)
    assert list(pd.read_csv(out, nrows=1)) == ["Id", "Split", "Source", "Target"]


def test_a_selection_is_saved_used_listed_and_deleted(hpa: Say, tiny: Dataset) -> None:
    hpa("select", "scored", "--filter", "wrong", "--save", "faults")
    said = json.loads(hpa("select", "scored", "--filter", "saved:faults false", "--json"))
    assert [row["id"] for row in said["rows"]] == ["sample-0071"]
    again = ("select", "scored", "--filter", "right", "--save", "faults")
    assert "has a selection 'faults' already; choose another name" in hpa(*again, status=1)
    hpa(*again, "--replace")
    assert "68 of 70" in hpa("select", "scored", "--filter", "saved:faults")
    hpa("select", "scored", "--filter", "wrong", "--save", "faults", "--replace")
    listed = json.loads(hpa("selections", "tiny", "--json"))["selections"]
    assert [(each["name"], each["filter"]) for each in listed] == [("faults", "wrong")]
    hpa("selections", "tiny", "--rename", "faults", "mistakes")
    assert "2 of 70" in hpa("select", "scored", "--filter", "saved:mistakes")
    gone = ("selections", "tiny", "--delete", "mistakes", "--json")
    assert json.loads(hpa(*gone))["selections"] == []
    assert "no selection 'faults'" in hpa("select", "tiny", "--filter", "saved:faults", status=1)


def test_scores_of_no_dataset_are_filtered_with_their_own_truth(
    hpa: Say, workspace: Workspace
) -> None:
    run = create_run(workspace, RunInfo(id="outside", kind="scores"))
    ids, probs = np.array(["=1+1", "b"]), np.eye(2, 28, dtype=np.float32)
    truth = probs[::-1] > 0
    write_predictions(run, "validation", Predictions(ids=ids, probs=probs, targets=truth))
    said = json.loads(hpa("select", "outside", "--filter", "missed:0", "--json"))
    assert [row["id"] for row in said["rows"]] == ["b"]
    assert "this run has none" in hpa("select", "outside", "--save", "x", status=1)
    assert "position 1" in hpa("select", "outside", "--filter", "mist", status=1)
    assert "samples have none" in hpa("select", "outside", "--filter", "saved:x", status=1)


def test_no_cell_of_the_table_can_begin_a_formula(
    hpa: Say, workspace: Workspace, tmp_path: Path
) -> None:
    run = create_run(workspace, RunInfo(id="outside", kind="scores"))
    predictions = Predictions(ids=np.array(["=1+1"]), probs=np.zeros((1, 28), np.float32))
    write_predictions(run, "validation", predictions)
    hpa("select", "outside", "--csv", tmp_path / "out.csv")
    assert "\n'=1+1," in (tmp_path / "out.csv").read_text()
