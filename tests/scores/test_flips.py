"""`flips` as a user types it, against calls compared by hand."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import f1_score


@pytest.fixture
def run_name(hpa, tmp_path: Path, probs: np.ndarray, ids_csv: Path, ids: list[str]) -> str:
    """Scores of one model: validation with truth, test without."""
    np.save(tmp_path / "scores.npy", probs)
    (tmp_path / "bare.csv").write_text("\n".join(["Id", *ids]) + "\n")
    for table, split in ((ids_csv, "validation"), (tmp_path / "bare.csv", "test")):
        source = (tmp_path / "scores.npy", "--ids", table, "--split", split, "--name", "mine")
        assert hpa("import", "scores", *source).returncode == 0
    return "mine"


MOVE = ("--thresholds", "0.4", "--to", "0.6")


def test_a_move_is_told_class_by_class(hpa, run_name, probs, truth) -> None:
    said = json.loads(hpa("flips", run_name, *MOVE, "--json").stdout)
    lost = (probs > 0.4) & (probs <= 0.6)
    columns = {
        "gained": [0] * 28,
        "lost": lost.sum(axis=0).tolist(),
        "found": [0] * 28,
        "cleared": (lost & ~truth).sum(axis=0).tolist(),
        "false": [0] * 28,
        "missed": (lost & truth).sum(axis=0).tolist(),
    }
    assert {key: [row[key] for row in said["per_class"]] for key in columns} == columns
    assert (said["samples"], said["changed"]) == (40, np.count_nonzero(lost.any(axis=1)))
    before, after = (
        f1_score(truth, probs > at, average="macro", zero_division=0) for at in (0.4, 0.6)
    )
    assert said["macro_f1"] == pytest.approx(after - before, abs=1e-12)
    assert f"Macro F1 {after - before:+.5f}" in hpa("flips", run_name, *MOVE).stdout


def test_without_truth_calls_are_gained_and_lost(hpa, run_name, probs) -> None:
    back = ("--thresholds", "0.6", "--to", "0.4", "--split", "test")
    said = json.loads(hpa("flips", run_name, *back, "--json").stdout)
    gained = ((probs > 0.4) & (probs <= 0.6)).sum(axis=0)
    assert [row["gained"] for row in said["per_class"]] == gained.tolist()
    assert (said["truth"], said["macro_f1"]) == (False, None)
    assert set(said["per_class"][0]) == {"id", "name", "gained", "lost"}
    told = hpa("flips", run_name, *back).stdout
    assert f"{gained.sum()} gained, 0 lost" in told
    assert "Split test has no truth" in told


@pytest.mark.parametrize("split", ["validation", "test"])
def test_the_file_lists_every_changed_call(hpa, tmp_path, run_name, probs, ids, split) -> None:
    out = tmp_path / "changes.csv"
    ended = hpa("flips", run_name, *MOVE, "--split", split, "--csv", out)
    assert ended.returncode == 0, ended.stderr
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    lost = np.argwhere((probs > 0.4) & (probs <= 0.6))
    assert sorted((row["Id"], int(row["Class"])) for row in rows) == [
        (ids[row], number) for row, number in lost.tolist()
    ]
    kinds = {"cleared", "missed"} if split == "validation" else {"lost"}
    assert {row["Change"] for row in rows} == kinds


def test_the_fallback_holds_on_both_sides(hpa, run_name, probs) -> None:
    move = ("--thresholds", "1", "--to", "0.99", "--fallback", "top1")
    said = json.loads(hpa("flips", run_name, *move, "--json").stdout)
    more = (probs > 0.99).sum() - (probs > 0.99).any(axis=1).sum()
    assert sum(row["gained"] for row in said["per_class"]) == more


def test_a_file_in_no_folder_is_refused_in_one_sentence(hpa, run_name) -> None:
    ended = hpa("flips", run_name, *MOVE, "--csv", "/no/x.csv")
    assert ended.returncode == 1
    assert ended.stderr.startswith("The changes cannot be written to /no/x.csv")
