"""Trainings as jobs: start, resume, stop, and how each one stands.

A training may also run in a terminal (`python -m hpa_core train`), without a job; its own status
file then tells how it stands. `Training.state` merges both.
"""

import sys
from dataclasses import dataclass
from typing import Literal

from hpa_core.errors import JobError
from hpa_core.jobs.backend import ENDED, JobBackend, JobState, JobStatus, RunSpec
from hpa_core.runs.folder import RunFolder, list_runs
from hpa_core.runs.status import RunStatus, observed_status
from hpa_core.workspace import Workspace

TRAINED_KINDS = ("train", "demo")


@dataclass(frozen=True, kw_only=True)
class Training:
    """One training run and how it stands.

    Attributes:
        status: what the trainer said last; None before it said anything.
        job: the job it ran as last; None if it was never one.
    """

    run: RunFolder
    status: RunStatus | None
    job: JobStatus | None

    @property
    def state(self) -> JobState | Literal["new"]:
        """The job's state, unless the run went on outside of it; `new` before any start."""
        if self.in_terminal and self.status:
            return self.status.state
        if self.job:
            return self.job.state
        # The demo's run was trained elsewhere; it has figures and no status.
        return "finished" if self.run.info.kind == "demo" else "new"

    @property
    def message(self) -> str:
        """One sentence on the state; empty where the state says it all."""
        if self.in_terminal and self.status:
            return self.status.message
        return self.job.message if self.job else ""

    @property
    def in_terminal(self) -> bool:
        """Whether the trainer's own status is newer than what its job says, if it has one."""
        if self.job is None:
            return self.status is not None
        alone = self.status is not None and self.status.state in ("running", "finished")
        return self.job.ended and alone

    @property
    def active(self) -> bool:
        """Whether it runs or waits."""
        return self.state not in (*ENDED, "new")


def list_trainings(workspace: Workspace, backend: JobBackend) -> list[Training]:
    """Return every training of the workspace, newest first."""
    jobs = {job.id: job for job in backend.list()}
    return [
        Training(run=run, status=observed_status(run.path), job=jobs.get(run.id))
        for run in list_runs(workspace)
        if run.info.kind in TRAINED_KINDS
    ]


def observe_training(run: RunFolder, backend: JobBackend) -> Training:
    """Look at one training."""
    try:
        job = backend.status(run.id)
    except JobError:
        job = None
    return Training(run=run, status=observed_status(run.path), job=job)


def start_training(run: RunFolder, backend: JobBackend, *, processes: int = 1) -> str:
    """Start or resume the training of `run` as a job; return the job's id.

    The same call does both: a run without a checkpoint begins, one with a checkpoint goes on.

    Raises:
        JobError: it runs other work just now.
        WorkspaceError: the run folder cannot be written.
    """
    shared = ("--processes", str(processes)) if processes > 1 else ()
    return backend.submit(
        RunSpec(
            argv=(sys.executable, "-m", "hpa_core", "train", "--resume", run.id, *shared),
            folder=run.path,
            title=f"Train {run.id}",
            processes=processes,
        )
    )
