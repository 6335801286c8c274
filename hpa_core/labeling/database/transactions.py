"""Transactions: reading one state of the database, and writing all of a block or none of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from hpa_core.errors import LabelsUnavailableError
from hpa_core.labeling.database.faults import explained_database_errors

MOST_ATTEMPTS = 20
"""Transactions that meet others again and again before it is given up."""

Result = TypeVar("Result")


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
