"""The commands on data, run as a user runs them."""

import csv
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from hpa_core.data.dataset import open_dataset
from hpa_core.workspace import Workspace
from tests.command import Hpa

ROOT = Path(__file__).parents[2]
Run = Callable[..., subprocess.CompletedProcess[str]]


def test_a_folder_is_imported_counted_split_and_listed(
    write_quartets, tmp_path: Path, hpa: Hpa, workspace: Workspace
) -> None:
    source = write_quartets([f"s{row}" for row in range(56)])
    arguments = ("import", "kaggle", source, "--labels", tmp_path / "labels.csv", "--name", "one")
    first, again = hpa(*arguments), hpa(*arguments)
    assert first.returncode == 0, first.stderr
    assert first.stdout == "Dataset 'one' has 56 samples.\n"
    assert again.stdout.startswith("Dataset 'one' was imported already, with the same content")

    counts = json.loads(hpa("counts", "one", "--json").stdout)
    assert counts["samples"] == counts["labels"] == 56
    assert [row["id"] for row in counts["classes"]] == list(range(28))
    assert {(row["count"], row["share"]) for row in counts["classes"]} == {(2, 2 / 56)}

    split = json.loads(hpa("split", "one", "--folds", "2", "--seed", "3", "--json").stdout)
    assert np.array(split["counts"]).tolist() == [[1] * 28] * 2
    assert (split["name"], split["samples"], split["empty"]) == ("2-folds-seed-3", [28, 28], [])
    assert split["splits"] == ["2-folds-seed-3.fold-0", "2-folds-seed-3.fold-1"]
    with Path(split["file"]).open(newline="") as file:
        folds = {row["Id"]: int(row["Fold"]) for row in csv.DictReader(file)}
    assert folds.keys() == set(open_dataset(workspace, "one").ids.tolist())

    assert hpa("split", "one", "--name", "cv", "--folds", "3").returncode == 0
    listed = json.loads(hpa("folds", "one", "--json").stdout)
    assert [item["name"] for item in listed["folds"]] == ["2-folds-seed-3", "cv"]
    assert listed["folds"][0]["hash"] == split["hash"]
    left = json.loads(hpa("folds", "one", "--delete", "cv", "--json").stdout)
    assert [item["name"] for item in left["folds"]] == ["2-folds-seed-3"]

    (listed,) = json.loads(hpa("datasets", "--json").stdout)["datasets"]
    assert listed["name"] == "one"
    assert listed["image_size"] == 32


def test_the_real_counts_come_out_of_the_command_line(realdata: Path, hpa: Hpa) -> None:
    assert hpa("import", "labels", realdata / "labels" / "train.csv", "--name", "t").returncode == 0
    counts = json.loads(hpa("counts", "t", "--json").stdout)
    assert counts["samples"] == 31072
    assert counts["labels"] == 50782
    assert counts["classes"][27]["count"] == 11
    assert counts["classes"][0]["share"] == pytest.approx(0.2537, abs=1e-4)


def test_what_was_refused_is_told_and_the_rest_imported(tmp_path: Path, hpa: Hpa) -> None:
    table = tmp_path / "labels.csv"
    table.write_text("Id,Target\na,0\nb,28\n")
    told = json.loads(hpa("import", "labels", table, "--name", "one", "--json").stdout)
    assert (told["samples"], told["refused"], told["imported"]) == (1, 1, True)
    again = hpa("import", "labels", table, "--name", "one")
    assert "1 were refused: see" in again.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("counts", "absent"), "There is no dataset 'absent'"),
        (("import", "labels", "absent.csv", "--name", "x"), "absent.csv cannot be read"),
        (("split", "absent", "--folds", "3"), "There is no dataset 'absent'"),
    ],
)
def test_an_error_of_the_user_is_one_line_and_status_one(
    arguments: tuple[str, ...], sentence: str, hpa: Hpa
) -> None:
    done = hpa(*arguments)
    assert done.returncode == 1
    assert done.stdout == ""
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_option_is_status_two(hpa: Hpa) -> None:
    assert hpa("split", "x", "--seed", "-1").returncode == 2
