"""Jobs that ended before their work was done, where nothing has done it since."""

from collections.abc import Iterable, Sequence

from hpa_core.jobs.backend import JobState, JobStatus
from hpa_core.jobs.record import RECORD


def left_over(jobs: Sequence[JobStatus], state: JobState) -> Iterable[JobStatus]:
    """Yield the jobs that ended in a state, newest first, unless their work was done since.

    It was done by a newer job of the same title, or by whoever wrote the file that the job was to
    make: the command line, for one. A newer job that did not do it stands in the older one's place.

    Args:
        jobs: all of them, newest first.
        state: `stopped` or `failed`.
    """
    newest = {job.title: job.id for job in reversed(jobs)}
    for job in jobs:
        if job.state == state and newest[job.title] == job.id and not _made_since(job):
            yield job


def _made_since(job: JobStatus) -> bool:
    """Whether the file was written after the end of the job, the last word in its record."""
    if job.makes is None or not job.makes.exists():
        return False
    record = job.folder / RECORD
    return record.exists() and job.makes.stat().st_mtime_ns > record.stat().st_mtime_ns
