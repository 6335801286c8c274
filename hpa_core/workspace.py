"""The workspace: the one folder that holds datasets, runs and jobs."""

import os
from dataclasses import dataclass
from pathlib import Path

from hpa_core.files import checked_name, explained_os_errors

ENVIRONMENT_VARIABLE = "HPA_WORKSPACE"


@dataclass(frozen=True)
class Workspace:
    """Where everything lies: `datasets/<name>/`, `runs/<id>/`, `jobs/<id>/`, `labels.sqlite`."""

    root: Path

    @property
    def datasets(self) -> Path:
        return self.root / "datasets"

    @property
    def runs(self) -> Path:
        return self.root / "runs"

    @property
    def jobs(self) -> Path:
        return self.root / "jobs"

    @property
    def labels(self) -> Path:
        """The label database, where `HPA_DATABASE_URL` names no other."""
        return self.root / "labels.sqlite"

    def dataset(self, name: str) -> Path:
        """Return the folder of the dataset `name`, which need not exist yet."""
        return self.datasets / checked_name(name, what="dataset")

    def run(self, run_id: str) -> Path:
        """Return the folder of the run `run_id`, which need not exist yet."""
        return self.runs / checked_name(run_id, what="run")

    def job(self, job_id: str) -> Path:
        """Return the folder of a job that is not a run (an import, say)."""
        return self.jobs / checked_name(job_id, what="job")

    def create(self) -> "Workspace":
        """Make the folders that are missing and return self.

        Raises:
            WorkspaceError: the root cannot be written.
        """
        with explained_os_errors(self.root):
            for folder in (self.datasets, self.runs, self.jobs):
                folder.mkdir(parents=True, exist_ok=True)
        return self


def default_workspace() -> Workspace:
    """Return the workspace named by `HPA_WORKSPACE`, else `./workspace`."""
    return Workspace(Path(os.environ.get(ENVIRONMENT_VARIABLE) or "workspace").absolute())
