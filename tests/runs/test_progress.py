"""Progress in the terminal and in a job's folder."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hpa_core.progress import (
    JOB_FOLDER_VARIABLE,
    PROGRESS,
    ProgressReport,
    RateMeter,
    quiet,
    read_progress,
    terminal_progress,
)


def test_the_rate_is_that_of_the_recent_past() -> None:
    meter = RateMeter()
    for second in range(100):
        meter.add(
            second * 2 if second < 50 else 98 + (second - 49) * 10, 9999, unit="x", now=second
        )
    assert meter.rate_per_second() == pytest.approx(10)


def test_no_rate_is_told_before_it_is_known() -> None:
    meter = RateMeter()
    assert meter.rate_per_second() is None
    meter.add(5, 10, unit="samples", now=1.0)
    assert meter.rate_per_second() is None
    meter.add(5, 10, unit="samples", now=2.0)
    assert meter.rate_per_second() is None


@pytest.mark.parametrize(("done", "total", "unit"), [(0, 10, "x"), (9, 20, "x"), (9, 10, "y")])
def test_new_work_begins_a_new_measurement(done: int, total: int, unit: str) -> None:
    meter = RateMeter()
    meter.add(1, 10, unit="x", now=0.0)
    meter.add(8, 10, unit="x", now=1.0)
    meter.add(done, total, unit=unit, now=2.0)
    assert meter.rate_per_second() is None
    meter.add(done + 1, total, unit=unit, now=4.0)
    assert meter.rate_per_second() == 0.5


def test_a_job_leaves_its_last_progress_in_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(JOB_FOLDER_VARIABLE, str(tmp_path))
    with terminal_progress() as progress:
        for done in range(1, 51):
            progress(done, 200, unit="samples", note="packing")
    report = read_progress(tmp_path)
    assert (report.done, report.total, report.unit, report.note) == (50, 200, "samples", "packing")
    assert report.rate_per_second > 0
    assert report.seconds_left == pytest.approx(150 / report.rate_per_second)
    assert list(tmp_path.iterdir()) == [tmp_path / PROGRESS]


def test_progress_of_failed_work_is_kept_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(JOB_FOLDER_VARIABLE, str(tmp_path))

    def work():
        with terminal_progress() as progress:
            progress(1, 9, unit="epochs")
            progress(2, 9, unit="epochs")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    assert read_progress(tmp_path).done == 2


def test_the_file_is_written_four_times_a_second_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(JOB_FOLDER_VARIABLE, str(tmp_path))
    seen = set()
    clock = iter(range(10**9))
    monkeypatch.setattr("hpa_core.progress.time.monotonic", lambda: next(clock) / 100)
    with terminal_progress() as progress:
        for done in range(1000):
            progress(done, 2000, unit="samples")
            seen.add((tmp_path / PROGRESS).read_bytes())
    assert 2 < len(seen) <= 1000 / 25 + 1


def test_outside_a_job_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(JOB_FOLDER_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    with terminal_progress() as progress:
        progress(1, 2, unit="samples")
    assert list(tmp_path.iterdir()) == []


def test_progress_goes_to_stderr_so_that_json_on_stdout_stays_whole() -> None:
    code = """
import json
from hpa_core.progress import terminal_progress
with terminal_progress() as progress:
    progress(1, 2, unit="samples")
print(json.dumps({"done": True}))
"""
    ended = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert json.loads(ended.stdout) == {"done": True}
    assert "samples" in ended.stderr


def test_a_missing_or_damaged_report_is_none(tmp_path: Path) -> None:
    assert read_progress(tmp_path) is None
    for content in ("", "[1]", "{}", '{"done": 1'):
        (tmp_path / PROGRESS).write_text(content)
        assert read_progress(tmp_path) is None
    (tmp_path / PROGRESS).write_text('{"done": 1, "total": 2, "unit": "x", "new": 3}')
    assert read_progress(tmp_path) == ProgressReport(done=1, total=2, unit="x")


def test_quiet_takes_what_progress_takes() -> None:
    assert quiet(1, 2, unit="samples", note="none") is None
