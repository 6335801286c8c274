"""Bringing a label database to the tables that this program knows, when it is opened."""

from importlib.resources import files

from sqlalchemy import Connection, Engine, inspect, text

from hpa_core.errors import LabelingError
from hpa_core.labeling.database.transactions import reading, writing

HEAD = "faster_reading"
"""The newest migration; a test compares it with Alembic's own head."""

VERSION_TABLE = "alembic_version"
_LOCK = 0x48504134
"""Any number; all programs that migrate on a PostgreSQL server take this lock."""


def migrate(engine: Engine) -> None:
    """Make or change the tables where that is needed; one process at a time.

    Raises:
        LabelingError: the database cannot be used, or a newer program made its tables.
    """
    with reading(engine) as connection:
        if _revision(connection) == HEAD:
            return
    with writing(engine) as connection:  # on SQLite, that is a lock already
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if _revision(connection) != HEAD:
            _upgrade(connection)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608


def _upgrade(connection: Connection) -> None:
    # 0.2 s of imports that only a new or old database needs.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(files("hpa_core.labeling.database.migrations")))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError:
        raise LabelingError(
            f"The label database {connection.engine.url.render_as_string(hide_password=True)} was "
            "made by a newer version of this program; update the program to use it."
        ) from None
