"""The folders in which the jobs of a workspace lie, whatever runs them."""

import os
import time
from codecs import getincrementaldecoder
from collections.abc import Callable
from pathlib import Path

from hpa_core.errors import JobError
from hpa_core.jobs.backend import ENDED, JobStatus, RunSpec
from hpa_core.jobs.bounded_log import first_kept
from hpa_core.jobs.queue import try_lock
from hpa_core.jobs.record import LOG, RECORD, JobRecord, read_record
from hpa_core.workspace import Workspace

LOCK = ".job.lock"
"""Held by whoever may write the job's record: a client for moments, then the job's supervisor."""

HANDOVER_SECONDS = 15.0
POLL_SECONDS = 0.02
_LOG_BYTES = 1 << 20


class JobFolders:
    """Finds the folders of jobs in a workspace and reads their logs."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = Workspace(workspace.root.absolute())

    def checked(self, spec: RunSpec) -> Path:
        """Return the folder of a job to be.

        Raises:
            JobError: it is not one of the workspace.
        """
        folder = spec.folder.absolute()
        if folder not in (self.workspace.run(folder.name), self.workspace.job(folder.name)):
            raise JobError(
                f"{folder} is not a run or job of {self.workspace.root}; a job's folder lies "
                "directly in its 'runs' or 'jobs'."
            )
        return folder

    def find(self, job_id: str) -> Path:
        """Return the folder of a job.

        Raises:
            JobError: there is no such job.
        """
        for folder in (self.workspace.run(job_id), self.workspace.job(job_id)):
            if (folder / RECORD).is_file():
                return folder
        raise JobError(f"There is no job {job_id!r} in {self.workspace.root}; see `jobs list`.")

    def all(self) -> list[Path]:
        """Return the folder of every job, in no order."""
        roots = (self.workspace.runs, self.workspace.jobs)
        return [path.parent for root in roots for path in root.glob(f"*/{RECORD}")]

    def logs(self, job_id: str, offset: int = 0) -> tuple[str, int]:
        """Return what was printed from `offset` on (see `JobBackend.logs`)."""
        path = self.find(job_id) / LOG
        if not path.exists():
            return "", 0
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            start = min(offset, size) if offset >= 0 else max(0, size + offset)
            start = first_kept(file, start)
            file.seek(start)
            content = file.read(_LOG_BYTES)
        decoder = getincrementaldecoder("utf-8")("replace")
        text = decoder.decode(content)
        # A character that is only half written yet is left for the next call.
        return text, start + len(content) - len(decoder.getstate()[0])


def claim(
    folder: Path, spec: RunSpec, settled: Callable[[Path, JobRecord], JobRecord]
) -> int | None:
    """Lock the folder for a new job; None if it runs or waits with the same work already.

    Args:
        folder: the job's.
        spec: the work.
        settled: corrects a record that nobody stands by any more.

    Raises:
        JobError: it is busy with other work.
    """
    deadline = time.monotonic() + HANDOVER_SECONDS
    while (lock := try_lock(folder / LOCK)) is None:
        if is_same_work(folder, spec, settled):
            return None
        # Its processes are going, or another client is about to write the record.
        if time.monotonic() > deadline:
            raise JobError(f"Job {folder.name!r} has not let go of its folder; try again later.")
        time.sleep(POLL_SECONDS)
    return lock


def is_same_work(
    folder: Path, spec: RunSpec, settled: Callable[[Path, JobRecord], JobRecord]
) -> bool:
    """Return whether the folder's job waits or runs and is what `spec` asks for.

    Raises:
        JobError: it has not ended and is something else, or is being stopped.
    """
    record = settled(folder, read_record(folder)) if (folder / RECORD).is_file() else None
    if record is None or record.state in ENDED:
        return False
    if record.state == "stopping" or record.argv != tuple(spec.argv):
        raise JobError(
            f"Job {folder.name!r} is {record.state}; wait until it has ended, or stop it."
        )
    return True


def newest_first(jobs: list[JobStatus]) -> list[JobStatus]:
    """Sort jobs by the time of their submission."""
    return sorted(jobs, key=lambda job: (job.submitted, job.id), reverse=True)


def unreadable(folder: Path, reason: str) -> JobStatus:
    """Return what a client is told of a job whose record cannot be read."""
    return JobStatus(
        id=folder.name,
        state="failed",
        title=folder.name,
        exit_code=None,
        message=reason,
        submitted="",
        folder=folder,
    )
