"""The environment of a job: its submitter's, without what is meant for the submitter alone."""

import os
from pathlib import Path

from hpa_core.progress import JOB_FOLDER_VARIABLE
from hpa_core.workspace import ENVIRONMENT_VARIABLE, Workspace

# Ray hands its token to whatever it starts.
_NOT_FOR_JOBS = ("STREAMLIT_", "HPA_JOB_", "HPA_DATABASE_URL", "PYTEST_", "RAY_")
PACKAGE_ROOT = str(Path(__file__).parents[2])


def job_environment(workspace: Workspace, folder: Path, *, devices: int) -> dict[str, str]:
    """Return the variables of a job.

    Args:
        workspace: the one that the job works in.
        folder: the job's own folder, where it leaves its progress.
        devices: 0 hides every GPU from it.
    """
    kept = {key: value for key, value in os.environ.items() if not key.startswith(_NOT_FOR_JOBS)}
    python_path = [PACKAGE_ROOT, *filter(None, [kept.get("PYTHONPATH")])]
    own = {
        JOB_FOLDER_VARIABLE: str(folder),
        ENVIRONMENT_VARIABLE: str(workspace.root),
        # The core is found whatever the current folder is.
        "PYTHONPATH": os.pathsep.join(python_path),
        # A log is read while it grows.
        "PYTHONUNBUFFERED": "1",
    }
    hidden = {} if devices else {"CUDA_VISIBLE_DEVICES": ""}
    return {**kept, **own, **hidden}
