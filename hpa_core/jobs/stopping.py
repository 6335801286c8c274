"""A stop that is asked for by a file in the job's folder, for a job on another machine."""

from contextlib import suppress
from pathlib import Path

from hpa_core.files import write_atomic

STOP = ".job.stop"


def ask_to_stop(folder: Path, submission: str) -> None:
    """Ask this start of the job in `folder` to end.

    Raises:
        WorkspaceError: the folder cannot be written.
    """
    write_atomic(folder / STOP, submission.encode())


def stop_asked(folder: Path, submission: str) -> bool:
    """Return whether this start of the job in `folder` was asked to end."""
    with suppress(FileNotFoundError):
        return (folder / STOP).read_text() == submission
    return False
