"""One writer a run: a lock on the run folder that the operating system frees on death."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from hpa_core.errors import RunError
from hpa_core.files import explained_os_errors

LOCK = ".lock"


@contextmanager
def run_lock(folder: Path) -> Iterator[None]:
    """Hold the run in `folder` for writing.

    Raises:
        RunError: another process holds it.
        WorkspaceError: the folder cannot be written.
    """
    lock = FileLock(folder / LOCK, timeout=0)
    try:
        with explained_os_errors(folder):
            lock.acquire()
    except Timeout:
        raise RunError(
            f"Run {folder.name!r} is being trained by another process; "
            "wait until that has ended, or stop it first."
        ) from None
    try:
        yield
    finally:
        lock.release()
