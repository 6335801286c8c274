r"""The journal of a download: what became of every file, one JSON line each, beside the files.

    {"file": "1_2_A1_1_red.jpg", "state": "done", "sha256": "...", "bytes": 151240}
    {"file": "1_2_A1_1_blue.jpg", "state": "begun", "etag": "\"5f3\""}
    {"file": "1_2_A1_1_green.jpg", "state": "failed", "reason": "the server answered 404 Not Found"}

The last line of a file counts. A line that a crash has torn is passed over: every line begins with
a line end of its own, so that a torn one spoils only itself.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from hpa_core.errors import DownloadError
from hpa_core.files import explained_os_errors

JOURNAL = "download.jsonl"
LOCK = ".download.lock"


class DownloadJournal:
    """Reads what was written before, and adds lines from any thread.

    Attributes:
        last: the last line of every file.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / JOURNAL
        self._lock = threading.Lock()
        self.last: dict[str, dict[str, Any]] = {}
        if self.path.exists():
            for line in self.path.read_bytes().split(b"\n"):
                if (entry := _entry(line)) is not None:
                    self.last[entry["file"]] = entry

    def begun(self, name: str, *, etag: str) -> None:
        """Note what a file that is being fetched can be resumed by; `etag` may be empty."""
        if etag != self.etag(name):
            self._add({"file": name, "state": "begun", "etag": etag})

    def done(self, name: str, *, sha256: str, size: int) -> None:
        """Note that a file is there, whole."""
        self._add({"file": name, "state": "done", "sha256": sha256, "bytes": size})

    def failed(self, name: str, *, reason: str) -> None:
        """Note why a file is not there. What was begun of it may still be resumed."""
        self._add({"file": name, "state": "failed", "reason": reason, "etag": self.etag(name)})

    def etag(self, name: str) -> str:
        """Return what a file that was begun can be resumed by; empty if it cannot."""
        return str(self.last.get(name, {}).get("etag", ""))

    def _add(self, entry: dict[str, Any]) -> None:
        line = b"\n" + json.dumps(entry).encode()
        with self._lock, explained_os_errors(self.path), self.path.open("ab") as file:
            file.write(line)
            self.last[entry["file"]] = entry


@contextmanager
def sole_download(folder: Path) -> Iterator[None]:
    """Keep any other process from fetching into the same folder; the kernel frees it on death.

    Raises:
        DownloadError: another download is at work there.
        WorkspaceError: the folder cannot be written.
    """
    with explained_os_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise DownloadError(
                f"Another download is at work in {folder}; wait for it to end."
            ) from None
    try:
        yield
    finally:
        lock.release()


def _entry(line: bytes) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
        return entry if {"file", "state"} <= entry.keys() else None
    except (ValueError, AttributeError):
        return None
