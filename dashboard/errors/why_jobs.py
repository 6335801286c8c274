"""What the sections on a network's reasons have done: jobs that run the command line's own."""

import streamlit as st

from dashboard import cache
from dashboard.guard import guarded
from dashboard.overview import imports
from dashboard.overview.inventory import ACTIVE, watch_jobs
from hpa_core.jobs import open_backend
from hpa_core.jobs.backend import JobStatus
from hpa_core.progress import read_progress

NOTHING_KEPT = "Nothing of it was kept."


def offer_job(  # noqa: PLR0913 - what differs from one job to the next
    label: str, title: str, *command: str, key: str, told: str, primary: bool, kept: str
) -> None:
    """Draw a button that starts `python -m hpa_core <command>`, and the jobs under way.

    Where the last job of that title was stopped, the page says so, and offers it again.

    Args:
        label: of the button.
        title: of the job; while one of that title works, the button rests. The same for the same
            work, though some of it be done.
        command: its arguments.
        key: of the button.
        told: what the work costs.
        primary: whether nothing can be shown before it is done.
        kept: what remains of a job that was stopped.
    """
    jobs = [job for job in open_backend(cache.workspace()).list() if job.title == title]
    busy = any(job.state in ACTIVE for job in jobs)
    stopped = bool(jobs) and jobs[0].state == "stopped"
    if stopped:
        st.info(f"{_stopped_told(jobs[0])} {kept}", icon=":material/stop_circle:")
    st.button(
        label,
        type="primary" if primary else "secondary",
        icon=":material/replay:" if stopped else ":material/play_arrow:",
        key=key,
        disabled=busy,
        help=told,
        on_click=_start,
        args=(title, *command),
    )
    with guarded():
        watch_jobs()


def _stopped_told(job: JobStatus) -> str:
    """Say that the job was stopped, and how far it had come."""
    report = read_progress(job.folder)
    if report is None:
        return f"**{job.title}** was stopped before any of it was done."
    return f"**{job.title}** was stopped at {report.done:,} of {report.total:,} {report.unit}."


def _start(title: str, *command: str) -> None:
    with guarded():
        imports.submit(title, *command)
