"""Migrations make the tables that the program knows, once, whoever comes first."""

from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from hpa_core.labeling import LabelStore, open_store
from hpa_core.labeling.database.migrating import HEAD
from hpa_core.labeling.database.schema import metadata
from hpa_core.workspace import Workspace
from tests.labeling.conftest import on_both


@on_both
def test_migrations_and_schema_say_the_same(store: LabelStore) -> None:
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert inspect(connection).get_unique_constraints("events")


def test_the_head_is_alembics_own() -> None:
    config = Config()
    config.set_main_option("script_location", str(files("hpa_core.labeling.database.migrations")))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


@on_both
def test_several_people_may_open_a_new_store_at_once(workspace: Workspace, database: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(lambda _: open_store(workspace), range(4)))
    assert {store.role("Ana") for store in stores} == {"annotator"}
    for store in stores:
        store.close()
    assert workspace.labels.exists() == (database == "sqlite")
