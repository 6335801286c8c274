"""`errors` as a user types it: the atlas's numbers against scikit-learn."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import f1_score, multilabel_confusion_matrix

from hpa_core.runs.scores import import_scores
from hpa_core.workspace import Workspace


def test_the_atlas_is_one_object_whose_numbers_are_scikit_learns(
    hpa, workspace: Workspace, tmp_path: Path, probs: np.ndarray, truth: np.ndarray
) -> None:
    ids = [f"100_{row % 4}_A1_{row}" for row in range(len(truth))]
    targets = [" ".join(map(str, np.flatnonzero(row))) for row in truth]
    np.save(tmp_path / "scores.npy", probs)
    pd.DataFrame({"Id": ids, "Target": targets}).to_csv(tmp_path / "ids.csv", index=False)
    import_scores(workspace, tmp_path / "scores.npy", tmp_path / "ids.csv", name="mine")
    said = json.loads(hpa("errors", "mine", "--thresholds", 0.7, "--limit", 5, "--json").stdout)
    calls = probs > 0.7
    f1 = f1_score(truth, calls, average=None, zero_division=0)
    assert said["macro_f1"] == pytest.approx(f1.mean())
    low, high = said["intervals"]["macro"]
    assert low < said["macro_f1"] < high
    for number, matrix in enumerate(multilabel_confusion_matrix(truth, calls)):
        row = said["per_class"][number]
        assert [row["tp"], row["fp"], row["fn"]] == [matrix[1, 1], matrix[0, 1], matrix[1, 0]]
        assert row["f1"] == pytest.approx(f1[number])
    swapped = np.array(said["missed_false"]["swapped"])
    assert np.array_equal(swapped, (truth & ~calls).T.astype(int) @ (calls & ~truth).astype(int))
    first = said["mistakes"][0]
    row = ids.index(first["id"])
    assert first["kind"] == ("missed" if truth[row, first["class"]] else "false")
    confidence = np.where(calls, (probs - 0.7) / 0.3, (0.7 - probs) / 0.7)
    assert first["confidence"] == pytest.approx(confidence[calls != truth].max(), abs=1e-6)
    sets = said["label_sets"]
    assert sets["right"] + sets["wrong"] == len(truth)
    assert [plate["keys"] for plate in said["plates"]] == ["0", "1", "2", "3"]
    assert sum(plate["wrong"] for plate in said["plates"]) == sets["wrong"]
