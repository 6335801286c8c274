"""The trainer's status, and what a reader may believe of it."""

from dataclasses import replace
from pathlib import Path

import pytest

from hpa_core.runs.process import ProcessIdentity
from hpa_core.runs.status import STATUS, RunStatus, observed_status, read_status, write_status

RUNNING = RunStatus(
    state="running", epoch=3, epochs=9, message="epoch 3", **vars(ProcessIdentity.current())
)


def test_a_status_comes_back_as_it_was_written(tmp_path: Path) -> None:
    write_status(tmp_path, RUNNING)
    assert read_status(tmp_path) == RUNNING
    assert observed_status(tmp_path) == RUNNING


def test_a_missing_or_damaged_status_is_none(tmp_path: Path) -> None:
    assert read_status(tmp_path) is None
    for content in ("", "{", "[]", "{}", "3"):
        (tmp_path / STATUS).write_text(content)
        assert read_status(tmp_path) is None
        assert observed_status(tmp_path) is None


def test_running_is_not_believed_of_a_trainer_that_is_gone(tmp_path: Path) -> None:
    gone = replace(RUNNING, start_ticks=1)
    write_status(tmp_path, gone)
    observed = observed_status(tmp_path)
    assert observed.state == "failed"
    assert f"(process {gone.pid}) was killed in epoch 3 of 9" in observed.message


@pytest.mark.parametrize("state", ["finished", "stopped", "failed"])
def test_the_last_word_of_a_trainer_that_is_gone_stands(tmp_path: Path, state: str) -> None:
    ended = replace(RUNNING, state=state, start_ticks=1)
    write_status(tmp_path, ended)
    assert observed_status(tmp_path) == ended


def test_fields_of_a_later_version_are_ignored(tmp_path: Path) -> None:
    (tmp_path / STATUS).write_text('{"state": "finished", "epoch": 4, "mood": "good"}')
    assert read_status(tmp_path) == RunStatus(state="finished", epoch=4)
