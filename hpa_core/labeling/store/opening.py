"""Opening the label store of a workspace, and the keys of acts."""

from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from hpa_core.files import sync_folder
from hpa_core.labeling.database.engine import LOCK_SECONDS, open_engine
from hpa_core.labeling.database.location import database_url, make_folder
from hpa_core.labeling.database.migrating import migrate
from hpa_core.labeling.store.label_store import LabelStore
from hpa_core.workspace import Workspace


def open_store(workspace: Workspace, *, lock_seconds: float = LOCK_SECONDS) -> LabelStore:
    """Open the labels of a workspace, and make or change the tables where that is needed.

    Args:
        workspace: whose labels; `HPA_DATABASE_URL` may keep them elsewhere.
        lock_seconds: how long a writer waits for others before it says so.

    Raises:
        ConfigError: `HPA_DATABASE_URL` names no database that can be used.
        LabelingError: the database cannot be reached, read or written.
    """
    url = database_url(workspace)
    make_folder(url)
    engine = open_engine(url, lock_seconds=lock_seconds)
    migrate(engine)
    if url.drivername == "sqlite" and url.database:
        with suppress(OSError):  # a folder that cannot be synced can still be read
            sync_folder(Path(url.database).parent)
    return LabelStore(engine)


def new_key() -> str:
    """Return a key that no other act has."""
    return uuid4().hex
