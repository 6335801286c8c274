"""Fetching many files into a folder, by several workers, until all are there or a stop is asked.

It may be ended at any point, even by `kill -9`: a file has its name only when it is whole, the
journal says what became of every file, and a second start takes up where the first was ended.
Workers are threads that the process does not wait for when it ends, so that a stalled connection
cannot hold it up.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from queue import Empty, SimpleQueue
from stat import S_ISREG
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from hpa_core.data.download.journal import DownloadJournal, sole_download
from hpa_core.data.download.manners import POLL_SECONDS, Gate, Manners, Stopped
from hpa_core.data.download.transfer import (
    Absent,
    Refused,
    Transfer,
    open_file_pool,
    whole_jpeg,
)
from hpa_core.data.download.wanted import WantedFile
from hpa_core.data.refusals import Refusal
from hpa_core.errors import DownloadError, HpaError
from hpa_core.progress import Progress, quiet

MOST_FAILURES_RUNNING = 50
"""So many files in a row that failed mean that the address is wrong or the server is gone."""

FAREWELL_SECONDS = 2.0
"""How long workers may take to put down what they hold when a stop is asked."""


@dataclass(frozen=True, kw_only=True)
class Download:
    """What became of the files that were wanted.

    Attributes:
        wanted: how many.
        present: how many are there now.
        fetched: how many of them this call brought.
        failed: the files that did not come, each with its reason, in the order asked for.
        stopped: whether a stop was asked for before all were tried.
    """

    wanted: int
    present: int
    fetched: int
    failed: tuple[Refusal, ...]
    stopped: bool


def download_files(
    files: Sequence[WantedFile],
    folder: Path,
    *,
    manners: Manners | None = None,
    stop: Callable[[], bool] = lambda: False,
    progress: Progress = quiet,
) -> Download:
    """Bring the files that are not in the folder yet.

    Args:
        files: all on one host.
        folder: made if it is missing.
        manners: how hard the server may be asked.
        stop: asked often; once it says yes, this returns soon.
        progress: told the files that are there.

    Raises:
        DownloadError: another download is at work there, or so many files failed in a row that
            going on makes no sense.
        WorkspaceError: the disk is full or the folder cannot be written.
    """
    with sole_download(folder):
        journal = DownloadJournal(folder)
        missing = [file for file in files if not _is_there(file, folder, journal)]
        already = len(files) - len(missing)
        crew = _Crew(missing, folder, journal=journal, manners=manners or Manners(), stop=stop)
        failed: list[Refusal] = []
        fetched = running = 0
        progress(already, len(files), unit="files")
        for file, verdict in crew.work():
            if verdict is None:
                fetched, running = fetched + 1, 0
            else:
                failed.append(Refusal(file.name, file.name, f"{file.name} {verdict}"))
                # Where others of its kind are, a file that is absent says nothing of the address.
                running += not (isinstance(verdict, Absent) and already + fetched)
            note = f"{len(failed):,} failed" if failed else ""
            progress(already + fetched, len(files), unit="files", note=note)
            if running == MOST_FAILURES_RUNNING:
                crew.halt()
                raise DownloadError(
                    f"{running} files in a row did not come, the last because {file.name} "
                    f"{verdict}; check the address, or start again later."
                )
    order = {file.name: place for place, file in enumerate(files)}
    return Download(
        wanted=len(files),
        present=already + fetched,
        fetched=fetched,
        failed=tuple(sorted(failed, key=lambda refusal: order[refusal.file])),
        stopped=already + fetched + len(failed) < len(files),
    )


class _Crew:
    """Workers that take one file after the other and report what became of it."""

    def __init__(
        self,
        files: Sequence[WantedFile],
        folder: Path,
        *,
        journal: DownloadJournal,
        manners: Manners,
        stop: Callable[[], bool],
    ) -> None:
        self._files = iter(files)
        self._taking = threading.Lock()
        self._stop = stop
        self._halted = threading.Event()
        self._results: SimpleQueue[tuple[WantedFile, Refused | None] | HpaError | None] = (
            SimpleQueue()
        )
        self._transfer = Transfer(
            folder,
            pool=open_file_pool(manners.workers, proxy=_proxy(files[0].url) if files else ""),
            journal=journal,
            gate=Gate(manners.delay_seconds, stop=self._stopped),
            manners=manners,
        )
        self._workers = min(manners.workers, len(files))

    def halt(self) -> None:
        """Let the workers put down what they hold."""
        self._halted.set()

    def work(self) -> Iterator[tuple[WantedFile, Refused | None]]:
        """Yield each file as it came, or with the verdict why it did not.

        Raises:
            WorkspaceError: a worker could not write.
        """
        for _ in range(self._workers):
            threading.Thread(target=self._work, daemon=True).start()
        at_work, patience = self._workers, FAREWELL_SECONDS
        while at_work and patience > 0:
            try:
                result = self._results.get(timeout=POLL_SECONDS)
            except Empty:
                patience -= POLL_SECONDS * self._stopped()
                continue
            if result is None:
                at_work -= 1
            elif isinstance(result, HpaError):
                self.halt()
                raise result
            else:
                yield result

    def _work(self) -> None:
        try:
            while (file := self._next()) is not None:
                self._results.put((file, self._transfer.fetch(file)))
        except Stopped:
            pass
        except HpaError as error:
            self._results.put(error)
        finally:
            self._results.put(None)

    def _next(self) -> WantedFile | None:
        with self._taking:
            return next(self._files, None)

    def _stopped(self) -> bool:
        return self._halted.is_set() or self._stop()


def _is_there(file: WantedFile, folder: Path, journal: DownloadJournal) -> bool:
    """Tell whether a file came already, and take one that came just before a kill into the journal.

    What the journal calls done is believed while the file has the size noted there.
    """
    path = folder / file.name
    try:
        status = path.lstat()
    except FileNotFoundError:
        return False
    if not S_ISREG(status.st_mode):
        raise DownloadError(f"{path} is a link or a folder; move it away, then start again.")
    known = journal.last.get(file.name, {})
    if known.get("state") == "done":
        right = not file.sha256 or file.sha256 == known["sha256"]
        return right and status.st_size == int(known["bytes"])
    content = path.read_bytes()
    digest = sha256(content).hexdigest()
    if not whole_jpeg(content) or (file.sha256 and digest != file.sha256):
        return False
    journal.done(file.name, sha256=digest, size=status.st_size)
    return True


def _proxy(url: str) -> str:
    """Return the proxy that the environment names for an address; empty if it names none."""
    parts = urlsplit(url)
    return "" if proxy_bypass(parts.hostname or "") else getproxies().get(parts.scheme, "")
