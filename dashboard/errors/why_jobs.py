"""What the sections on a network's reasons have done: jobs that run the command line's own."""

import streamlit as st

from dashboard import cache
from dashboard.guard import guarded
from dashboard.overview import imports
from dashboard.overview.inventory import ACTIVE, watch_jobs
from hpa_core.jobs import open_backend


def offer_job(label: str, title: str, *command: str, key: str, told: str, primary: bool) -> None:
    """Draw a button that starts `python -m hpa_core <command>`, and the jobs under way.

    Args:
        label: of the button.
        title: of the job; while one of that title works, the button rests.
        command: its arguments.
        key: of the button.
        told: what the work costs.
        primary: whether nothing can be shown before it is done.
    """
    busy = any(
        job.title == title and job.state in ACTIVE for job in open_backend(cache.workspace()).list()
    )
    st.button(
        label,
        type="primary" if primary else "secondary",
        icon=":material/play_arrow:",
        key=key,
        disabled=busy,
        help=told,
        on_click=_start,
        args=(title, *command),
    )
    with guarded():
        watch_jobs()


def _start(title: str, *command: str) -> None:
    with guarded():
        imports.submit(title, *command)
