"""What a training says while it runs: status file, progress, log lines."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

from hpa_core.errors import HpaError
from hpa_core.progress import Progress
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.process import ProcessIdentity
from hpa_core.runs.status import RunStatus, write_status

HEARTBEAT_SECONDS = 2.0

log = logging.getLogger("hpa_core.training")


class Reporter:
    """Writes the status of one run, at most every `HEARTBEAT_SECONDS` while it runs.

    A silent one writes nothing: that of a process beside the first.

    Raises:
        WorkspaceError: the run folder cannot be written.
    """

    def __init__(
        self, run: RunFolder, *, epochs: int, progress: Progress, silent: bool = False
    ) -> None:
        self._run, self._progress, self._silent = run, progress, silent
        process = ProcessIdentity.current()
        self._status = RunStatus(
            state="running",
            epochs=epochs,
            message="preparing",
            pid=process.pid,
            start_ticks=process.start_ticks,
            boot_id=process.boot_id,
        )
        self._write()

    def at(self, *, epoch: int, step: int, steps: int) -> bool:
        """Note a finished step; return whether it is time for a heartbeat."""
        self._status = replace(self._status, epoch=epoch, step=step, steps=steps)
        done, total = (epoch - 1) * steps + step, self._status.epochs * steps
        self._progress(done, total, unit="steps", note=self._status.message)
        return time.monotonic() - self._written_at > HEARTBEAT_SECONDS

    def say(self, message: str) -> None:
        """Write the status with this message."""
        self._status = replace(self._status, message=message)
        self._write()

    def end(self, state: Literal["finished", "stopped", "failed"], message: str) -> None:
        """Write the last status."""
        self._status = replace(self._status, state=state, message=message)
        self._write()
        if not self._silent:
            log.info("%s: %s", state, message)

    def _write(self) -> None:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        self._status = replace(self._status, heartbeat=now)
        if not self._silent:
            write_status(self._run.path, self._status)
        self._written_at = time.monotonic()


@contextmanager
def failure_reported(reporter: Reporter) -> Iterator[None]:
    """Write status `failed`, with the reason, when the block ends by any error; it goes on up."""
    reason = "ended by an unexpected error; the log tells it"
    ended = False
    try:
        yield
        ended = True
    except HpaError as error:
        reason = str(error)
        raise
    except KeyboardInterrupt:
        reason = "interrupted"
        raise
    finally:
        if not ended:
            reporter.end("failed", reason)
