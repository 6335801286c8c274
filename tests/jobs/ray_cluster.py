"""A real Ray head for the tests: token, ports and folder of its own, and nothing left of it.

    python tests/jobs/ray_cluster.py SESSION

Run as a program it waits until its standard input ends, then kills every process of a session:
so the head dies with the tests, whatever ends them.
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

START_SECONDS = 400.0
"""It takes 12 on a quiet machine; a busy one has been seen to need more than 120."""


@dataclass(frozen=True)
class Head:
    """A head that answers.

    Attributes:
        session: the kernel's session of all its processes.
        token_file: where its token stands.
    """

    address: str
    session: int
    token_file: Path

    @property
    def token_variables(self) -> dict[str, str]:
        """What a client needs in its environment."""
        return {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN_PATH": str(self.token_file)}

    def kill(self) -> None:
        """Kill every process of the head's session."""
        while living := _session_members(self.session):
            for pid in living:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)

    def processes(self) -> list[int]:
        """Return the living processes of the head's session."""
        return _session_members(self.session)


@contextmanager
def ray_head(token: str = "") -> Iterator[Head]:
    """Start a head with one device slot, and end it with all that it started."""
    # Short: the path of a socket may have 107 characters.
    with tempfile.TemporaryDirectory(prefix="hpa-", dir="/tmp", ignore_cleanup_errors=True) as name:
        token_file = Path(name, "token")
        token_file.write_text(token or secrets.token_hex(32))
        head, process = _start(Path(name), token_file)
        with _guarded(head):
            try:
                _wait_for(head, process, Path(name, "log"))
                yield head
            finally:
                head.kill()
                process.wait()


def _start(folder: Path, token_file: Path) -> tuple[Head, "subprocess.Popen[bytes]"]:
    dashboard, gcs, client, agent = _free_ports(4)
    head = Head(f"http://127.0.0.1:{dashboard}", 0, token_file)
    options = {
        "num-cpus": 2,
        "num-gpus": 1,
        "node-ip-address": "127.0.0.1",
        "port": gcs,
        "dashboard-host": "127.0.0.1",
        "dashboard-port": dashboard,
        "dashboard-agent-listen-port": agent,
        "ray-client-server-port": client,
        "object-store-memory": 80_000_000,
        "include-log-monitor": False,
        "temp-dir": folder / "ray",
    }
    arguments = [f"--{name}={value}" for name, value in options.items()]
    environment = {key: v for key, v in os.environ.items() if not key.startswith("RAY_")} | {
        **head.token_variables,
        "RAY_USAGE_STATS_ENABLED": "0",
        # Else Ray fails a job that has waited in its queue for 15 minutes.
        "RAY_JOB_START_TIMEOUT_SECONDS": "8640000",
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [Path(sys.executable).with_name("ray"), "start", "--head", "--block", *arguments],
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    return replace(head, session=process.pid), process


def _wait_for(head: Head, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    headers = {"Authorization": f"Bearer {head.token_file.read_text()}"}
    request = urllib.request.Request(f"{head.address}/api/jobs/", headers=headers)  # noqa: S310
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(request, timeout=5).close()  # noqa: S310
            return
        time.sleep(0.2)
    raise RuntimeError(f"the Ray head did not start: {log.read_text()[-2000:]}")


@contextmanager
def _guarded(head: Head) -> Iterator[None]:
    """Have the head killed if this process ends without having done so."""
    with subprocess.Popen(
        [sys.executable, "-S", __file__, str(head.session)],
        stdin=subprocess.PIPE,
        start_new_session=True,
    ) as guard:
        yield
        guard.terminate()


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [item.getsockname()[1] for item in sockets]
    for item in sockets:
        item.close()
    return ports


def _session_members(session: int) -> list[int]:
    members = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(FileNotFoundError, ProcessLookupError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) == session and fields[0] not in "ZX":
                members.append(int(folder.name))
    return members


if __name__ == "__main__":
    sys.stdin.read()
    Head("", int(sys.argv[1]), Path()).kill()
