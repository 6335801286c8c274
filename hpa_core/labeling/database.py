"""Connections to the label database: SQLite in the workspace, or PostgreSQL.

An acknowledged commit is on the disk: SQLite runs with a write-ahead log and `synchronous=FULL`,
PostgreSQL with `synchronous_commit=on`. Whatever the database says when it cannot be used becomes
one sentence. A write-ahead log needs a local disk: several machines need PostgreSQL.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from random import uniform
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, SQLAlchemyError

from hpa_core.errors import ConfigError, LabelsUnavailableError, WorkspaceError
from hpa_core.files import explained_os_errors
from hpa_core.workspace import Workspace

URL_VARIABLE = "HPA_DATABASE_URL"
LOCK_SECONDS = 10.0
"""How long a writer waits for others before it says so."""

RETRY_SECONDS = (0.001, 0.005)
"""Between a writer's tries while another one writes, drawn so that none is always too late."""

MOST_ATTEMPTS = 20
"""Transactions that meet others again and again before it is given up."""

Result = TypeVar("Result")

_LOST = (
    "the connection failed; check that the server runs. What was under way may or may not be "
    "recorded; the same act sent again is recorded once"
)
_NOTHING = "nothing was recorded; try again"
_SQLITE = {
    "SQLITE_BUSY": f"another process has kept it locked; {_NOTHING} when that has ended",
    "SQLITE_LOCKED": f"another process has kept it locked; {_NOTHING} when that has ended",
    "SQLITE_READONLY": "it is read-only; nothing was recorded; check who owns the file and folder",
    "SQLITE_FULL": f"the disk is full; {_NOTHING} when there is space",
    "SQLITE_IOERR": f"the disk is full or failing; {_NOTHING} when it is mended",
    "SQLITE_CANTOPEN": "it cannot be opened; check who owns the file and folder",
    "SQLITE_CORRUPT": "the file is damaged; restore it from a copy",
    "SQLITE_NOTADB": "the file is no SQLite database; move it away or restore it from a copy",
}
_POSTGRES = {
    "25006": "it is read-only; nothing was recorded; connect to the primary",
    "42501": "this user may not write it; nothing was recorded; grant the rights",
    "53": f"the server lacks space or connections; {_NOTHING} when that is mended",
    "55P03": f"another process has kept it locked; {_NOTHING} when that has ended",
    "57014": f"it took too long; {_NOTHING}",
    "57P": _LOST,
    "08": _LOST,
}


def database_url(workspace: Workspace) -> URL:
    """Return where labels are kept: `HPA_DATABASE_URL`, else a file in the workspace.

    Raises:
        ConfigError: the variable names no SQLite or PostgreSQL database, or psycopg is missing.
    """
    text = os.environ.get(URL_VARIABLE, "")
    if not text:
        return URL.create("sqlite", database=str(workspace.labels))
    try:
        url = make_url(text)
    except ArgumentError:
        raise _unusable_url("it is no URL") from None
    kind = url.drivername.partition("+")[0]
    if kind in {"postgresql", "postgres"}:
        if find_spec("psycopg") is None:
            raise _unusable_url("psycopg is missing: `pip install -r requirements-postgres.txt`")
        return url.set(drivername="postgresql+psycopg")
    if kind == "sqlite" and url.database and url.database != ":memory:":
        return url.set(drivername="sqlite")
    raise _unusable_url(f"{url.drivername[:40]!r} is not supported")


def open_engine(url: URL, *, lock_seconds: float = LOCK_SECONDS) -> Engine:
    """Return an engine that commits durably and waits `lock_seconds` for other writers."""
    if url.drivername == "sqlite":
        engine = create_engine(url, connect_args={"timeout": lock_seconds})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10})
    wanted = {"synchronous_commit": "on", "lock_timeout": str(int(lock_seconds * 1000))}
    event.listen(engine, "connect", partial(_prepare_postgres, wanted))
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Yield a connection that sees one state of the database; a failure is one sentence."""
    with explained_database_errors(engine), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Yield a connection whose work is committed, durably, when the block ends; else none of it.

    Two writers at once may meet in an `IntegrityError`, which passes: read again and decide anew.
    """
    with explained_database_errors(engine), engine.connect() as plain:
        connection = plain.execution_options(hpa_writes=True)
        with connection.begin():
            yield connection


