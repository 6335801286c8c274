"""The seam between who wants work done and what runs it: here processes, elsewhere a cluster.

A job is an argument list and a folder; the folder's name is the job's id. Everything a backend
knows of a job can be read again from that folder, so a client may die and another one go on.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

JobState = Literal["queued", "running", "stopping", "finished", "stopped", "failed"]
ENDED: frozenset[JobState] = frozenset({"finished", "stopped", "failed"})


@dataclass(frozen=True, kw_only=True)
class RunSpec:
    """What to run.

    Attributes:
        argv: program and arguments, never a shell's line; argv[0] is usually `sys.executable`.
        folder: `runs/<id>` or `jobs/<id>` of the workspace; made if it is missing.
        title: a few words for people.
        devices: device slots wanted, 0 or 1; a job that wants none never waits.
        processes: how many processes the work is spread over.
        makes: the file that it writes when it is done; None where there is no one such file.
    """

    argv: tuple[str, ...]
    folder: Path
    title: str
    devices: int = 1
    processes: int = 1
    makes: Path | None = None

    def __post_init__(self) -> None:
        if isinstance(self.argv, str) or not self.argv:
            raise ValueError(f"argv must be a sequence of arguments, found {self.argv!r}")
        if self.devices not in (0, 1) or self.processes < 1:
            raise ValueError(f"{self.devices} devices and {self.processes} processes are not meant")


@dataclass(frozen=True, kw_only=True)
class JobStatus:
    """How a job stands.

    Attributes:
        id: the name of its folder.
        exit_code: what the process returned, negative for a signal; None while it has not ended,
            or where nobody was left to see it end.
        message: one sentence for people; empty where the state says it all.
        submitted: ISO 8601 in UTC.
        argv: as in its `RunSpec`; empty where its record cannot be read.
        makes: as in its `RunSpec`.
    """

    id: str
    state: JobState
    title: str
    exit_code: int | None
    message: str
    submitted: str
    folder: Path
    argv: tuple[str, ...] = ()
    makes: Path | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing of it runs or waits any more."""
        return self.state in ENDED


class JobBackend(Protocol):
    """Runs jobs; every method may be called by any client at any time."""

    def submit(self, spec: RunSpec) -> str:
        """Start or queue a job and return its id.

        Submitting the same work again while it runs or waits makes no second job. A folder whose
        job has ended may be submitted again: that is how a run resumes.

        Raises:
            JobError: the folder is not one of the workspace, or runs other work.
            WorkspaceError: the folder cannot be written.
        """

    def status(self, job_id: str) -> JobStatus:
        """Tell how a job stands.

        Raises:
            JobError: there is no such job.
        """

    def logs(self, job_id: str, offset: int = 0) -> tuple[str, int]:
        """Return what was printed from byte `offset` on, and the offset to go on from.

        A negative offset counts from the end. One call returns at most a mebibyte. The beginning
        of a very long log may be gone: then what is returned begins further on.

        Raises:
            JobError: there is no such job.
        """

    def stop(self, job_id: str) -> None:
        """Ask a job to end, and return at once; a job that has ended stays as it is.

        A waiting job leaves the queue. A running one gets SIGTERM and may save a checkpoint;
        what is left of it after the grace time is killed.

        Raises:
            JobError: there is no such job.
        """

    def list(self) -> list[JobStatus]:
        """Return every job, newest first."""
