"""The process that looks after one local job, from the queue to its recorded end.

    python -m hpa_core.jobs.supervise FOLDER JOBS LOCK [TICKET]

Started by `LocalBackend.submit`, which hands over two open files by number: the lock of the job's
folder and its ticket in the queue. It detaches at once, so that it is nobody's child, outlives the
dashboard and leaves it no zombie. It imports neither torch nor numpy.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

from hpa_core.jobs.bounded_log import forget_beginning
from hpa_core.jobs.endings import ending
from hpa_core.jobs.queue import DeviceQueue
from hpa_core.jobs.record import LOG, STOPPED_EARLY, read_record, status_of, write_record
from hpa_core.runs.process import ProcessIdentity

POLL_SECONDS = 0.1


def main(arguments: Sequence[str]) -> int:
    """Detach, look after the job, and return the exit status of the half that stayed."""
    folder, jobs, *handles = arguments
    # Before anything else: a stop that comes early must find somebody who understands it.
    stop = StopSignal()
    ready = _detach()
    if ready is None:
        return 0
    supervisor = Supervisor(Path(folder), stop, lock=int(handles[0]))
    os.close(ready)
    if len(handles) == 1 or supervisor.wait_for_device(DeviceQueue(Path(jobs)), int(handles[1])):
        supervisor.run()
    return 0


class StopSignal:
    """Remembers that SIGTERM has come."""

    def __init__(self) -> None:
        self._came = False
        signal.signal(signal.SIGTERM, self._remember)

    def asked(self) -> bool:
        """Return whether the job is to end."""
        return self._came

    def _remember(self, number: int, frame: FrameType | None) -> None:
        self._came = True


class Supervisor:
    """Waits for the device, runs the child, stops it when asked, and records how it ended."""

    def __init__(self, folder: Path, stop: StopSignal, *, lock: int) -> None:
        self._folder = folder
        self._stop = stop
        self._locks = [lock]
        self._record = read_record(folder)
        self._save(supervisor=ProcessIdentity.current())

    def wait_for_device(self, queue: DeviceQueue, ticket_handle: int) -> bool:
        """Wait in line; return False if the job is stopped meanwhile."""
        slot = None
        while slot is None and not self._stop.asked():
            slot = queue.take_slot(self._record.ticket)
            if slot is None:
                time.sleep(POLL_SECONDS)
        queue.leave(self._record.ticket, ticket_handle)
        if slot is None:
            self._save(state="stopped", stop_requested=True, message=STOPPED_EARLY)
            return False
        self._locks.append(slot)
        return True

    def run(self) -> None:
        """See the job through; every path ends in a recorded end."""
        try:
            child = self._start()
        except OSError as error:
            message = f"{self._record.argv[0]} cannot be started: {error.strerror}"
            self._save(state="failed", message=message)
            return
        self._finish(self._watch(child))

    def _start(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(  # noqa: S603 - an argument list, no shell: the job's whole point
            self._record.argv, start_new_session=True, pass_fds=self._locks
        )

    def _watch(self, child: "subprocess.Popen[bytes]") -> int:
        """Return the child's exit code once nothing of its process group is left."""
        identity = ProcessIdentity.of(child.pid)
        guard = guard_group(child.pid, identity, self._record.grace_seconds, close=self._locks)
        self._save(state="running", child=identity)
        deadline = float("inf")
        while identity and identity.alive() and time.monotonic() < deadline:
            if self._stop.asked() and not self._record.stop_requested:
                self._save(state="stopping", stop_requested=True)
                # Not `child.terminate()`, which may reap the child.
                os.kill(child.pid, signal.SIGTERM)
                deadline = time.monotonic() + self._record.grace_seconds
            forget_beginning(self._folder / LOG)
            time.sleep(POLL_SECONDS)
        # The child is not reaped yet, so its number still means its own group and no other.
        kill_group(child.pid)
        exit_code = child.wait()
        os.write(guard, b"0")
        return exit_code

    def _finish(self, exit_code: int) -> None:
        state, message = ending(
            exit_code,
            status_of(self._folder, self._record),
            stop_requested=self._record.stop_requested,
            log=self._folder / LOG,
        )
        self._save(state=state, exit_code=exit_code, message=message)

    def _save(self, **changes: Any) -> None:
        self._record = replace(self._record, **changes)
        write_record(self._folder, self._record)


def guard_group(
    group: int, leader: ProcessIdentity | None, grace_seconds: float, *, close: Sequence[int]
) -> int:
    """Fork a process that ends the group if this one dies; return the pipe that dismisses it.

    The guard sleeps on the other end of the pipe. A byte dismisses it; an end of file without one
    means that the supervisor was killed, and then the group gets SIGTERM, the grace time, SIGKILL.

    Args:
        group: the process group.
        leader: its leader, None if that has ended already.
        grace_seconds: the time between the two signals.
        close: open files whose locks the guard must not hold.
    """
    sleep_end, wake_end = os.pipe()
    if os.fork():
        os.close(sleep_end)
        return wake_end
    os.setsid()
    for handle in (wake_end, *close):
        os.close(handle)
    if not os.read(sleep_end, 1):
        _end_group(group, leader, grace_seconds)
    os._exit(0)


def kill_group(group: int) -> None:
    """Send SIGKILL to all of a process group; one that is gone is no error."""
    # macOS answers "not permitted" for a group whose only member is a zombie.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _end_group(group: int, leader: ProcessIdentity | None, grace_seconds: float) -> None:
    deadline = time.monotonic() + grace_seconds
    if leader and leader.alive():
        with suppress(ProcessLookupError):
            os.kill(group, signal.SIGTERM)
    while leader and leader.alive() and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    kill_group(group)


def _detach() -> int | None:
    """Go on as a process of its own; None in the half that stays and may end.

    The half that stays returns when the other closes the pipe it got: it has taken over, or died.
    """
    ready, begun = os.pipe()
    if os.fork():
        os.close(begun)
        os.read(ready, 1)
        return None
    os.close(ready)
    os.setsid()
    return begun


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
