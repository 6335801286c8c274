"""Long work in processes of its own: one seam, and the backends behind it."""

import os

from hpa_core.errors import ConfigError, JobError
from hpa_core.jobs.backend import JobBackend, JobState, JobStatus, RunSpec
from hpa_core.workspace import Workspace

__all__ = ["JobBackend", "JobState", "JobStatus", "RunSpec", "open_backend"]

GRACE_VARIABLE = "HPA_GRACE_SECONDS"


def open_backend(workspace: Workspace) -> JobBackend:
    """Return the backend that runs the jobs of `workspace`.

    `HPA_GRACE_SECONDS` sets how long a stopped job may take to end before it is killed (30).

    Raises:
        ConfigError: that variable is not a number of seconds.
        JobError: the system is Windows.
    """
    if os.name == "nt":
        raise JobError(
            "Background jobs need Linux or macOS; use WSL, or run "
            "`python -m hpa_core train` in a terminal."
        )
    from hpa_core.jobs.local import LocalBackend  # noqa: PLC0415 - file locks of Unix

    return LocalBackend(workspace, grace_seconds=_grace_seconds())


def _grace_seconds() -> float:
    text = os.environ.get(GRACE_VARIABLE, "30")
    if not text.isdecimal():
        raise ConfigError(f"{GRACE_VARIABLE} must be a whole number of seconds; found {text!r}.")
    return float(text)
