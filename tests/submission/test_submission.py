"""The submission writer, against the files that were handed in to Kaggle."""

import json
from pathlib import Path

import numpy as np
import pytest

from hpa_core.classes import N_CLASSES
from hpa_core.data.submission import ordered_like, write_submission
from hpa_core.errors import LabelTableError, WorkspaceError
from hpa_core.evaluation.calls import apply_thresholds
from hpa_core.targets import read_id_table


def calls_of(*rows: list[int]) -> np.ndarray:
    calls = np.zeros((len(rows), N_CLASSES), dtype=bool)
    for row, class_ids in enumerate(rows):
        calls[row, class_ids] = True
    return calls


@pytest.mark.parametrize("name", ["final_submission", "inceptionv3_650"])
def test_both_real_submissions_are_reproduced_byte_for_byte(
    realdata: Path, tmp_path: Path, name: str
) -> None:
    folder = realdata / "submission"
    thresholds = np.array(json.loads((folder / "thresholds.json").read_text())["thresholds"])
    ids, _ = read_id_table(realdata / "labels" / "sample_submission.csv")
    probs = np.load(folder / f"{name}_score.npy")
    write_submission(
        tmp_path / "ours.csv", ids, apply_thresholds(probs, thresholds, fallback="top1")
    )
    assert (tmp_path / "ours.csv").read_bytes() == (folder / f"{name}_multhr.csv").read_bytes()


def test_class_ids_stand_ascending_and_every_line_ends_in_a_line_feed(tmp_path: Path) -> None:
    write_submission(tmp_path / "out.csv", ["b", "a"], calls_of([25, 2, 10], [0]))
    assert (tmp_path / "out.csv").read_bytes() == b"Id,Predicted\nb,2 10 25\na,0\n"


def test_a_sample_without_a_call_keeps_its_row(tmp_path: Path) -> None:
    write_submission(tmp_path / "out.csv", ["a"], calls_of([]))
    assert (tmp_path / "out.csv").read_bytes() == b"Id,Predicted\na,\n"


@pytest.mark.parametrize(
    "bad",
    ["=cmd|'/c calc'!A0", "+1", "-1", "@SUM(A1)", "\ta", "\ra", "a,b", "../a", "", "a\n", "é"],
)
def test_an_id_that_a_spreadsheet_could_run_or_a_path_is_refused(tmp_path: Path, bad: str) -> None:
    with pytest.raises(LabelTableError, match="cannot be an id"):
        write_submission(tmp_path / "out.csv", ["a", bad], calls_of([0], [1]))
    assert list(tmp_path.iterdir()) == []


def test_an_id_that_comes_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LabelTableError, match="comes twice"):
        write_submission(tmp_path / "out.csv", ["a", "a"], calls_of([0], [1]))


def test_fewer_calls_than_ids_are_our_bug_and_leave_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "out.csv").write_text("old")
    with pytest.raises(ValueError, match="zip"):
        write_submission(tmp_path / "out.csv", ["a", "b"], calls_of([0]))
    assert (tmp_path / "out.csv").read_text() == "old"


@pytest.mark.parametrize(
    ("place", "sentence"),
    [("missing/out.csv", "make the folder first"), (".", "which is a folder; name a file")],
)
def test_a_place_that_cannot_hold_the_file_is_refused(
    tmp_path: Path, place: str, sentence: str
) -> None:
    with pytest.raises(WorkspaceError, match=sentence):
        write_submission(tmp_path / place, ["a"], calls_of([0]))


def test_rows_are_brought_into_the_order_of_a_sample_submission(tmp_path: Path) -> None:
    sample = tmp_path / "sample.csv"
    sample.write_text("Id,Predicted\nc,0\na,0\nb,0\n")
    wanted, _ = read_id_table(sample)
    ids, calls = ordered_like(wanted, ["a", "b", "c"], calls_of([1], [2], [3]), name="sample.csv")
    assert ids == ["c", "a", "b"]
    assert calls.argmax(axis=1).tolist() == [3, 1, 2]


LACKS = "sample.csv lacks 1 of the samples predicted ('b')"


@pytest.mark.parametrize(
    ("rows", "faults"),
    [
        ("a,0\n", LACKS),
        ("a,0\nb,0\nc,0\nd,0\n", "sample.csv names 2 without a prediction ('c', ...)"),
        ("a,0\nc,0\n", f"{LACKS} and sample.csv names 1 without a prediction ('c')"),
    ],
)
def test_a_sample_submission_of_other_samples_is_refused(
    tmp_path: Path, rows: str, faults: str
) -> None:
    sample = tmp_path / "sample.csv"
    sample.write_text("Id,Predicted\n" + rows)
    with pytest.raises(LabelTableError) as refused:
        ordered_like(read_id_table(sample)[0], ["a", "b"], calls_of([1], [2]), name="sample.csv")
    assert str(refused.value) == f"{faults}; both must have the same samples."
