"""A real PostgreSQL server of our own, on a Unix socket in a folder of its own."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg

DEADLINE_SECONDS = 60.0


def server_programs() -> Path | None:
    """Return the folder of `initdb` and `postgres`; None where there is none."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = shutil.which("postgres")
    candidates = [*folders, *([Path(on_path).parent] if on_path else [])]
    return next((folder for folder in candidates if (folder / "postgres").exists()), None)


@dataclass
class Server:
    """A running server; every database that is asked for is new and empty."""

    programs: Path
    folder: Path
    process: "subprocess.Popen[bytes]"
    numbers: Iterator[int]

    def new_database(self) -> str:
        """Return the URL of an empty database."""
        name = f"labels{next(self.numbers)}"
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql://hpa@/{name}?host={self.folder}"

    def crash(self) -> None:
        """End the server and all it started without a checkpoint, and start it again."""
        self.process.send_signal(signal.SIGQUIT)  # what "immediate shutdown" is: no checkpoint
        self.process.wait(timeout=DEADLINE_SECONDS)
        self.process = _start(self.programs, self.folder)
        self.wait()

    def wait(self) -> None:
        deadline = time.monotonic() + DEADLINE_SECONDS
        while True:
            try:
                psycopg.connect(self._conninfo("postgres")).close()
                return
            except psycopg.OperationalError:
                log = (self.folder / "log").read_text()
                assert self.process.poll() is None, log
                assert time.monotonic() < deadline, log
                time.sleep(0.05)

    def _conninfo(self, database: str) -> str:
        return f"dbname={database} user=hpa host={self.folder}"


@contextmanager
def postgres_server(programs: Path) -> Iterator[Server]:
    """Yield a server that is gone, with all its files, afterwards."""
    # Sockets need a short path, and the server's user must reach it: not below pytest's folder.
    folder = Path(tempfile.mkdtemp(prefix="hpa-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    try:
        command = [*_as_server_user(), str(programs / "initdb"), "-D", str(folder / "data")]
        options = ["-U", "hpa", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run([*command, *options], check=True, capture_output=True, cwd=folder)
        server = Server(programs, folder, _start(programs, folder), count())
        try:
            server.wait()
            yield server
        finally:
            server.process.send_signal(signal.SIGQUIT)
            server.process.wait(timeout=DEADLINE_SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start(programs: Path, folder: Path) -> "subprocess.Popen[bytes]":
    command = [*_as_server_user(), str(programs / "postgres"), "-D", str(folder / "data")]
    options = ["-k", str(folder), "-c", "listen_addresses=", "-c", "max_connections=60"]
    # Whoever is killed leaves the kernel's cache whole, so waiting for the disk would prove nothing
    # and cost most of the time of these tests. `test_store_faults` checks what a commit waits for.
    options += ["-c", "fsync=off"]
    with (folder / "log").open("ab") as log:
        return subprocess.Popen([*command, *options], stdout=log, stderr=log, cwd=folder)


def _as_server_user() -> list[str]:
    """PostgreSQL refuses to run as root; `setpriv` becomes the command, so signals reach it."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
