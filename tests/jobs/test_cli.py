"""`python -m hpa_core jobs ...` as a user types it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hpa_core.workspace import Workspace
from tests.command import Hpa


def submit(hpa: Hpa, *argv: str) -> str:
    ended = hpa("jobs", "submit", "--json", "--", *argv)
    assert ended.returncode == 0, ended.stderr
    job: str = json.loads(ended.stdout)["id"]
    return job


def test_a_program_is_submitted_followed_and_listed(hpa: Hpa, workspace: Workspace) -> None:
    job = submit(hpa, sys.executable, "-c", "print('a [bold] word')")
    followed = subprocess.run(
        [sys.executable, "-m", "hpa_core", "jobs", "logs", job, "--follow"],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "HPA_WORKSPACE": str(workspace.root)},
    )
    assert followed.stdout == "a [bold] word\n"
    listed = json.loads(hpa("jobs", "list", "--json").stdout)["jobs"]
    assert [(entry["id"], entry["state"], entry["exit_code"]) for entry in listed] == [
        (job, "finished", 0)
    ]
    assert job in hpa("jobs", "list").stdout


def test_a_command_of_this_program_is_submitted_by_its_name(hpa: Hpa, workspace: Workspace) -> None:
    """In a process of its own, which has imported no command but `jobs`."""
    submitted = subprocess.run(
        [sys.executable, "-m", "hpa_core", "jobs", "submit", "--json", "--", "datasets", "--json"],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "HPA_WORKSPACE": str(workspace.root)},
    )
    job = json.loads(submitted.stdout)["id"]
    assert json.loads(hpa("jobs", "logs", job, "--follow").stdout) == {"datasets": []}


def test_options_behind_the_program_belong_to_it(hpa: Hpa) -> None:
    job = submit(hpa, sys.executable, "-c", "import sys; print(sys.argv[1:])", "--json", "--name")
    assert hpa("jobs", "logs", job, "--follow").stdout == "['--json', '--name']\n"


def test_a_running_job_is_stopped(hpa: Hpa) -> None:
    job = submit(hpa, sys.executable, "-c", "import time; time.sleep(600)")
    assert json.loads(hpa("jobs", "stop", job, "--json").stdout)["id"] == job
    hpa("jobs", "logs", job, "--follow")
    listed = json.loads(hpa("jobs", "list", "--json").stdout)["jobs"]
    assert [entry["state"] for entry in listed] == ["stopped"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("logs", "nothing"), "There is no job 'nothing'"),
        (("stop", "nothing"), "There is no job 'nothing'"),
        (("submit", "train", "--resume", "nothing"), "There is no run 'nothing'"),
        (("logs", "../x"), "cannot be the name of a run"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_status_1(
    hpa: Hpa, arguments: tuple[str, ...], sentence: str
) -> None:
    ended = hpa("jobs", *arguments)
    assert ended.returncode == 1
    assert sentence in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert ended.stdout == ""


def test_a_job_that_failed_is_tried_once_more_in_its_folder_and_one_that_finished_is_not(
    hpa: Hpa, tmp_path: Path
) -> None:
    there = tmp_path / "there"
    job = submit(hpa, sys.executable, "-c", f"open({str(there)!r}); print('read')")
    assert "FileNotFoundError" in hpa("jobs", "logs", job, "--follow").stdout
    there.touch()
    assert json.loads(hpa("jobs", "retry", job, "--json").stdout)["id"] == job
    assert hpa("jobs", "logs", job, "--follow").stdout.endswith("read\n")
    ended = hpa("jobs", "retry", job)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "has finished; there is nothing to do once more" in ended.stderr
