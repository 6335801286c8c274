"""FAULTS 33: a job that prints for ever fills no disk, and who reads its log notices nothing."""

import sys
from pathlib import Path

import pytest

from hpa_core.jobs.backend import RunSpec
from hpa_core.jobs.bounded_log import forget_beginning
from hpa_core.jobs.folders import JobFolders
from hpa_core.jobs.record import LOG, JobRecord, write_record
from hpa_core.workspace import Workspace

KEPT = 64 * 1024


@pytest.fixture
def log(tmp_path: Path) -> Path:
    folder = tmp_path / "jobs" / "j"
    folder.mkdir(parents=True)
    spec = RunSpec(argv=("true",), folder=folder, title="j")
    write_record(folder, JobRecord.new(spec, grace_seconds=1))
    return folder / LOG


@pytest.mark.skipif(sys.platform != "linux", reason="holes in files are made on Linux only")
def test_a_log_without_end_takes_bounded_space_and_keeps_its_offsets(
    log: Path, tmp_path: Path
) -> None:
    folders, written, read, offset = JobFolders(Workspace(tmp_path)), "", "", 0
    for start in range(0, 20_000, 1000):
        lines = "".join(f"line {number:06d} of a log\n" for number in range(start, start + 1000))
        with log.open("a") as file:
            file.write(lines)
        forget_beginning(log, kept_bytes=KEPT)
        written += lines
        text, offset = folders.logs("j", offset)
        read += text
    assert read == written, "a reader that keeps up misses nothing"
    assert log.stat().st_size == len(written)
    late, end = folders.logs("j", 0)
    if len(late) == len(written):
        pytest.skip("the file system of the temporary folder knows no holes")
    assert log.stat().st_blocks * 512 <= 2 * KEPT + 4096
    assert (end, late) == (len(written), written[-len(late) :])
    assert KEPT <= len(late) <= 2 * KEPT + 4096, "one that comes late begins where it begins"


def test_a_log_that_is_short_or_not_there_is_left_alone(log: Path) -> None:
    forget_beginning(log)
    assert not log.exists()
    log.write_text("short\n")
    forget_beginning(log, kept_bytes=KEPT)
    assert log.read_text() == "short\n"
