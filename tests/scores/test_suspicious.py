"""`suspicious` as a user types it."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from hpa_core.evaluation.suspicious.ranking import NEGLIGIBLE
from hpa_core.runs.scores import import_scores
from hpa_core.workspace import Workspace


def bring_in(workspace: Workspace, folder: Path, probs: np.ndarray, table: dict) -> None:
    np.save(folder / "scores.npy", probs)
    pd.DataFrame(table).to_csv(folder / "ids.csv", index=False)
    import_scores(workspace, folder / "scores.npy", folder / "ids.csv", name="mine")


def test_the_labels_that_scores_contradict_are_listed_with_their_reason(
    hpa, workspace: Workspace, tmp_path: Path, truth: np.ndarray, ids: list[str]
) -> None:
    noise = np.random.default_rng(2).normal(size=truth.shape)
    labels = truth.copy()
    labels[5] = np.eye(28, dtype=bool)[(np.flatnonzero(truth[5])[0] + 1) % 28]
    targets = [" ".join(map(str, np.flatnonzero(row))) for row in labels]
    probs = 1 / (1 + np.exp(-np.where(truth, 3.0, -3.0) - noise))
    bring_in(workspace, tmp_path, probs, {"Id": ids, "Target": targets})
    command = ("suspicious", "mine", "--order", "suspicion", "--limit", 2, "--thresholds", 0.5)
    said = json.loads(hpa(*command, "--json").stdout)
    assert (said["samples"], said["neighbours"], said["learnt"]) == (40, 0, False)
    wrong = labels[5] != truth[5]
    for cell in said["cells"]:
        assert cell["id"] == ids[5]
        assert wrong[cell["class"]]
        assert cell["kind"] == ("surplus" if labels[5, cell["class"]] else "missing")
        assert cell["name"] in cell["reason"]


def test_the_list_ends_where_nothing_speaks_against_a_label(
    hpa, workspace: Workspace, tmp_path: Path, truth: np.ndarray, ids: list[str]
) -> None:
    noise = 2 * np.random.default_rng(2).normal(size=truth.shape)
    probs = 1 / (1 + np.exp(-np.where(truth, 2.0, -2.0) - noise))
    targets = [" ".join(map(str, np.flatnonzero(row))) for row in truth]
    bring_in(workspace, tmp_path, probs, {"Id": ids, "Target": targets})
    cells = json.loads(hpa("suspicious", "mine", "--limit", truth.size, "--json").stdout)["cells"]
    assert 0 < len(cells) < truth.size
    assert min(cell["suspicion"] for cell in cells) >= NEGLIGIBLE
    header, *lines, told = hpa("suspicious", "mine", "--limit", truth.size).stdout.splitlines()
    assert header.split() == ["image", "suspicion", "macro", "F1", "reason"]
    assert [line.split()[0] for line in lines] == [cell["id"] for cell in cells]
    expected = round(sum(cell["suspicion"] for cell in cells))
    assert told.startswith(f"Of the {len(cells)} listed about {expected} ")


def test_right_labels_of_sure_scores_leave_nothing_to_list(
    hpa, workspace: Workspace, tmp_path: Path, truth: np.ndarray, ids: list[str]
) -> None:
    targets = [" ".join(map(str, np.flatnonzero(row))) for row in truth]
    probs = np.where(truth, 0.999, 0.001)
    bring_in(workspace, tmp_path, probs, {"Id": ids, "Target": targets})
    assert hpa("suspicious", "mine").stdout == "Nothing speaks against any label.\n"


def test_scores_without_truth_are_refused_in_one_sentence(
    hpa, workspace: Workspace, tmp_path: Path, probs: np.ndarray, ids: list[str]
) -> None:
    bring_in(workspace, tmp_path, probs, {"Id": ids})
    ended = hpa("suspicious", "mine")
    assert ended.returncode == 1
    assert ended.stderr.startswith("Run 'mine' has no truth for 'validation'")
    assert ended.stderr.count("\n") == 1
