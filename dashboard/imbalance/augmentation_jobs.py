"""Previews of augmentation as jobs: the dashboard has no torch, so another process renders them.

A job's id is a hash of what is asked for: asking again finds what is there already.
"""

import json
import shutil
import sys
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from dashboard import cache
from hpa_core.data.previews import FILE
from hpa_core.errors import ConfigError
from hpa_core.jobs import open_backend
from hpa_core.jobs.backend import RunSpec

PREFIX, KEPT = "augment-", 12
MOST_VARIANTS = 24


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a preview shall show.

    Attributes:
        content: hash of the dataset, so that another state of it is another request.
        settings: of the training, those that change what it shows.
        copies: how often an epoch shows the sample, at least.
    """

    dataset: str
    content: str
    sample: str
    settings: dict[str, Any]
    epochs: int
    copies: int

    def __post_init__(self) -> None:
        if self.epochs * self.copies > MOST_VARIANTS:
            raise ConfigError(
                f"At most {MOST_VARIANTS} variants at once; {self.epochs} epochs of {self.copies} "
                "copies are more. Ask for fewer epochs or copies."
            )

    @property
    def job_id(self) -> str:
        """Name of the job that renders it."""
        text = json.dumps(asdict(self), sort_keys=True)
        return PREFIX + sha256(text.encode()).hexdigest()[:16]

    @property
    def command(self) -> tuple[str, ...]:
        """Arguments of `python -m hpa_core`."""
        out = cache.workspace().job(self.job_id) / FILE
        return (
            "augment",
            self.dataset,
            f"--id={self.sample}",
            f"--settings={json.dumps(self.settings)}",
            f"--epochs={self.epochs}",
            f"--copies={self.copies}",
            f"--out={out.absolute()}",
        )


def render_preview(request: Request) -> str:
    """Start the job of a request, unless its preview is there; return the job's id.

    Raises:
        JobError, WorkspaceError: the job cannot be started.
    """
    folder = cache.workspace().job(request.job_id)
    if not (folder / FILE).exists():
        _forget_oldest()
        argv = (sys.executable, "-m", "hpa_core", *request.command)
        title = f"Preview of {request.sample}"
        spec = RunSpec(argv=argv, folder=folder, devices=0, title=title, makes=folder / FILE)
        open_backend(cache.workspace()).submit(spec)
    return request.job_id


def _forget_oldest() -> None:
    """Delete the folders of previews beyond the newest ones; what is being made stays."""
    jobs = [job for job in open_backend(cache.workspace()).list() if job.id.startswith(PREFIX)]
    for job in jobs[KEPT - 1 :]:
        if job.ended and job.folder.parent == cache.workspace().jobs:
            shutil.rmtree(job.folder)
