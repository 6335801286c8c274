"""Where labels are kept: a SQLite file in the workspace, or what `HPA_DATABASE_URL` names."""

import os
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from hpa_core.errors import ConfigError, WorkspaceError
from hpa_core.files import explained_os_errors
from hpa_core.workspace import Workspace

URL_VARIABLE = "HPA_DATABASE_URL"


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


def _unusable_url(reason: str) -> ConfigError:
    return ConfigError(
        f"{URL_VARIABLE} cannot be used: {reason}; expected "
        "postgresql://user:password@host/database or sqlite:////absolute/path."
    )
