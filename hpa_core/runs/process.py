"""Which process is meant, in a way that a later process with the same number cannot answer to.

A process number alone is reused. With its start, counted by the kernel in ticks since boot, and the
identity of that boot it names one process for good, whatever happens to the wall clock.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

_ENDED_STATES = frozenset("ZX")


@dataclass(frozen=True)
class ProcessIdentity:
    """One process of one boot of this machine.

    Attributes:
        start_ticks: kernel ticks from boot to its start (Linux) or start in epoch seconds (macOS).
        boot_id: differs after every boot, and between machines.
    """

    pid: int
    start_ticks: int
    boot_id: str

    @classmethod
    def current(cls) -> "ProcessIdentity":
        """Identify the calling process."""
        return cls.of(os.getpid()) or cls(os.getpid(), 0, "")

    @classmethod
    def of(cls, pid: int) -> "ProcessIdentity | None":
        """Identify the living process `pid`; None if there is none (a zombie has ended)."""
        ticks = _start_ticks(pid)
        return None if ticks is None else cls(pid, ticks, _boot_id())

    def alive(self) -> bool:
        """Return whether this very process still runs.

        Where the system offers no start times (Windows) every process counts as alive.
        """
        return not self.boot_id or ProcessIdentity.of(self.pid) == self


def _start_ticks(pid: int) -> int | None:
    if sys.platform == "linux":
        return _from_proc(pid)
    if sys.platform == "darwin":
        return _from_ps(pid)
    return None


def _from_proc(pid: int) -> int | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The program's name, in brackets, may itself hold blanks and brackets; count from behind it.
    state, *numbers = stat.rpartition(")")[2].split()
    return None if state in _ENDED_STATES else int(numbers[18])


def _from_ps(pid: int) -> int | None:
    fields = _output("ps", "-o", "stat=,lstart=", "-p", str(pid)).split(maxsplit=1)
    if len(fields) < 2 or fields[0][0] in _ENDED_STATES:
        return None
    return int(datetime.strptime(fields[1].strip(), "%a %b %d %H:%M:%S %Y").timestamp())


@cache
def _boot_id() -> str:
    if sys.platform == "linux":
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return _output("sysctl", "-n", "kern.bootsessionuuid").strip()


def _output(*argv: str) -> str:
    environment = {**os.environ, "LC_ALL": "C"}
    # A process that is gone is no error here: `ps` then prints nothing.
    return subprocess.run(  # noqa: S603 - fixed programs of the system, no shell
        argv, check=False, capture_output=True, text=True, env=environment
    ).stdout
