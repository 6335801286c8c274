"""A small reverse proxy that hands requests on under a `Host` of its own, WebSockets too."""

import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

CHUNK = 2**16


class _Handler(StreamRequestHandler):
    server: "_Server"
    rbufsize = 0  # What follows the head is read from the socket itself.

    def handle(self) -> None:
        head = list(takewhile(lambda line: line != b"\r\n", self.rfile))
        upgrades = any(line.lower().startswith(b"upgrade:") for line in head)
        dropped = (b"host:",) if upgrades else (b"host:", b"connection:")
        kept = [line for line in head if not line.lower().startswith(dropped)]
        own = [f"Host: 127.0.0.1:{self.server.target}\r\n".encode()]
        own += [] if upgrades else [b"Connection: close\r\n"]
        with socket.create_connection(("127.0.0.1", self.server.target)) as there:
            there.sendall(b"".join([*kept, *own, b"\r\n"]))
            self._pour({self.connection: there, there: self.connection})

    def _pour(self, ways: dict[socket.socket, socket.socket]) -> None:
        """Hand on what comes from either side, until one of them ends."""
        while not self.server.ending:
            for side in select.select(list(ways), [], [], 0.1)[0]:
                try:
                    content = side.recv(CHUNK)
                    ways[side].sendall(content)
                except OSError:
                    return
                if not content:
                    return


class _Server(ThreadingTCPServer):
    ending = False
    target = 0


@contextmanager
def reverse_proxy(port: int, target: int) -> Iterator[None]:
    """Listen on `port` of this machine and ask the server on `target`, each request anew."""
    with _Server(("127.0.0.1", port), _Handler) as server:
        server.target = target
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield
        finally:
            server.ending = True
            server.shutdown()
            thread.join()
