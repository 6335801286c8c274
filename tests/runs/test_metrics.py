"""metrics.jsonl under crashes, resumes and readers in between."""

import errno
import json
import os
from pathlib import Path

import pytest

from hpa_core.errors import RunError, WorkspaceError
from hpa_core.runs.metrics import append_metrics, read_metrics, truncate_metrics

EPOCHS = [
    {"epoch": number, "loss/train": 1 / number, "f1/validation": [0.5, 0.25]}
    for number in range(1, 6)
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "metrics.jsonl"
    for record in EPOCHS:
        append_metrics(path, record)
    return path


def test_every_epoch_comes_back_exactly(path: Path) -> None:
    assert read_metrics(path) == EPOCHS
    assert [json.loads(line) for line in path.read_text().splitlines()] == EPOCHS


def test_a_run_without_an_epoch_has_no_metrics(tmp_path: Path) -> None:
    assert read_metrics(tmp_path / "metrics.jsonl") == []


def test_a_line_torn_at_any_byte_is_dropped_and_the_next_append_repairs_it(path: Path) -> None:
    whole = path.read_bytes()
    start = whole.rstrip(b"\n").rfind(b"\n") + 1
    for cut in range(start, len(whole)):
        path.write_bytes(whole[:cut])
        assert read_metrics(path) == EPOCHS[:-1]
        append_metrics(path, EPOCHS[-1])
        assert path.read_bytes() == whole


@pytest.mark.parametrize("epochs", [0, 2, 5, 9])
def test_truncation_keeps_the_first_epochs(path: Path, epochs: int) -> None:
    truncate_metrics(path, epochs)
    assert read_metrics(path) == EPOCHS[:epochs]
    append_metrics(path, EPOCHS[0])
    assert read_metrics(path) == [*EPOCHS[:epochs], EPOCHS[0]]


def test_truncation_of_nothing_is_nothing(tmp_path: Path) -> None:
    truncate_metrics(tmp_path / "metrics.jsonl", 3)
    assert list(tmp_path.iterdir()) == []


def test_a_figure_that_is_no_number_is_never_written(path: Path) -> None:
    before = path.read_bytes()
    for value in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match="not JSON compliant"):
            append_metrics(path, {"loss/train": value})
    assert path.read_bytes() == before


def test_a_damaged_line_in_the_middle_is_told_not_skipped(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'{"epoch": 2', b'{"epoch" 2'))
    with pytest.raises(RunError, match=r"metrics\.jsonl is damaged"):
        read_metrics(path)


def test_a_full_disk_is_one_sentence(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WorkspaceError, match="the disk is full"):
        append_metrics(path, EPOCHS[0])
