"""One file from the server to the folder, however often that must be tried.

A file grows as `.<name>.part` and gets its name once it is whole: a JPEG from start to end mark, of
the size that the server said and, where it is known, of the right checksum. A part is taken up
again by a range request if the server named its content by a strong ETag, and only while the
content still has that name (`If-Range`); else it is fetched from its beginning.

References:
    RFC 9110, HTTP Semantics: 13.1.5 If-Range, 14 Range Requests, 10.2.3 Retry-After.
"""

import os
import time
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from urllib3 import BaseHTTPResponse, PoolManager, ProxyManager, Retry, Timeout
from urllib3.exceptions import (
    HTTPError,
    InvalidHeader,
    LocationValueError,
    MaxRetryError,
    NewConnectionError,
    TimeoutError,  # noqa: A004 - urllib3's own, above its two kinds
)

from hpa_core.data.download.journal import DownloadJournal
from hpa_core.data.download.manners import LONGEST_PAUSE_SECONDS, Gate, Manners
from hpa_core.data.download.wanted import WantedFile
from hpa_core.data.jpeg import END, START
from hpa_core.files import explained_os_errors

USER_AGENT = "HPA-Workbench/0.1 (download of Human Protein Atlas images)"
AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
PAUSING = frozenset({429, 503})
ABSENT = frozenset({404, 410})
MOST_REDIRECTS = 5
CHUNK_BYTES = 64 * 1024
LONGEST_BACKOFF_SECONDS = 120.0


class Refused(Exception):  # noqa: N818 - a verdict on one file, told in the journal
    """A file that will not come, however often it is asked for."""


class Absent(Refused):
    """A file that the server does not have."""


class Exhausted(Refused):
    """A file that did not come in all tries; what is here of it may still be taken up later."""


class Again(Exception):  # noqa: N818 - a verdict on one attempt
    """An attempt that failed in a way that may pass."""


class Transfer:
    """Fetches files into one folder; `fetch` may be called from any thread."""

    def __init__(
        self,
        folder: Path,
        *,
        pool: PoolManager,
        journal: DownloadJournal,
        gate: Gate,
        manners: Manners,
    ) -> None:
        self._folder, self._pool, self._journal = folder, pool, journal
        self._gate, self._manners = gate, manners

    def fetch(self, wanted: WantedFile) -> Refused | None:
        """Fetch one file; return why it did not come, or None.

        Raises:
            Stopped: a stop was asked for; what came so far stays.
            WorkspaceError: the disk is full or the folder cannot be written.
        """
        try:
            self._try_until_whole(wanted)
        except Refused as verdict:
            if not isinstance(verdict, Exhausted):
                (self._folder / f".{wanted.name}.part").unlink(missing_ok=True)
            self._journal.failed(wanted.name, reason=str(verdict))
            return verdict
        return None

    def _try_until_whole(self, wanted: WantedFile) -> None:
        policy = Retry(
            total=self._manners.retries,
            backoff_factor=self._manners.backoff_seconds,
            backoff_jitter=self._manners.backoff_seconds,
            backoff_max=LONGEST_BACKOFF_SECONDS,
        )
        while True:
            self._gate.wait_turn()
            try:
                return self._attempt(wanted)
            except Again as failure:
                try:
                    policy = policy.increment("GET", wanted.url, error=failure)
                except MaxRetryError:
                    tries = self._manners.retries + 1
                    raise Exhausted(f"{failure} ({tries} tries)") from None
                self._gate.wait(policy.get_backoff_time())

    def _attempt(self, wanted: WantedFile) -> None:
        """Ask once, receive, check, and give the file its name."""
        part = self._folder / f".{wanted.name}.part"
        known = self._known(wanted, part)
        try:
            with self._asked(wanted, known) as response:
                start = self._start(response, wanted, part, known)
                with explained_os_errors(part), part.open("r+b" if start else "wb") as file:
                    self._receive(response, wanted, file, start)
        except HTTPError as error:
            raise Again(_told(error)) from None
        digest, size = _checked(wanted, part)
        with explained_os_errors(part):
            part.replace(self._folder / wanted.name)
        self._journal.done(wanted.name, sha256=digest, size=size)

    def _known(self, wanted: WantedFile, part: Path) -> int:
        """Return how many bytes are here that need not be asked for again."""
        if part.is_symlink():
            part.unlink()
        return part.stat().st_size if part.exists() and self._journal.etag(wanted.name) else 0

    def _asked(self, wanted: WantedFile, known: int) -> BaseHTTPResponse:
        """Send the request; `known` bytes are here already."""
        headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity"}
        if known:
            headers |= {"Range": f"bytes={known}-", "If-Range": self._journal.etag(wanted.name)}
        seconds = self._manners.timeout_seconds
        try:
            return self._pool.urlopen(
                "GET",
                wanted.url,
                headers=headers,
                preload_content=False,
                timeout=Timeout(connect=seconds, read=seconds),
                # Whether to try again is decided above, where the part is known.
                retries=Retry(None, connect=0, read=0, other=0, status=0, redirect=MOST_REDIRECTS),
            )
        except LocationValueError as error:
            raise Refused(f"leads to an address that is not fetched ({error})") from None

    def _receive(
        self, response: BaseHTTPResponse, wanted: WantedFile, file: BinaryIO, start: int
    ) -> None:
        """Write the body where it belongs in the part."""
        limit = self._manners.max_bytes
        length = response.headers.get("Content-Length", "")
        if length.isdigit() and start + int(length) > limit:
            raise Refused(f"has {start + int(length):,} bytes; at most {limit:,} are fetched")
        file.truncate(file.seek(start))
        self._journal.begun(wanted.name, etag=_strong_etag(response))
        deadline = time.monotonic() + self._manners.attempt_seconds
        while chunk := response.read1(CHUNK_BYTES, decode_content=False):
            self._gate.check()
            file.write(chunk)
            if file.tell() > limit:
                raise Refused(f"has over {limit:,} bytes; no more are fetched")
            if time.monotonic() > deadline:
                raise Again(f"was not here after {self._manners.attempt_seconds:.0f} s")
        file.flush()
        os.fsync(file.fileno())

    def _start(self, response: BaseHTTPResponse, wanted: WantedFile, part: Path, known: int) -> int:
        """Return where in the part the body begins, by the answer's status."""
        status = response.status
        if status == 200:
            return 0
        if status == 206 and _continues(response, known, self._journal.etag(wanted.name)):
            return known
        said = f"the server answered {status} {response.reason or ''}".strip()
        if status in {206, 416}:
            part.unlink(missing_ok=True)
            raise Again(f"{said} to a request for the rest of the file")
        if status not in AGAIN:
            raise Absent(said) if status in ABSENT else Refused(said)
        if status in PAUSING:
            self._gate.pause(_retry_after(response))
        raise Again(said)


