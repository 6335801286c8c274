"""What Ray runs for a job: the supervisor, on the machine that Ray has chosen.

    python -m hpa_core.jobs.entrypoint FOLDER SUBMISSION DIRECTORY

It holds the lock of the job's folder while it lives, so that two starts never meet, and imports
neither ray nor torch.
"""

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from hpa_core.errors import JobError
from hpa_core.jobs.environment import job_environment
from hpa_core.jobs.folders import HANDOVER_SECONDS, LOCK
from hpa_core.jobs.queue import try_lock
from hpa_core.jobs.record import LOG, read_record
from hpa_core.jobs.stopping import stop_asked
from hpa_core.jobs.supervise import POLL_SECONDS, StopSignal, Supervisor
from hpa_core.workspace import default_workspace

_OF_RAYS_WORKERS = ("OMP_NUM_THREADS", "PYTHONBREAKPOINT", "SPT_NOENV")
"""Set by Ray for its own workers; one thread a process is too few for a trainer."""


class StopRequest(StopSignal):
    """SIGTERM from Ray, or a file from a client."""

    def __init__(self, folder: Path, submission: str) -> None:
        super().__init__()
        self._folder, self._submission = folder, submission

    def asked(self) -> bool:
        """Return whether the job is to end."""
        return super().asked() or stop_asked(self._folder, self._submission)


def main(arguments: Sequence[str]) -> int:
    """See one job through; return the exit status that Ray shows."""
    folder, submission, directory = Path(arguments[0]), arguments[1], Path(arguments[2])
    stop = StopRequest(folder, submission)
    lock = _wait_for_lock(folder)
    record = read_record(folder)
    if record.submission != submission or record.state != "queued":
        return 0  # It was stopped while it waited, and perhaps started anew.
    for name in _OF_RAYS_WORKERS:
        os.environ.pop(name, None)
    environment = job_environment(default_workspace(), folder, devices=record.devices)
    os.environ.clear()
    os.environ.update(environment)
    _print_to(folder / LOG)
    if directory.is_dir():
        os.chdir(directory)
    Supervisor(folder, stop, lock=lock).run()
    return _shell_status(read_record(folder).exit_code)


def _wait_for_lock(folder: Path) -> int:
    """Lock the job's folder, which its submitter, or a look at it, may hold for a moment."""
    deadline = time.monotonic() + HANDOVER_SECONDS
    while (lock := try_lock(folder / LOCK)) is None:
        if time.monotonic() > deadline:
            raise JobError(f"{folder} is held by another start of this job.")
        time.sleep(POLL_SECONDS / 10)
    return lock


def _print_to(log: Path) -> None:
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for standard in (1, 2):
        os.dup2(handle, standard)
    os.close(handle)


def _shell_status(exit_code: int | None) -> int:
    """Return an exit code as a shell tells it: 128 and the signal."""
    if exit_code is None:
        return 1
    return exit_code if exit_code >= 0 else 128 - exit_code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
