"""Once more: the work of a job that has ended, in the same folder, by the same arguments."""

from hpa_core.errors import JobError
from hpa_core.jobs.backend import ENDED, JobBackend, RunSpec
from hpa_core.jobs.record import read_record

RESUMES = "--resume"


def retry_job(backend: JobBackend, job_id: str) -> str:
    """Submit a job again that failed or was stopped; return its id, which stays.

    A training goes on from its last checkpoint where it was first started by `--resume`, as pages
    start it. Asked twice, one job comes of it.

    Raises:
        JobError: there is no such job, or it has finished.
    """
    status = backend.status(job_id)
    if status.state == "finished":
        raise JobError(f"Job {job_id!r} has finished; there is nothing to do once more.")
    if status.state not in ENDED:
        return job_id
    record = read_record(status.folder)
    return backend.submit(
        RunSpec(
            argv=_resuming(record.argv),
            folder=status.folder,
            title=record.title,
            devices=record.devices,
            processes=record.processes,
            makes=status.makes,
        )
    )


def _resuming(argv: tuple[str, ...]) -> tuple[str, ...]:
    """Return the arguments, with `train --run` made `train --resume`: it was trained before."""
    return tuple(
        RESUMES if word == "--run" and argv[place - 1] == "train" else word
        for place, word in enumerate(argv)
    )
