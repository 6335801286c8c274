"""Long work in processes of its own: one seam, and the backends behind it."""

import os
from importlib.util import find_spec

from hpa_core.errors import ConfigError, JobError
from hpa_core.jobs.backend import JobBackend, JobState, JobStatus, RunSpec
from hpa_core.workspace import Workspace

__all__ = ["JobBackend", "JobState", "JobStatus", "RunSpec", "open_backend"]

GRACE_VARIABLE = "HPA_GRACE_SECONDS"
RAY_VARIABLE = "HPA_RAY_ADDRESS"


def open_backend(workspace: Workspace) -> JobBackend:
    """Return the backend that runs the jobs of `workspace`.

    `HPA_RAY_ADDRESS` names the dashboard of a Ray cluster to run them on; this machine otherwise.
    `HPA_GRACE_SECONDS` sets how long a stopped job may take to end before it is killed (30).

    Raises:
        ConfigError: one of the variables cannot be meant.
        JobError: the system is Windows, or Ray is wanted and not installed.
    """
    if os.name == "nt":
        raise JobError(
            "Background jobs need Linux or macOS; use WSL, or run "
            "`python -m hpa_core train` in a terminal."
        )
    if address := os.environ.get(RAY_VARIABLE):
        return _open_ray(workspace, address)
    from hpa_core.jobs.local import LocalBackend  # noqa: PLC0415 - file locks of Unix

    return LocalBackend(workspace, grace_seconds=_grace_seconds())


def _open_ray(workspace: Workspace, address: str) -> JobBackend:
    if find_spec("ray") is None:
        raise JobError(
            f"{RAY_VARIABLE} is set and Ray is not installed; run "
            "`pip install -r requirements-cluster.txt`, or unset it."
        )
    from hpa_core.jobs.cluster import RayBackend  # noqa: PLC0415 - ray is an extra

    return RayBackend(workspace, address, grace_seconds=_grace_seconds())


def _grace_seconds() -> float:
    text = os.environ.get(GRACE_VARIABLE, "30")
    if not text.isdecimal():
        raise ConfigError(f"{GRACE_VARIABLE} must be a whole number of seconds; found {text!r}.")
    return float(text)
