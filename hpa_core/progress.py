"""Progress of a long piece of work: shown in the terminal, and left in a file for the dashboard.

Every long function of the core takes `progress: Progress = quiet` and calls it as it goes. Rates
and remaining times come from the monotonic clock, so setting the wall clock does not disturb them.
"""

import os
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bar

from hpa_core.errors import WorkspaceError
from hpa_core.files import read_json, write_json

JOB_FOLDER_VARIABLE = "HPA_JOB_FOLDER"
"""Names the folder of the job that a process runs as; its progress is written there."""

PROGRESS = "progress.json"
WRITE_INTERVAL_SECONDS = 0.25
RATE_WINDOW_SECONDS = 30.0


class Progress(Protocol):
    """Called by long work as often as it likes, as in `progress(120, 2000, unit="samples")`."""

    def __call__(self, done: int, total: int, *, unit: str, note: str = "") -> None:
        """Report that `done` of `total` units are behind it."""


def quiet(done: int, total: int, *, unit: str, note: str = "") -> None:
    """Do nothing: the default of every function that takes a `progress`."""


@dataclass(frozen=True, kw_only=True)
class ProgressReport:
    """What `progress.json` says.

    Attributes:
        rate_per_second: units done per second over the last half minute; None until it is known.
        seconds_left: at that rate; None until it is known.
        updated: when it was written, ISO 8601 in UTC.
    """

    done: int
    total: int
    unit: str
    note: str = ""
    rate_per_second: float | None = None
    seconds_left: float | None = None
    updated: str = ""


@contextmanager
def terminal_progress() -> Iterator[Progress]:
    """Yield a progress that draws a bar on stderr or, within a job, writes `progress.json`.

    A job has no terminal: in its log a bar would be noise.
    """
    if not (folder := os.environ.get(JOB_FOLDER_VARIABLE)):
        with _bar() as bar:
            yield _TerminalBar(bar)
        return
    file = _ProgressFile(Path(folder))
    try:
        yield file
    finally:
        file.flush()


def read_progress(folder: Path) -> ProgressReport | None:
    """Read the last report in `folder`; None if there is none that can be read."""
    try:
        values = read_json(folder / PROGRESS)
        known = {field.name for field in fields(ProgressReport)}
        return ProgressReport(**{key: value for key, value in values.items() if key in known})
    except (WorkspaceError, TypeError, AttributeError):
        return None


class RateMeter:
    """The recent rate of a count, and what remains at that rate."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()
        self._work: tuple[str, int] | None = None

    def add(self, done: int, total: int, *, unit: str, now: float) -> None:
        """Note a count; another unit or total, or a smaller count, begins a new measurement."""
        if self._work != (unit, total) or (self._seen and done < self._seen[-1][1]):
            self._seen.clear()
        self._work = (unit, total)
        self._seen.append((now, done))
        while len(self._seen) > 2 and now - self._seen[1][0] > RATE_WINDOW_SECONDS:
            self._seen.popleft()

    def rate_per_second(self) -> float | None:
        """Return units per second, or None before two counts apart in time were noted."""
        if not self._seen:
            return None
        (began, first), (ended, last) = self._seen[0], self._seen[-1]
        return (last - first) / (ended - began) if ended > began and last > first else None


class _TerminalBar:
    """Draws the work on a rich bar; a new unit or total starts a new line."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._task: TaskID | None = None
        self._work: tuple[str, int] | None = None

    def __call__(self, done: int, total: int, *, unit: str, note: str = "") -> None:
        if self._task is None or self._work != (unit, total):
            self._task = self._bar.add_task(unit, total=total)
            self._work = (unit, total)
        self._bar.update(self._task, completed=done, description=f"{unit} {note}".strip())


class _ProgressFile:
    """Writes `progress.json`, at most every `WRITE_INTERVAL_SECONDS` and at the end."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / PROGRESS
        self._meter = RateMeter()
        self._last: ProgressReport | None = None
        self._written_at = float("-inf")

    def __call__(self, done: int, total: int, *, unit: str, note: str = "") -> None:
        now = time.monotonic()
        self._meter.add(done, total, unit=unit, now=now)
        rate = self._meter.rate_per_second()
        self._last = ProgressReport(
            done=done,
            total=total,
            unit=unit,
            note=note,
            rate_per_second=rate,
            seconds_left=(total - done) / rate if rate else None,
            updated=datetime.now(UTC).isoformat(timespec="milliseconds"),
        )
        if done >= total or now - self._written_at >= WRITE_INTERVAL_SECONDS:
            self._written_at = now
            self.flush()

    def flush(self) -> None:
        # Not synced to the disk: four times a second, that would slow the work it reports on.
        if self._last:
            write_json(self._path, asdict(self._last), durable=False)


def _bar() -> Bar:
    return Bar(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
