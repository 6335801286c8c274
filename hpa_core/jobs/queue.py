"""The device slot and the line before it, both made of locks that the kernel frees on death.

    jobs/.queue/lock        held for moments by whoever reads or changes the line
    jobs/.queue/<ticket>    one file a waiting job, locked for as long as its supervisor lives
    jobs/.queue/slot        locked by the job that has the device

A lock belongs to the open file, and so to every process that inherits it: the slot stays taken
while the trainer lives, though its supervisor be killed.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hpa_core.files import explained_os_errors

SLOT, LOCK = "slot", "lock"


def try_lock(path: Path) -> int | None:
    """Lock `path`, made if it is missing; return the open file's number, or None if it is held.

    Raises:
        WorkspaceError: the file cannot be written.
    """
    with explained_os_errors(path):
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


class DeviceQueue:
    """The line of jobs before the one device slot of a workspace."""

    def __init__(self, jobs: Path) -> None:
        self._folder = jobs / ".queue"
        with explained_os_errors(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)

    def draw_ticket(self) -> tuple[int, int]:
        """Join the line at its end; return the ticket and the open file that holds it."""
        with self._locked():
            ticket = max(self._tickets(), default=0) + 1
            handle = try_lock(self._folder / str(ticket))
        if handle is None:
            raise RuntimeError(f"the new ticket {ticket} is held already")
        return ticket, handle

    def take_slot(self, ticket: int) -> int | None:
        """Take the device if the ticket is first in line; return the open file, or None."""
        with self._locked():
            self._drop_dead_before(ticket)
            if min(self._tickets(), default=ticket) < ticket:
                return None
            return try_lock(self._folder / SLOT)

    def leave(self, ticket: int, handle: int) -> None:
        """Give the ticket back."""
        (self._folder / str(ticket)).unlink(missing_ok=True)
        os.close(handle)

    def ahead_of(self, ticket: int) -> int:
        """Count the jobs that wait before this one."""
        return sum(other < ticket for other in self._tickets())

    def _drop_dead_before(self, ticket: int) -> None:
        for other in self._tickets():
            path = self._folder / str(other)
            if other < ticket and (handle := try_lock(path)) is not None:
                self.leave(other, handle)

    def _tickets(self) -> list[int]:
        return sorted(int(path.name) for path in self._folder.iterdir() if path.name.isdecimal())

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with explained_os_errors(self._folder), (self._folder / LOCK).open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
