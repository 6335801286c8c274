"""Command: tensorboard. Trainings as TensorBoard's event files, once or as they grow."""

import time
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from hpa_core.cli.app import app, workspace_of
from hpa_core.runs.event_files import event_writer
from hpa_core.runs.folder import open_run
from hpa_core.runs.status import observed_status

FOLLOW_SECONDS = 2.0


@app.command()
def tensorboard(
    runs: Annotated[list[str], typer.Argument(metavar="RUN...", help="Trainings.")],
    *,
    out: Annotated[Path, typer.Option(help="Folder for `tensorboard --logdir`.")],
    follow: Annotated[
        bool, typer.Option(help="Go on until none of them is being trained.")
    ] = False,
) -> None:
    """Write the figures of trainings as TensorBoard's event files, one folder a run."""
    workspace = workspace_of()
    opened = [open_run(workspace, name) for name in runs]
    with ExitStack() as stack:
        writers = [stack.enter_context(event_writer(run, out)) for run in opened]
        while True:
            # Asked before reading: the epoch that a run ends with is then never missed.
            states = [observed_status(run.path) for run in opened]
            epochs = sum(writer.write_new() for writer in writers)
            if epochs:
                typer.echo(f"{epochs} epochs written; `tensorboard --logdir {out}` shows them.")
            if not follow or not any(state and state.state == "running" for state in states):
                return
            time.sleep(FOLLOW_SECONDS)
