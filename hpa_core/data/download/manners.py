"""How hard a server may be asked: settings, the pace of requests, waiting that a stop ends."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from hpa_core.errors import ConfigError

MOST_WORKERS = 16
LONGEST_PAUSE_SECONDS = 3600
POLL_SECONDS = 0.1


@dataclass(frozen=True, kw_only=True)
class Manners:
    """How files are fetched.

    Attributes:
        workers: requests at a time, to the one host there is.
        delay_seconds: between the starts of two requests.
        retries: how often a file is tried again after the first time.
        backoff_seconds: the second retry waits twice as long, each further one twice the last, and
            up to as much more by lot; the first waits not at all.
        timeout_seconds: without a byte, then the connection counts as stalled.
        attempt_seconds: for one file from request to last byte, however slowly they come.
        max_bytes: of a file.

    Raises:
        ConfigError: a value cannot be meant.
    """

    workers: int = 4
    delay_seconds: float = 0.05
    retries: int = 5
    backoff_seconds: float = 1.0
    timeout_seconds: float = 30.0
    attempt_seconds: float = 600.0
    max_bytes: int = 64 * 1024**2

    def __post_init__(self) -> None:
        bounds = {
            "workers": (1, MOST_WORKERS),
            "delay_seconds": (0, 60),
            "retries": (0, 50),
            "backoff_seconds": (0, 60),
            "timeout_seconds": (0.01, 600),
            "attempt_seconds": (0.01, 86_400),
            "max_bytes": (1, 1024**3),
        }
        for name, (least, most) in bounds.items():
            if not least <= (value := getattr(self, name)) <= most:
                raise ConfigError(f"{name} cannot be {value}; expected {least} to {most}.")


class Stopped(Exception):  # noqa: N818 - no error: the work was asked to end
    """A stop was asked for while a worker waited or read."""


class Gate:
    """Lets one request begin at a time, each `delay_seconds` after the last, for all workers."""

    def __init__(self, delay_seconds: float, *, stop: Callable[[], bool]) -> None:
        self._delay = delay_seconds
        self._stop = stop
        self._lock = threading.Lock()
        self._next = time.monotonic()

    def wait_turn(self) -> None:
        """Return when a request may begin.

        Raises:
            Stopped: a stop was asked for meanwhile.
        """
        while (seconds := self._until_turn()) > 0:
            self._nap(seconds)

    def wait(self, seconds: float) -> None:
        """Wait, of this worker alone.

        Raises:
            Stopped: a stop was asked for meanwhile.
        """
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._nap(left)

    def pause(self, seconds: float) -> None:
        """Let no request of any worker begin for so long: the server asked for it."""
        with self._lock:
            self._next = max(self._next, time.monotonic() + seconds)

    def check(self) -> None:
        """Raise `Stopped` if a stop was asked for."""
        if self._stop():
            raise Stopped

    def _until_turn(self) -> float:
        self.check()
        with self._lock:
            now = time.monotonic()
            if now >= self._next:
                self._next = now + self._delay
                return 0.0
            return self._next - now

    def _nap(self, seconds: float) -> None:
        self.check()
        time.sleep(min(seconds, POLL_SECONDS))
