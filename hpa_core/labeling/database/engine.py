"""Connections that commit durably, and writers who wait for each other.

An acknowledged commit is on the disk: SQLite runs with a write-ahead log and `synchronous=FULL`,
PostgreSQL with `synchronous_commit=on`. A write-ahead log needs a local disk: several machines need
PostgreSQL.
"""

import sqlite3
import time
from functools import partial
from random import uniform
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL

LOCK_SECONDS = 10.0
"""How long a writer waits for others before it says so."""

RETRY_SECONDS = (0.001, 0.005)
"""Between a writer's tries while another one writes, drawn so that none is always too late."""


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