def open_file_pool(workers: int, *, proxy: str = "") -> PoolManager:
    """Return what keeps connections, by way of a proxy if one is named."""
    return ProxyManager(proxy, maxsize=workers) if proxy else PoolManager(maxsize=workers)


def whole_jpeg(content: bytes) -> bool:
    """Tell whether content has a JPEG's start and end."""
    return content.startswith(START) and content.endswith(END)


def _checked(wanted: WantedFile, part: Path) -> tuple[str, int]:
    """Return SHA-256 and size of a part that is whole; remove it if it is not."""
    content = part.read_bytes()
    digest = sha256(content).hexdigest()
    right = not wanted.sha256 or digest == wanted.sha256
    if whole_jpeg(content) and right:
        return digest, len(content)
    part.unlink()
    if not content.startswith(START):
        kind = f"no JPEG (it begins with {content[:16]!r})" if content else "empty"
        raise Refused(f"is {kind}; check the address")
    if not right:
        raise Again(f"has the SHA-256 {digest}; the list of checksums says {wanted.sha256}")
    raise Again(f"came without its end mark ({len(content):,} bytes)")


def _continues(response: BaseHTTPResponse, known: int, etag: str) -> bool:
    """Tell whether a partial answer is of the same content and begins right after what is known."""
    same = response.headers.get("ETag", etag) == etag
    place = response.headers.get("Content-Range", "")
    return bool(known) and same and place.startswith(f"bytes {known}-")


def _strong_etag(response: BaseHTTPResponse) -> str:
    """Return the name that the server gives to this very content; empty if it gives none."""
    etag = response.headers.get("ETag", "")
    return etag if etag.startswith('"') else ""


def _retry_after(response: BaseHTTPResponse) -> float:
    """Return for how many seconds the server wants to be left alone."""
    try:
        return Retry(retry_after_max=LONGEST_PAUSE_SECONDS).get_retry_after(response) or 0.0
    except InvalidHeader:
        return 0.0


def _told(error: HTTPError) -> str:
    """Say what went wrong on the way, without addresses of objects."""
    reason = error.reason if isinstance(error, MaxRetryError) and error.reason else error
    if isinstance(reason, TimeoutError) and not isinstance(reason, NewConnectionError):
        return "the connection stalled"
    text = str(reason.args[0] if reason.args else type(reason).__name__)
    return f"the connection failed ({text.rpartition('): ')[2][:120]})"
