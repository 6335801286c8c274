"""Jobs as every page starts and shows them: offered, watched, and said to be stopped."""

import sys
from collections.abc import Mapping
from pathlib import Path
from threading import Lock

import streamlit as st

from dashboard import cache
from dashboard.guard import guarded
from dashboard.uploads import Source
from hpa_core.errors import JobError
from hpa_core.jobs import JobState, JobStatus, open_backend
from hpa_core.jobs.backend import RunSpec
from hpa_core.jobs.leftovers import left_over
from hpa_core.jobs.retrying import retry_job
from hpa_core.progress import ProgressReport, read_progress
from hpa_core.runs.folder import new_run_id

ACTIVE = ("queued", "running", "stopping")
NOTHING_KEPT = "Nothing of it was kept."
GOES_ON = "What it had done is kept: started again, it goes on from there."
MOST_TOLD = 3
PROGRAM = 3
"""Words of a job's arguments before those of the command: `python -m hpa_core`."""
SEEN = "active-jobs"
_SUBMITTING = Lock()
"""Two tabs are two threads: the second one sees the job of the first."""


def submit_job(
    title: str, *command: str | Source, devices: int = 0, makes: Path | None = None
) -> str:
    """Start `python -m hpa_core <command>` as a job and return its id.

    Args:
        title: a few words for people, the same for the same work.
        command: its arguments; a file that was uploaded is written into the job's folder.
        devices: device slots wanted; most want none.
        makes: the file that it writes when it is done, if there is one.

    Raises:
        WorkspaceError: a file is not named, or named twice, or is not there.
        JobError: the job cannot be started, or one of that title waits or works.
    """
    for word in command:
        if isinstance(word, Source):
            word.check()
    st.session_state.pop(SEEN, None)  # As a rerun for news of jobs would wipe out an error.
    with _SUBMITTING:
        if is_busy(title):
            raise JobError(f"{title!r} is under way already, so it was not started once more.")
        folder = cache.workspace().job(new_run_id(str(command[0])))
        folder.mkdir(parents=True)
        words = [word if isinstance(word, str) else word.place(folder) for word in command]
        argv = (sys.executable, "-m", "hpa_core", *words)
        spec = RunSpec(argv=argv, folder=folder, devices=devices, title=title, makes=makes)
        return open_backend(cache.workspace()).submit(spec)


def offer_job(  # noqa: PLR0913 - what differs from one job to the next
    label: str,
    title: str,
    *command: str,
    key: str,
    told: str,
    primary: bool,
    kept: str,
    makes: Path,
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
        makes: the file that it writes when it is done.
    """
    stopped = last_of(title, "stopped")
    if stopped:
        say_stopped(stopped, kept)
    st.button(
        label,
        type="primary" if primary else "secondary",
        icon=":material/replay:" if stopped else ":material/play_arrow:",
        key=key,
        disabled=is_busy(title),
        help=told,
        on_click=_start,
        args=(title, *command),
        kwargs={"makes": makes},
    )
    with guarded():
        watch_jobs()


def last_of(title: str, state: JobState) -> JobStatus | None:
    """Return the job of that title that ended so, unless its work was done since."""
    return next((job for job in left_over(_every_job(), state) if job.title == title), None)


def is_busy(title: str) -> bool:
    """Return whether a job of that title waits or works."""
    return any(job.title == title and job.state in ACTIVE for job in _every_job())


def offer_stopped(kept: Mapping[tuple[str, ...], str]) -> None:
    """Say which jobs of some commands were stopped, how far they came, and offer each again.

    Args:
        kept: how their arguments begin, as in `("predict", "demo")`, and what remains of them.
    """
    told = 0
    for job in left_over(_every_job(), "stopped"):
        words = job.argv[PROGRAM:]
        remains = next((kept[each] for each in kept if words[: len(each)] == each), None)
        if remains is not None and told < MOST_TOLD:
            told += 1
            offer_again(job, remains)


def offer_again(job: JobStatus, kept: str) -> None:
    """Say that a job was stopped, and draw the button that starts it again."""
    said, again = st.columns([6, 1], vertical_alignment="center")
    with said:
        say_stopped(job, kept)
    again.button(
        "Start again",
        key=f"again-{job.id}",
        icon=":material/replay:",
        width="stretch",
        on_click=_start_again,
        args=(job.id,),
    )


def say_stopped(job: JobStatus, kept: str) -> None:
    """Say that a job was stopped, how far it had come, and what remains of it."""
    report = read_progress(job.folder)
    far = (
        f"at {report.done:,} of {report.total:,} {report.unit}"
        if report
        else "before any of it was done"
    )
    st.info(f"**{job.title}** was stopped {far}. {kept}", icon=":material/stop_circle:")


@st.fragment(run_every=1.0)
def watch_jobs() -> None:
    """Show every job that is not a training while it works, and which of them failed."""
    jobs = [job for job in _every_job() if job.folder.parent == cache.workspace().jobs]
    active = [job for job in jobs if job.state in ACTIVE]
    titles = {job.title for job in active}
    seen = st.session_state.get(SEEN, titles)
    st.session_state[SEEN] = titles
    if titles != seen:  # Buttons rest, or work again, and what was made is shown.
        st.rerun(scope="app")
    for job in active:
        _draw_active(job)
    for job in list(left_over(jobs, "failed"))[:MOST_TOLD]:
        st.error(f"{job.title} failed: {job.message}", icon=":material/error:")


def _every_job() -> list[JobStatus]:
    return open_backend(cache.workspace()).list()


def _draw_active(job: JobStatus) -> None:
    text, stop = st.columns([6, 1], vertical_alignment="center")
    report = read_progress(job.folder)
    share = report.done / report.total if report and report.total else 0.0
    text.progress(min(share, 1.0), text=f"{job.title}: {_progress_text(job, report)}")
    if stop.button("Stop", key=f"stop-{job.id}", width="stretch"):
        open_backend(cache.workspace()).stop(job.id)


def _progress_text(job: JobStatus, report: ProgressReport | None) -> str:
    if report is None:
        return job.state
    left = "" if report.seconds_left is None else f", about {report.seconds_left:.0f} s left"
    return f"{report.done:,} of {report.total:,} {report.unit}{left}"


def _start(title: str, *command: str, makes: Path) -> None:
    with guarded():
        submit_job(title, *command, makes=makes)


def _start_again(job_id: str) -> None:
    with guarded():
        retry_job(open_backend(cache.workspace()), job_id)
