"""Jobs as detached processes on this machine, one device slot, first come first served.

A client starts a supervisor (see `supervise`) and forgets it; everything it tells of a job later it
reads from the job's folder and the kernel's process table. Linux and macOS.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from hpa_core.errors import HpaError, JobError
from hpa_core.files import explained_os_errors
from hpa_core.jobs.backend import ENDED, JobStatus, RunSpec
from hpa_core.jobs.environment import job_environment
from hpa_core.jobs.folders import (
    HANDOVER_SECONDS,
    POLL_SECONDS,
    JobFolders,
    claim,
    newest_first,
    unreadable,
)
from hpa_core.jobs.queue import DeviceQueue
from hpa_core.jobs.record import (
    LOG,
    JobRecord,
    read_record,
    settle,
    to_status,
    write_record,
)
from hpa_core.progress import PROGRESS
from hpa_core.workspace import Workspace


class LocalBackend:
    """The `JobBackend` of one machine and one workspace."""

    def __init__(self, workspace: Workspace, *, grace_seconds: float = 30.0) -> None:
        """Look after the jobs of `workspace`.

        Args:
            workspace: where the jobs' folders lie.
            grace_seconds: how long a stopped job may take to end before it is killed.
        """
        self._folders = JobFolders(workspace)
        self._workspace = self._folders.workspace
        self._grace_seconds = grace_seconds
        self._queue = DeviceQueue(workspace.jobs)

    def submit(self, spec: RunSpec) -> str:
        """Start or queue a job (see `JobBackend.submit`)."""
        folder = self._folders.checked(spec)
        with explained_os_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
        lock = claim(folder, spec, settle)
        if lock is not None:
            try:
                self._launch(spec, folder, lock)
            finally:
                os.close(lock)
        return folder.name

    def status(self, job_id: str) -> JobStatus:
        """Tell how a job stands (see `JobBackend.status`)."""
        return self._observe(self._folders.find(job_id))

    def logs(self, job_id: str, offset: int = 0) -> tuple[str, int]:
        """Return what was printed from `offset` on (see `JobBackend.logs`)."""
        return self._folders.logs(job_id, offset)

    def stop(self, job_id: str) -> None:
        """Ask a job to end (see `JobBackend.stop`)."""
        record = _handed_over(self._folders.find(job_id))
        if record.state in ENDED:
            return
        if record.submission:
            raise JobError(
                f"Job {job_id!r} was given to a Ray cluster; set HPA_RAY_ADDRESS to stop it."
            )
        if record.supervisor and record.supervisor.alive():
            with suppress(ProcessLookupError):
                os.kill(record.supervisor.pid, signal.SIGTERM)
        elif record.child and record.child.alive():
            # Nobody is left to wait out a grace time for it.
            with suppress(ProcessLookupError):
                os.killpg(record.child.pid, signal.SIGKILL)

    def list(self) -> list[JobStatus]:
        """Return every job, newest first."""
        return newest_first([self._observe_any(folder) for folder in self._folders.all()])

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
            return unreadable(folder, str(error))


def _handed_over(folder: Path) -> JobRecord:
    """Read the record, waiting out the moment in which the submitter still answers for the job."""
    deadline = time.monotonic() + HANDOVER_SECONDS
    while True:
        record = read_record(folder)
        waits = record.supervisor is None and record.state not in ENDED and not record.submission
        if not waits or not record.submitter.alive() or time.monotonic() > deadline:
            return record
        time.sleep(POLL_SECONDS)


def _place(ahead: int) -> str:
    waiting = {0: "next in line", 1: "1 job waits before it"}
    return f"waits for the device: {waiting.get(ahead, f'{ahead} jobs wait before it')}"
