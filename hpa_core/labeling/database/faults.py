"""What a database says when it cannot be used, as one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, IntegrityError

from hpa_core.errors import LabelsUnavailableError

_UNSURE = "What was under way may or may not be recorded; the same act sent again is recorded once"
_LOST = f"the connection failed; check that the server runs. {_UNSURE}"
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
    "53100": f"the server's disk is full; {_NOTHING} when there is space",
    "53": f"the server lacks memory or connections; {_NOTHING} when that is mended",
    "55P03": f"another process has kept it locked; {_NOTHING} when that has ended",
    "57014": f"it took too long; {_NOTHING}",
    "57P": _LOST,
    "08": _LOST,
    "58": f"the server's disk or system failed; {_NOTHING} when its log says why and it is mended",
    "XX": f"the server failed; {_NOTHING} when its log says why and it is mended",
}
_PANIC = f"the server went down; free space on its disk or see its log, start it again. {_UNSURE}"


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


def _reason(error: DBAPIError) -> str | None:
    name = getattr(error.orig, "sqlite_errorname", None)
    if name is not None:
        return next((text for start, text in _SQLITE.items() if name.startswith(start)), None)
    state = getattr(error.orig, "sqlstate", None)
    if state:
        diagnosis = getattr(error.orig, "diag", None)
        if (
            getattr(diagnosis, "severity_nonlocalized", "") == "PANIC"
        ):  # As where its log's disk is full.
            return _PANIC
        return next((text for start, text in _POSTGRES.items() if state.startswith(start)), None)
    return _LOST if type(error).__name__ == "OperationalError" else None