@contextmanager
def explained_database_errors(engine: Engine) -> Iterator[None]:
    """Turn what a database says when it cannot be used into one sentence.

    Raises:
        LabelsUnavailableError: what is wrong, whether something was recorded, and what to do.
    """
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        if (reason := _reason(error)) is None:
            raise
        shown = engine.url.render_as_string(hide_password=True)
        raise LabelsUnavailableError(
            f"The label database {shown} cannot be used: {reason}."
        ) from error


def transact(engine: Engine, work: Callable[[Connection], Result]) -> Result:
    """Do `work` in one transaction, and again from its start where it met another one.

    Raises:
        LabelsUnavailableError: the database cannot be used, or others were faster every time.
    """
    for _ in range(MOST_ATTEMPTS):
        try:
            with writing(engine) as connection:
                return work(connection)
        except DBAPIError as error:
            if not is_retryable(error):
                raise
    raise LabelsUnavailableError("Too many people write at once; nothing was recorded; try again.")


def is_retryable(error: SQLAlchemyError) -> bool:
    """Tell whether the transaction met another one and may go through when it is run again."""
    deadlock = getattr(getattr(error, "orig", None), "sqlstate", "") in {"40P01", "40001"}
    return isinstance(error, IntegrityError) or deadlock


def make_folder(url: URL) -> None:
    """Make the folder that a SQLite file lies in.

    Raises:
        WorkspaceError: it cannot be made.
    """
    if url.drivername == "sqlite" and url.database:
        folder = Path(url.database).parent
        with explained_os_errors(folder):
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except FileExistsError:
                raise WorkspaceError(f"{folder} is a file; expected a folder for labels.") from None


def _prepare_sqlite(connection: Any, _: Any) -> None:
    # The driver would begin transactions by itself, too late to be IMMEDIATE.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_postgres(wanted: dict[str, str], connection: Any, _: Any) -> None:
    # Not by the address's `options`: those are the user's.
    with connection.cursor() as cursor:
        for name, value in wanted.items():
            cursor.execute("SELECT set_config(%s, %s, false)", (name, value))
    connection.commit()


def _begin_sqlite(connection: Connection) -> None:
    if not connection.get_execution_options().get("hpa_writes", False):
        connection.exec_driver_sql("BEGIN")
        return
    # A writer that began as a reader could find, too late, that another one was faster. And SQLite
    # itself would sleep ever longer, so that of many writers most sleep while none writes.
    driver: Any = connection.connection.dbapi_connection
    patience = driver.execute("PRAGMA busy_timeout").fetchone()[0]
    deadline = time.monotonic() + patience / 1000
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        while _is_busy(driver) and time.monotonic() < deadline:
            time.sleep(uniform(*RETRY_SECONDS))  # noqa: S311
        if not driver.in_transaction:
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # what it says now is told to the user
    finally:
        driver.execute(f"PRAGMA busy_timeout = {patience}")


def _is_busy(driver: Any) -> bool:
    """Try to begin as a writer, and tell whether another one has to end first."""
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        return error.sqlite_errorname.startswith("SQLITE_BUSY")
    return False


def _reason(error: DBAPIError) -> str | None:
    name = getattr(error.orig, "sqlite_errorname", None)
    if name is not None:
        return next((text for start, text in _SQLITE.items() if name.startswith(start)), None)
    state = getattr(error.orig, "sqlstate", None)
    if state:
        return next((text for start, text in _POSTGRES.items() if state.startswith(start)), None)
    return _LOST if type(error).__name__ == "OperationalError" else None


def _unusable_url(reason: str) -> ConfigError:
    return ConfigError(
        f"{URL_VARIABLE} cannot be used: {reason}; expected "
        "postgresql://user:password@host/database or sqlite:////absolute/path."
    )
