"""Every process that works in one workspace, and what it holds: memory and open files (Linux)."""

import os
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from hpa_core.runs.process import ProcessIdentity
from hpa_core.workspace import ENVIRONMENT_VARIABLE, Workspace

SECONDS = 5.0


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What one process held at one moment.

    Attributes:
        seconds: of the monotonic clock.
        mib: resident.
    """

    seconds: float
    mib: float
    files: int
    threads: int


@dataclass
class Watch:
    """Samples every process of the workspace from a thread of its own, until it is left."""

    workspace: Workspace
    samples: dict[ProcessIdentity, list[Sample]] = field(default_factory=lambda: defaultdict(list))
    names: dict[ProcessIdentity, str] = field(default_factory=dict)
    zombies: int = 0
    """The most children at once that one of them had left unburied."""

    def __enter__(self) -> "Watch":
        self._left = threading.Event()
        self._thread = threading.Thread(target=self._look_on)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._left.set()
        self._thread.join()

    def long_lived(self, since: float) -> list[ProcessIdentity]:
        """Those that were there at `since` already, and still are."""
        return [
            process
            for process, samples in self.samples.items()
            if samples[0].seconds <= since and process.alive()
        ]

    def _look_on(self) -> None:
        while not self._left.wait(SECONDS):
            processes = processes_of(self.workspace)
            self.zombies = max(self.zombies, count_zombies({process.pid for process in processes}))
            for process in processes:
                if sample := take_sample(process.pid):
                    self.samples[process].append(sample)
                    self.names.setdefault(process, name_of(process.pid))


def processes_of(workspace: Workspace) -> list[ProcessIdentity]:
    """Every living process whose environment names the workspace, this one left out."""
    entry = f"{ENVIRONMENT_VARIABLE}={workspace.root}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            ours = entry in (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if ours and int(folder.name) != os.getpid():
            found.append(ProcessIdentity.of(int(folder.name)))
    return [process for process in found if process]


def take_sample(pid: int) -> Sample | None:
    """Look at one process; None if it is gone."""
    folder = Path(f"/proc/{pid}")
    try:
        fields = dict(
            line.split(":", 1)
            for line in (folder / "status").read_text().splitlines()
            if ":" in line
        )
        return Sample(
            seconds=time.monotonic(),
            mib=int(fields["VmRSS"].split()[0]) / 1024,
            files=sum(1 for _ in (folder / "fd").iterdir()),
            threads=int(fields["Threads"]),
        )
    except (OSError, KeyError):
        return None


def name_of(pid: int) -> str:
    """Return a few words for a process of the workspace."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return "gone"
    if "streamlit" in words:
        return "dashboard"
    if "hpa_core.jobs.supervise" in words:
        return f"beside job {Path(words[3]).name}"  # Its supervisor, or the supervisor's guard.
    if "hpa_core" in words:
        return f"{words[3]} {words[-2]}"
    return "job that prints"


def count_zombies(parents: set[int]) -> int:
    """Count the ended children that these processes have not waited for."""
    found = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent, *_ = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        found += state == "Z" and int(parent) in parents
    return found
