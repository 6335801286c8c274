"""What is on disk of a job: `job.json`, written by whoever answers for the job just then.

First that is the client that submits, from then on the job's supervisor. Both stand in the record,
so that a reader can tell a job that goes on from one that nobody looks after any more.
"""

from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hpa_core.errors import JobError
from hpa_core.files import read_json, write_json
from hpa_core.jobs.backend import ENDED, JobState, JobStatus, RunSpec
from hpa_core.jobs.endings import one_line
from hpa_core.runs.process import ProcessIdentity
from hpa_core.runs.status import RunStatus, read_status

RECORD, LOG = "job.json", "log.txt"
STOPPED_EARLY = "stopped as asked before it began"


@dataclass(frozen=True, kw_only=True)
class JobRecord:
    """What `job.json` says.

    Attributes:
        ticket: place in the queue's order of arrival; 0 for a job that wants no device.
        grace_seconds: how long the process may take to end after SIGTERM.
        submitter: the client, which answers for the job until there is a supervisor.
        supervisor: the process that looks after the job, once it has taken over.
        child: the process that does the work, once it runs.
        exit_code: what the child returned, negative for a signal.
        submission: the name of this start on a Ray cluster; empty on this machine.
        processes: how many processes the work is spread over.
        makes: path of the file that it writes when it is done; empty if there is none.
    """

    argv: tuple[str, ...]
    title: str
    devices: int
    submitted: str
    ticket: int
    grace_seconds: float
    submitter: ProcessIdentity
    supervisor: ProcessIdentity | None = None
    child: ProcessIdentity | None = None
    state: JobState = "queued"
    stop_requested: bool = False
    exit_code: int | None = None
    message: str = ""
    submission: str = ""
    processes: int = 1
    makes: str = ""

    @property
    def keeper(self) -> ProcessIdentity:
        """The process that answers for the job at this time."""
        return self.supervisor or self.submitter

    @classmethod
    def new(
        cls, spec: RunSpec, *, grace_seconds: float, ticket: int = 0, submission: str = ""
    ) -> "JobRecord":
        """Return the record of a job that this process is about to hand over."""
        return cls(
            argv=tuple(spec.argv),
            title=spec.title,
            devices=spec.devices,
            processes=spec.processes,
            submitted=datetime.now(UTC).isoformat(timespec="milliseconds"),
            ticket=ticket,
            grace_seconds=grace_seconds,
            submitter=ProcessIdentity.current(),
            submission=submission,
            makes=str(spec.makes.absolute()) if spec.makes else "",
        )


def write_record(folder: Path, record: JobRecord) -> None:
    """Replace the record of the job in `folder`, atomically."""
    write_json(folder / RECORD, asdict(record))


def read_record(folder: Path) -> JobRecord:
    """Read the record of the job in `folder`.

    Raises:
        JobError: it lacks fields.
        WorkspaceError: it is missing or is not JSON.
    """
    values = read_json(folder / RECORD)
    try:
        return _record(values)
    except (TypeError, KeyError, AttributeError):
        raise JobError(f"{folder / RECORD} lacks fields of a job; delete it.") from None


def to_status(folder: Path, record: JobRecord) -> JobStatus:
    """Return what a client is told of the record of the job in `folder`."""
    return JobStatus(
        id=folder.name,
        state=record.state,
        title=record.title,
        exit_code=record.exit_code,
        message=record.message,
        submitted=record.submitted,
        folder=folder,
        argv=record.argv,
        makes=Path(record.makes) if record.makes else None,
    )


def settle(folder: Path, record: JobRecord) -> JobRecord:
    """Return the record as it must be read now: a dead process is not believed to run."""
    if record.state in ENDED:
        return record
    if record.submission:
        message = "it was given to a Ray cluster; set HPA_RAY_ADDRESS to see how it goes"
        return replace(record, message=message)
    if record.keeper.alive():
        return with_progress(folder, record)
    # The keeper may have written its last word, or handed over, between the two looks above.
    record = read_record(folder)
    if record.state in ENDED or record.keeper.alive():
        return record
    if record.child and record.child.alive():
        message = f"its supervisor (process {record.keeper.pid}) is gone; the job is being ended"
        return replace(record, state="stopping", message=message)
    return replace(record, state="failed", message=_abandoned(record))


def status_of(folder: Path, record: JobRecord) -> RunStatus | None:
    """Return the trainer's status if it comes from this start of the job, not an earlier one."""
    status = read_status(folder)
    if status is None or record.child is None or status.boot_id != record.child.boot_id:
        return None
    return status if status.start_ticks >= record.child.start_ticks else None


def with_progress(folder: Path, record: JobRecord) -> JobRecord:
    """Return the record with what the trainer says of itself as its message."""
    status = status_of(folder, record) if record.state == "running" else None
    return replace(record, message=one_line(status.message)) if status else record


def _abandoned(record: JobRecord) -> str:
    if record.supervisor is None:
        return "the program that submitted it ended before it could start; submit it again"
    return (
        f"its supervisor (process {record.supervisor.pid}) was killed, or could not write to the "
        "disk, and took the job with it; submit it again"
    )


def _record(values: dict[str, Any]) -> JobRecord:
    known = {field.name for field in fields(JobRecord)}
    kept = {key: value for key, value in values.items() if key in known}
    for name in ("submitter", "supervisor", "child"):
        if kept.get(name) is not None:
            kept[name] = ProcessIdentity(**kept[name])
    return JobRecord(**{**kept, "argv": tuple(kept["argv"])})
