"""Jobs on a Ray cluster: the same argument list in the same folder, in Ray's queue and placement.

Every machine of the cluster sees the workspace and this program under the same path, and the shared
file system carries locks between machines (NFS version 4 does). A device slot is a GPU as Ray
counts them; start a machine without one with `--num-gpus 1` to give it one slot.

Ray starts `hpa_core.jobs.entrypoint`, which looks after the job as the local supervisor does and
records its end, so the folder tells a client what became of a job; Ray is asked about those alone
that have not ended.
"""

import os
import shlex
import sys
import time
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from hpa_core.errors import HpaError, JobError
from hpa_core.files import explained_os_errors
from hpa_core.jobs.backend import ENDED, JobStatus, RunSpec
from hpa_core.jobs.endings import one_line
from hpa_core.jobs.environment import PACKAGE_ROOT
from hpa_core.jobs.folders import (
    HANDOVER_SECONDS,
    LOCK,
    POLL_SECONDS,
    JobFolders,
    claim,
    is_same_work,
    newest_first,
    unreadable,
)
from hpa_core.jobs.queue import try_lock
from hpa_core.jobs.ray_head import HeadUnreachableError, RayHead, Word
from hpa_core.jobs.record import (
    RECORD,
    STOPPED_EARLY,
    JobRecord,
    read_record,
    settle,
    to_status,
    with_progress,
    write_record,
)
from hpa_core.jobs.stopping import ask_to_stop, stop_asked
from hpa_core.progress import PROGRESS
from hpa_core.workspace import ENVIRONMENT_VARIABLE, Workspace


class RayBackend:
    """The `JobBackend` of one Ray cluster and one workspace."""

    def __init__(self, workspace: Workspace, address: str, *, grace_seconds: float = 30.0) -> None:
        """Give the jobs of `workspace` to the cluster whose dashboard is at `address`."""
        self._folders = JobFolders(workspace)
        self._head = RayHead(address)
        self._grace_seconds = grace_seconds

    def submit(self, spec: RunSpec) -> str:
        """Start or queue a job (see `JobBackend.submit`)."""
        folder = self._folders.checked(spec)
        with explained_os_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
        lock = claim(folder, spec, self._settled)
        if lock is not None:
            try:
                # A job that waits in Ray's queue has no process yet to hold the lock.
                if not is_same_work(folder, spec, self._asked):
                    self._launch(spec, folder)
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
        """Ask a job to end (see `JobBackend.stop`); the head need not answer."""
        folder = self._folders.find(job_id)
        record = read_record(folder)
        if not record.submission and record.state not in ENDED:
            raise JobError(f"Job {job_id!r} runs without Ray; unset HPA_RAY_ADDRESS to stop it.")
        if record.state in ENDED:
            return
        ask_to_stop(folder, record.submission)
        deadline = time.monotonic() + HANDOVER_SECONDS
        while record.state == "queued" and time.monotonic() < deadline:
            if (lock := try_lock(folder / LOCK)) is not None:
                _leave_queue(folder)
                os.close(lock)
            else:
                time.sleep(POLL_SECONDS)
            record = read_record(folder)

    def list(self) -> list[JobStatus]:
        """Return every job, newest first."""
        return newest_first([self._observe_any(folder) for folder in self._folders.all()])

    def _launch(self, spec: RunSpec, folder: Path) -> None:
        submission = f"{folder.name}-{uuid4().hex[:12]}"
        record = JobRecord.new(spec, grace_seconds=self._grace_seconds, submission=submission)
        before = read_record(folder) if (folder / RECORD).is_file() else None
        write_record(folder, record)
        (folder / PROGRESS).unlink(missing_ok=True)
        command = [sys.executable, "-m", "hpa_core.jobs.entrypoint"]
        try:
            self._head.submit(
                submission,
                shlex.join([*command, str(folder), submission, str(Path.cwd())]),
                environment=self._environment(),
                gpus=spec.devices * spec.processes,
            )
        except HeadUnreachableError as error:
            failed = replace(record, state="failed", message=str(error))
            write_record(folder, before or failed)
            raise

    def _environment(self) -> dict[str, str]:
        """Return what the entrypoint needs; Ray shows it to everyone who may see the cluster."""
        return {
            "PYTHONPATH": PACKAGE_ROOT,
            ENVIRONMENT_VARIABLE: str(self._folders.workspace.root),
            # `ray job stop` then gives the job as long as a stop of ours.
            "RAY_JOB_STOP_WAIT_TIME_S": str(int(self._grace_seconds) + 10),
        }

    def _observe(self, folder: Path) -> JobStatus:
        return to_status(folder, self._settled(folder, read_record(folder)))

    def _observe_any(self, folder: Path) -> JobStatus:
        try:
            return self._observe(folder)
        except HpaError as error:
            return unreadable(folder, str(error))

    def _settled(self, folder: Path, record: JobRecord) -> JobRecord:
        """Return the record as it must be read now; a lost job is not believed to run."""
        if record.state in ENDED or not record.submission:
            return settle(folder, record)
        # Not held while Ray is asked, which may take its time: the entrypoint wants it too.
        if (lock := try_lock(folder / LOCK)) is None:
            return _held(folder, read_record(folder))
        os.close(lock)
        return self._asked(folder, record)

    def _asked(self, folder: Path, record: JobRecord) -> JobRecord:
        """Return the record of a job that no process holds: it waits, it ended, or it is lost."""
        if record.state in ENDED or not record.submission:
            return settle(folder, record)
        try:
            word, reason = self._head.word(record.submission)
        except HeadUnreachableError as error:
            return _without_head(read_record(folder), str(error))
        # Read after Ray was asked: an entrypoint writes the end before Ray can see it.
        return _by_word(read_record(folder), word, reason)


def _held(folder: Path, record: JobRecord) -> JobRecord:
    """Return the record of a job that some process answers for: a client, or its entrypoint."""
    if record.state in ENDED:
        return record
    if stop_asked(folder, record.submission):
        return replace(record, state="stopping")
    return with_progress(folder, record)


def _without_head(record: JobRecord, reason: str) -> JobRecord:
    if record.state in ENDED:
        return record
    if record.state == "queued":
        return replace(record, message=f"Whether it still waits is not known. {reason}")
    message = f"It was lost with its machine or its Ray head. {reason}"
    return replace(record, state="failed", message=message)


def _by_word(record: JobRecord, word: Word, reason: str) -> JobRecord:
    if record.state in ENDED:
        return record
    if word in ("PENDING", "RUNNING"):
        waits = "waits for a device slot of the Ray cluster" if record.devices else "starts"
        return replace(record, message=waits) if record.state == "queued" else record
    if word == "STOPPED":
        return replace(record, state="stopped", message="stopped by Ray")
    return replace(record, state="failed", message=_loss(record, word, reason))


def _loss(record: JobRecord, word: Word, reason: str) -> str:
    if word == "UNKNOWN":
        return "The Ray head does not know it, perhaps since it was restarted; submit it again."
    if record.state == "queued":
        return one_line(reason) or "Ray could not start it; its own log of the job says why."
    return "Its supervisor was killed, or could not write to the disk; submit it again."


def _leave_queue(folder: Path) -> None:
    record = read_record(folder)
    if record.state == "queued":
        stopped = replace(record, state="stopped", stop_requested=True, message=STOPPED_EARLY)
        write_record(folder, stopped)
