"""`oversample` as a user types it: its JSON, its file, its refusals, and a stop half-way."""

import json
import os
import signal
import subprocess
import sys
import time

from hpa_core.oversampling.report import read_report, report_path
from hpa_core.progress import JOB_FOLDER_VARIABLE, read_progress
from hpa_core.workspace import Workspace
from tests.command import Hpa
from tests.oversampling.conftest import MakeRun

COMMAND = (sys.executable, "-m", "hpa_core", "oversample", "embedded")
PATIENCE_SECONDS = 60


def environment(workspace: Workspace) -> dict[str, str]:
    return {**os.environ, "HPA_WORKSPACE": str(workspace.root)}


def test_the_command_prints_one_object_and_leaves_the_same_in_the_run(
    hpa: Hpa, make_run: MakeRun
) -> None:
    run = make_run()
    options = ("--folds", "2", "--repeats", "2", "--k", "3", "--json")
    ended = hpa("oversample", "embedded", *options)
    assert ended.returncode == 0, ended.stderr
    said = json.loads(ended.stdout)
    assert said.pop("file") == str(report_path(run, "validation"))
    assert said == json.loads(report_path(run, "validation").read_text())
    assert said["settings"]["k"] == 3
    report = read_report(run, "validation")
    assert report is not None
    assert report.settings.folds == 2


def test_a_split_without_predictions_is_one_sentence_and_status_1(
    hpa: Hpa, make_run: MakeRun
) -> None:
    make_run()
    ended = hpa("oversample", "embedded", "--split", "test")
    assert ended.returncode == 1
    assert ended.stderr.strip() == (
        "Run 'embedded' has no predictions of 'test'; it has: validation."
    )


def test_a_stop_half_way_leaves_no_report_and_no_part_of_one(
    workspace: Workspace, make_run: MakeRun
) -> None:
    run = make_run()
    folder = workspace.job("stopped")
    folder.mkdir()
    process = subprocess.Popen(
        [*COMMAND, "--repeats", "100"],
        env={**environment(workspace), JOB_FOLDER_VARIABLE: str(folder)},
    )
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and not ((seen := read_progress(folder)) and seen.done):
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE_SECONDS) != 0
    assert seen is not None
    assert (seen.unit, seen.total) == ("heads", 2000)
    assert not report_path(run, "validation").parent.exists()
