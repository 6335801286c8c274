"""`jobs submit | list | logs | stop`: the queue of work that outlives the terminal."""

import shlex
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from hpa_core.cli.app import COMMANDS, app, print_json, workspace_of
from hpa_core.files import checked_name
from hpa_core.jobs import JobStatus, RunSpec, open_backend
from hpa_core.jobs.retrying import retry_job
from hpa_core.runs.folder import new_run_id, open_run
from hpa_core.workspace import Workspace

FOLLOW_SECONDS = 0.5
RUN_OPTIONS = ("--run", "--resume")

jobs_app = typer.Typer(no_args_is_help=True, help="Work in the background: submit, watch, stop.")
app.add_typer(jobs_app, name="jobs")

JobId = Annotated[str, typer.Argument(help="The job's id, as `jobs list` prints it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@jobs_app.command(
    "submit", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False}
)
def submit(
    arguments: Annotated[
        list[str],
        typer.Argument(help="`train --resume RUN`, or another command, or `--` and any program."),
    ],
    *,
    name: Annotated[str, typer.Option(help="A word for the job's id.")] = "job",
    devices: Annotated[int, typer.Option(min=0, max=1, help="Device slots it waits for.")] = 1,
    processes: Annotated[int, typer.Option(min=1, help="Processes it is spread over.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Start or queue a job: a command of this program, or any program."""
    workspace = workspace_of()
    spec = RunSpec(
        argv=_argv(arguments, processes=processes),
        folder=_folder(workspace, arguments, name=name),
        title=_title(arguments),
        devices=devices,
        processes=processes,
    )
    backend = open_backend(workspace)
    _print_job(backend.status(backend.submit(spec)), as_json=as_json)


@jobs_app.command("list")
def list_jobs(*, as_json: AsJson = False) -> None:
    """List every job, newest first."""
    jobs = open_backend(workspace_of()).list()
    if as_json:
        print_json({"jobs": [_plain(job) for job in jobs]})
        return
    for job in jobs:
        _print_job(job, as_json=False)


@jobs_app.command("logs")
def logs(
    job_id: JobId,
    *,
    offset: Annotated[int, typer.Option(help="Byte to begin at; negative: from the end.")] = 0,
    follow: Annotated[bool, typer.Option(help="Go on until the job has ended.")] = False,
) -> None:
    """Print what a job printed."""
    backend = open_backend(workspace_of())
    while True:
        # Asked before reading: what is printed before the end is then never missed.
        ended = backend.status(job_id).ended
        text, next_offset = backend.logs(job_id, offset)
        sys.stdout.write(text)
        sys.stdout.flush()
        at_end = not text
        offset = next_offset
        if at_end and (ended or not follow):
            return
        if at_end:
            time.sleep(FOLLOW_SECONDS)


@jobs_app.command("stop")
def stop(job_id: JobId, *, as_json: AsJson = False) -> None:
    """Ask a job to end; it may save a checkpoint first."""
    backend = open_backend(workspace_of())
    backend.stop(job_id)
    _print_job(backend.status(job_id), as_json=as_json)


@jobs_app.command("retry")
def retry(job_id: JobId, *, as_json: AsJson = False) -> None:
    """Start a job that failed or was stopped once more, in its own folder, with its arguments."""
    backend = open_backend(workspace_of())
    retry_job(backend, job_id)
    _print_job(backend.status(job_id), as_json=as_json)


def _argv(arguments: list[str], *, processes: int) -> tuple[str, ...]:
    """Return the program to run: `train ...` or `predict ...` mean this program's own commands."""
    if arguments[0] not in COMMANDS:
        return tuple(arguments)
    shared = ("--processes", str(processes)) if arguments[0] == "train" and processes > 1 else ()
    return (sys.executable, "-m", "hpa_core", *arguments, *shared)


def _folder(workspace: Workspace, arguments: list[str], *, name: str) -> Path:
    """Return the folder of the run that is named, where the Train page sees it; else a new one."""
    if run_id := _named_run(arguments):
        return open_run(workspace, run_id).path
    return workspace.job(new_run_id(checked_name(name, what="job")))


def _named_run(arguments: list[str]) -> str | None:
    named = arguments[0] == "train" and len(arguments) > 2 and arguments[1] in RUN_OPTIONS
    return arguments[2] if named else None


def _title(arguments: list[str]) -> str:
    run_id = _named_run(arguments)
    return f"Train {run_id}" if run_id else shlex.join(arguments)[:80]


def _print_job(job: JobStatus, *, as_json: bool) -> None:
    if as_json:
        print_json(_plain(job))
    else:
        parts = (job.id, f"{job.state:8}", job.title, job.message)
        sys.stdout.write("  ".join(part for part in parts if part) + "\n")


def _plain(job: JobStatus) -> dict[str, Any]:
    makes = str(job.makes) if job.makes else None
    return {**asdict(job), "folder": str(job.folder), "makes": makes}
