"""Jobs as detached processes on this machine, one device slot, first come first served.

A client starts a supervisor (see `supervise`) and forgets it; everything it tells of a job later it
reads from the job's folder and the kernel's process table. Linux and macOS.
"""

import os
import signal
import subprocess
import sys
import time
from codecs import getincrementaldecoder
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from hpa_core.errors import HpaError, JobError
from hpa_core.files import explained_os_errors
from hpa_core.jobs.backend import ENDED, JobStatus, RunSpec
from hpa_core.jobs.environment import job_environment
from hpa_core.jobs.queue import DeviceQueue, try_lock
from hpa_core.jobs.record import (
    LOG,
    RECORD,
    JobRecord,
    read_record,
    settle,
    to_status,
    write_record,
)
from hpa_core.progress import PROGRESS
from hpa_core.workspace import Workspace

LOCK = ".job.lock"
_LOG_BYTES = 1 << 20
_HANDOVER_SECONDS = 15.0
_POLL_SECONDS = 0.02


class LocalBackend:
    """The `JobBackend` of one machine and one workspace."""

    def __init__(self, workspace: Workspace, *, grace_seconds: float = 30.0) -> None:
        """Look after the jobs of `workspace`.

        Args:
            workspace: where the jobs' folders lie.
            grace_seconds: how long a stopped job may take to end before it is killed.
        """
        self._workspace = Workspace(workspace.root.absolute())
        self._grace_seconds = grace_seconds
        self._queue = DeviceQueue(workspace.jobs)

    def submit(self, spec: RunSpec) -> str:
        """Start or queue a job (see `JobBackend.submit`)."""
        folder = self._checked(spec)
        with explained_os_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
        lock = _claim(folder, spec)
        if lock is not None:
            try:
                self._launch(spec, folder, lock)
            finally:
                os.close(lock)
        return folder.name

    def status(self, job_id: str) -> JobStatus:
        """Tell how a job stands (see `JobBackend.status`)."""
        return self._observe(self._folder(job_id))

    def logs(self, job_id: str, offset: int = 0) -> tuple[str, int]:
        """Return what was printed from `offset` on (see `JobBackend.logs`)."""
        path = self._folder(job_id) / LOG
        if not path.exists():
            return "", 0
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            start = min(offset, size) if offset >= 0 else max(0, size + offset)
            file.seek(start)
            content = file.read(_LOG_BYTES)
        decoder = getincrementaldecoder("utf-8")("replace")
        text = decoder.decode(content)
        # A character that is only half written yet is left for the next call.
        return text, start + len(content) - len(decoder.getstate()[0])

    def stop(self, job_id: str) -> None:
        """Ask a job to end (see `JobBackend.stop`)."""
        record = _handed_over(self._folder(job_id))
        if record.state in ENDED:
            return
        if record.supervisor and record.supervisor.alive():
            with suppress(ProcessLookupError):
                os.kill(record.supervisor.pid, signal.SIGTERM)
        elif record.child and record.child.alive():
            # Nobody is left to wait out a grace time for it.
            with suppress(ProcessLookupError):
                os.killpg(record.child.pid, signal.SIGKILL)

    def list(self) -> list[JobStatus]:
        """Return every job, newest first."""
        folders = [
            path.parent
            for root in (self._workspace.runs, self._workspace.jobs)
            for path in root.glob(f"*/{RECORD}")
        ]
        jobs = [self._observe_any(folder) for folder in folders]
        return sorted(jobs, key=lambda job: (job.submitted, job.id), reverse=True)

    def _checked(self, spec: RunSpec) -> Path:
        folder = spec.folder.absolute()
        if folder not in (self._workspace.run(folder.name), self._workspace.job(folder.name)):
            raise JobError(
                f"{folder} is not a run or job of {self._workspace.root}; a job's folder lies "
                "directly in its 'runs' or 'jobs'."
            )
        if spec.processes != 1:
            raise JobError(
                f"{spec.title}: this machine runs 1 process a job, {spec.processes} were asked "
                "for; ask for 1."
            )
        return folder

    def _folder(self, job_id: str) -> Path:
        for folder in (self._workspace.run(job_id), self._workspace.job(job_id)):
            if (folder / RECORD).is_file():
                return folder
        raise JobError(f"There is no job {job_id!r} in {self._workspace.root}; see `jobs list`.")

    def _launch(self, spec: RunSpec, folder: Path, lock: int) -> None:
        ticket, handle = self._queue.draw_ticket() if spec.devices else (0, None)
        handles = [lock] if handle is None else [lock, handle]
        record = JobRecord.new(spec, ticket=ticket, grace_seconds=self._grace_seconds)
        write_record(folder, record)
        # What an earlier start left there must not pass for this one's progress.
        (folder / PROGRESS).unlink(missing_ok=True)
        try:
            self._start_supervisor(spec, folder, handles)
        finally:
            if handle is not None:
                os.close(handle)
        if read_record(folder).supervisor is None:
            message = f"its supervisor could not start; {folder / LOG} says why"
            write_record(folder, replace(record, state="failed", message=message))

    def _start_supervisor(self, spec: RunSpec, folder: Path, handles: Sequence[int]) -> None:
        """Return once the supervisor has taken over, or has failed to."""
        module = [sys.executable, "-m", "hpa_core.jobs.supervise"]
        arguments = [str(folder), str(self._workspace.jobs), *map(str, handles)]
        with explained_os_errors(folder), (folder / LOG).open("ab") as log:
            subprocess.run(  # noqa: S603 - our own module; no shell
                module + arguments,
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=job_environment(self._workspace, folder, devices=spec.devices),
                pass_fds=handles,
            )

    def _observe(self, folder: Path) -> JobStatus:
        record = settle(folder, read_record(folder))
        if record.state == "queued" and record.ticket:
            record = replace(record, message=_place(self._queue.ahead_of(record.ticket)))
        return to_status(folder, record)

    def _observe_any(self, folder: Path) -> JobStatus:
        try:
            return self._observe(folder)
        except HpaError as error:
            return JobStatus(
                id=folder.name,
                state="failed",
                title=folder.name,
                exit_code=None,
                message=str(error),
                submitted="",
                folder=folder,
            )


def _claim(folder: Path, spec: RunSpec) -> int | None:
    """Lock the folder for a new job; None if it runs or waits with the same work already."""
    deadline = time.monotonic() + _HANDOVER_SECONDS
    while (lock := try_lock(folder / LOCK)) is None:
        record = settle(folder, read_record(folder)) if (folder / RECORD).is_file() else None
        if record and record.state in ("queued", "running") and record.argv == tuple(spec.argv):
            return None
        if record and record.state not in ENDED:
            raise JobError(
                f"Job {folder.name!r} is {record.state}; wait until it has ended, or stop it."
            )
        # Its processes are going, or another client is about to write the record.
        if time.monotonic() > deadline:
            raise JobError(f"Job {folder.name!r} has not let go of its folder; try again later.")
        time.sleep(_POLL_SECONDS)
    return lock


def _handed_over(folder: Path) -> JobRecord:
    """Read the record, waiting out the moment in which the submitter still answers for the job."""
    deadline = time.monotonic() + _HANDOVER_SECONDS
    while True:
        record = read_record(folder)
        submitting = record.supervisor is None and record.state not in ENDED
        if not submitting or not record.submitter.alive() or time.monotonic() > deadline:
            return record
        time.sleep(_POLL_SECONDS)


def _place(ahead: int) -> str:
    waiting = {0: "next in line", 1: "1 job waits before it"}
    return f"waits for the device: {waiting.get(ahead, f'{ahead} jobs wait before it')}"
