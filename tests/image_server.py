"""A real HTTP server whose every answer a test decides, and which counts what it was asked."""

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np

Answer = Callable[["Handler"], None]


def jpeg(seed: int, size: int = 3000) -> bytes:
    """Bytes with a JPEG's start and end."""
    middle = np.random.default_rng(seed).integers(0, 255, size, dtype=np.uint8).tobytes()
    return b"\xff\xd8\xff\xe0" + middle + b"\xff\xd9"


class Handler(BaseHTTPRequestHandler):
    """Gives the next answer that is left for a path, or the last one for ever."""

    protocol_version = "HTTP/1.1"
    server: "Server"

    def do_GET(self) -> None:
        server = self.server
        with server.lock:
            server.requests.append((self.path, dict(self.headers)))
            server.at_work += 1
            server.most_at_work = max(server.most_at_work, server.at_work)
            answers = server.answers[self.path]
            answer = answers.pop(0) if len(answers) > 1 else next(iter(answers), status(404))
        try:
            answer(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            with server.lock:
                server.at_work -= 1

    def head(self, code: int, **headers: object) -> None:
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.lock = threading.Lock()
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.answers: dict[str, list[Answer]] = defaultdict(list)
        self.released = threading.Event()
        self.at_work = self.most_at_work = 0

    @property
    def counts(self) -> Counter[str]:
        return Counter(path for path, _ in self.requests)

    def headers_of(self, path: str) -> list[dict[str, str]]:
        return [headers for asked, headers in self.requests if asked == path]


def once_released(answer: Answer) -> Answer:
    """Give an answer as soon as the server is released; whoever asks is at work until then."""

    def held(handler: Handler) -> None:
        handler.server.released.wait()
        answer(handler)

    return held


def serve(content: bytes, *, etag: str = "", ranges: bool = True) -> Answer:
    """The whole content, or the rest of it where that is asked for under the same ETag."""

    def answer(handler: Handler) -> None:
        named = {"ETag": etag} if etag else {}
        wanted = handler.headers.get("Range", "")
        same = handler.headers.get("If-Range", etag) == etag
        if wanted and ranges and same:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            place = f"bytes {start}-{len(content) - 1}/{len(content)}"
            rest = content[start:]
            handler.head(206, Content_Length=len(rest), Content_Range=place, **named)
            handler.wfile.write(rest)
        else:
            handler.head(200, Content_Length=len(content), **named)
            handler.wfile.write(content)

    return answer


def status(code: int, body: bytes = b"", **headers: object) -> Answer:
    def answer(handler: Handler) -> None:
        handler.head(code, Content_Length=len(body), **headers)
        handler.wfile.write(body)

    return answer


def cut_after(count: int, content: bytes, *, etag: str = "") -> Answer:
    """Promise all, send the first bytes, hang up."""

    def answer(handler: Handler) -> None:
        named = {"ETag": etag} if etag else {}
        handler.head(200, Content_Length=len(content), **named)
        handler.wfile.write(content[:count])
        handler.close_connection = True

    return answer


def stall_after(count: int, content: bytes, *, etag: str = "") -> Answer:
    """Promise all, send the first bytes, then nothing until the test is over."""

    def answer(handler: Handler) -> None:
        named = {"ETag": etag} if etag else {}
        handler.head(200, Content_Length=len(content), **named)
        handler.wfile.write(content[:count])
        handler.wfile.flush()
        handler.server.released.wait()
        handler.close_connection = True

    return answer


@contextmanager
def running_server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield running
        finally:
            running.released.set()
            running.shutdown()
            thread.join()
