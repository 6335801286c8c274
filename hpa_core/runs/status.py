"""How far a training is, in its own words: `status.json` in the run folder.

The trainer alone writes it, every few seconds while it runs. A reader who wants to know how a run
stands asks `observed_status`, which does not believe "running" of a process that is gone.
"""

from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Literal

from hpa_core.errors import WorkspaceError
from hpa_core.files import read_json, write_json
from hpa_core.runs.process import ProcessIdentity

STATUS = "status.json"


@dataclass(frozen=True, kw_only=True)
class RunStatus:
    """What `status.json` says.

    Attributes:
        epoch: the epoch it is in, counted from 1; 0 before the first.
        step: optimizer steps done in this epoch, of `steps`.
        message: one sentence; why, if it failed.
        pid: the trainer's process, identified together with `start_ticks` and `boot_id`.
        heartbeat: when it was last written, ISO 8601 in UTC.
    """

    state: Literal["running", "finished", "stopped", "failed"]
    epoch: int = 0
    epochs: int = 0
    step: int = 0
    steps: int = 0
    message: str = ""
    pid: int = 0
    start_ticks: int = 0
    boot_id: str = ""
    heartbeat: str = ""

    @property
    def writer(self) -> ProcessIdentity:
        """The process that wrote it."""
        return ProcessIdentity(self.pid, self.start_ticks, self.boot_id)


def write_status(folder: Path, status: RunStatus) -> None:
    """Replace the status of the run in `folder`, atomically.

    Raises:
        WorkspaceError: the disk is full or the folder cannot be written.
    """
    # The end of a run must outlast a power failure; after one, a mere heartbeat means nothing.
    write_json(folder / STATUS, asdict(status), durable=status.state != "running")


def read_status(folder: Path) -> RunStatus | None:
    """Read what the trainer last said; None if it said nothing that can be read."""
    try:
        values = read_json(folder / STATUS)
        known = {field.name for field in fields(RunStatus)}
        return RunStatus(**{key: value for key, value in values.items() if key in known})
    except (WorkspaceError, TypeError, AttributeError):
        return None


def observed_status(folder: Path) -> RunStatus | None:
    """Read the status, and call a run failed whose trainer is gone without a last word."""
    status = read_status(folder)
    if status is None or status.state != "running" or status.writer.alive():
        return status
    return replace(
        status,
        state="failed",
        message=f"The trainer (process {status.pid}) was killed in epoch {status.epoch} of "
        f"{status.epochs}; resume the run to go on from its last checkpoint.",
    )
