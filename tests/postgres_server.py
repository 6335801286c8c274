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
from typing import Any

import psycopg
import pytest

DEADLINE_SECONDS = 60.0


def server_programs() -> Path | None:
    """Return the folder of `initdb` and `postgres`; None where there is none."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = shutil.which("postgres")
    candidates = [*folders, *([Path(on_path).parent] if on_path else [])]
    return next((folder for folder in candidates if (folder / "postgres").exists()), None)


def required_programs() -> Path:
    """Return the folder of `initdb` and `postgres`; without one, fail under CI, else skip."""
    programs = server_programs()
    if programs is None:
        reason = "PostgreSQL's server is missing: `apt-get install postgresql`"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return programs


@dataclass
class Server:
    """A running server; every database that is asked for is new and empty."""

    programs: Path
    folder: Path
    process: "subprocess.Popen[bytes]"
    numbers: Iterator[int]

    def new_database(self, disk: Path | None = None) -> str:
        """Return the URL of an empty database, whose tables lie on `disk` if there is one."""
        name = f"labels{next(self.numbers)}"
        with self.superuser() as connection:
            if disk is not None:
                give_to_server(disk)
                connection.execute(f"CREATE TABLESPACE {name} LOCATION '{disk}'")
            place = f" TABLESPACE {name}" if disk is not None else ""
            connection.execute(f"CREATE DATABASE {name}{place}")
        return f"postgresql://hpa@/{name}?host={self.folder}"

    def drop(self, url: str) -> None:
        """Drop a database and the tablespace of its name, so that its disk can go."""
        name = database_of(url)
        with self.superuser() as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
            connection.execute(f"DROP TABLESPACE {name}")

    def make_read_only(self, url: str, *, no_longer: bool = False) -> None:
        """Let nobody write a database, or everybody again; whoever is connected is thrown out."""
        name, told = database_of(url), "off" if no_longer else "on"
        with self.superuser() as connection:
            connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = {told}")
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )

    def superuser(self) -> "psycopg.Connection[Any]":
        """Return a connection that commits every statement by itself."""
        return psycopg.connect(self._conninfo("postgres"), autocommit=True)

    def limit_files(self, size: str) -> None:
        """Let no file of the server grow beyond `size` bytes, for connections from now on."""
        limit = ["prlimit", f"--pid={self.process.pid}", f"--fsize={size}:"]
        subprocess.run([*_as_server_user(), *limit], check=True)

    def move_log(self, disk: Path) -> None:
        """Move the write-ahead log to another disk and start the server again."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=DEADLINE_SECONDS)
        log = self.folder / "data" / "pg_wal"
        shutil.copytree(log, disk / "log")
        shutil.rmtree(log)
        log.symlink_to(disk / "log")
        give_to_server(disk)
        self.start()

    def start(self) -> None:
        self.process = _start(self.programs, self.folder)
        self.wait()

    def crash(self) -> None:
        """End the server and all it started without a checkpoint, and start it again."""
        self.process.send_signal(signal.SIGQUIT)  # what "immediate shutdown" is: no checkpoint
        self.process.wait(timeout=DEADLINE_SECONDS)
        self.start()

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


def database_of(url: str) -> str:
    """Return the name of the database that a URL of `Server.new_database` leads to."""
    return url.partition("@/")[2].partition("?")[0]


@contextmanager
def postgres_server(programs: Path) -> Iterator[Server]:
    """Yield a server that is gone, with all its files, afterwards."""
    # Sockets need a short path, and the server's user must reach it: not below pytest's folder.
    folder = Path(tempfile.mkdtemp(prefix="hpa-pg-"))
    give_to_server(folder)
    try:
        command = [*_as_server_user(), str(programs / "initdb"), "-D", str(folder / "data")]
        options = [
            "-U",
            "hpa",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
            "--wal-segsize=1",
        ]
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


def give_to_server(folder: Path) -> None:
    """Make a folder the property of whom the server runs as."""
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, "postgres", "postgres")


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
