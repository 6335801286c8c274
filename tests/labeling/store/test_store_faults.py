"""A database that is locked, read-only, full, damaged or away: one sentence, nothing lost."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from hpa_core.errors import ConfigError, LabelingError
from hpa_core.labeling import Decision, LabelStore, new_key, open_store
from hpa_core.labeling.database.location import URL_VARIABLE
from hpa_core.workspace import Workspace
from tests.labeling.conftest import DATASET, Give
from tests.postgres_server import Server

resource = pytest.importorskip("resource", reason="limits and permissions of Unix")
NOBODY = 65534


def label(store: LabelStore, sample: str, note: str = "") -> None:
    decision = Decision(sample=sample, base=0, kind="label", labels=(3,), note=note)
    store.record([decision], by="Ana", dataset=DATASET, key=new_key())


def test_a_locked_database_says_so_and_the_label_can_be_given_again(workspace: Workspace) -> None:
    store = open_store(workspace, lock_seconds=0.1)
    label(store, "a")
    other = sqlite3.connect(workspace.labels, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LabelingError, match=r"locked; nothing was recorded"):
        label(store, "b")
    assert store.state(DATASET, "a").version == 1
    other.execute("ROLLBACK")
    other.close()
    label(store, "b")
    assert store.check(DATASET) == 2


def test_a_commit_waits_for_the_disk_whatever_the_servers_default(
    workspace: Workspace, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(workspace) as store, store.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    url = postgres.new_database()
    monkeypatch.setenv(URL_VARIABLE, url)
    name = url.partition("@/")[2].partition("?")[0]
    conninfo = f"dbname={name} user=hpa host={postgres.folder}"
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    with open_store(workspace) as store, store.engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """Let no file grow beyond `size` bytes, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_says_so_and_keeps_every_acknowledged_label(workspace: Workspace) -> None:
    store, acknowledged = open_store(workspace), 0

    def fill_the_disk() -> None:
        nonlocal acknowledged
        while acknowledged < 1000:
            label(store, f"s{acknowledged}", note="x" * 1000)
            acknowledged += 1

    with file_size_limit(300_000), pytest.raises(LabelingError, match="the disk is full"):
        fill_the_disk()
    assert acknowledged > 0
    store.close()
    with open_store(workspace) as again:
        assert again.check(DATASET) == acknowledged
        label(again, "after")


def test_a_read_only_folder_says_so_and_keeps_what_is_there() -> None:
    folder = Path(tempfile.mkdtemp(prefix="hpa-read-only-"))  # pytest's own is closed to others
    try:
        with open_store(Workspace(folder)) as store:
            label(store, "a")
        folder.chmod(0o555)
        (folder / "labels.sqlite").chmod(0o444)
        with not_root(), pytest.raises(LabelingError, match="check who owns the file and folder"):
            label(open_store(Workspace(folder)), "b")
        folder.chmod(0o755)
        with open_store(Workspace(folder)) as store:
            assert store.check(DATASET) == 1
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


@contextmanager
def not_root() -> Iterator[None]:
    """Become somebody for whom permissions count."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_damaged_file_is_named_as_such(workspace: Workspace) -> None:
    workspace.labels.write_bytes(b"no database" * 1000)
    with pytest.raises(LabelingError, match="no SQLite database"):
        open_store(workspace)


def test_a_database_of_a_newer_program_is_left_alone(store: LabelStore, give: Give) -> None:
    give()
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'of_next_year'")
    path = store.engine.url.database
    with pytest.raises(LabelingError, match="newer version of this program"):
        open_store(Workspace(Path(str(path)).parent))
    assert store.check(DATASET) == 1


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("mysql://host/labels", "'mysql' is not supported"),
        ("nonsense", "no URL"),
        ("sqlite://", "'sqlite' is not supported"),
    ],
)
def test_an_address_of_no_database_is_refused(
    url: str, reason: str, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(URL_VARIABLE, url)
    with pytest.raises(ConfigError, match=reason):
        open_store(workspace)


def test_a_server_that_is_away_is_told_without_its_password(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(URL_VARIABLE, "postgres://hpa:secret@127.0.0.1:1/labels")
    with pytest.raises(LabelingError, match="the connection failed") as error:
        open_store(workspace)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_read_only_server_says_so(store: LabelStore, give: Give, postgres: Server) -> None:
    give("a")
    name = store.engine.url.database
    conninfo = f"dbname={name} user=hpa host={postgres.folder}"
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    store.close()
    with pytest.raises(LabelingError, match="read-only; nothing was recorded"):
        give("b")
    assert store.state(DATASET, "a").version == 1


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_locked_table_of_a_server_says_so(
    store: LabelStore, workspace: Workspace, postgres: Server
) -> None:
    conninfo = f"dbname={store.engine.url.database} user=hpa host={postgres.folder}"
    with open_store(workspace, lock_seconds=0.1) as impatient:
        with psycopg.connect(conninfo) as other:
            other.execute("LOCK TABLE acts IN ACCESS EXCLUSIVE MODE")
            with pytest.raises(LabelingError, match=r"locked; nothing was recorded"):
                label(impatient, "a")
        label(impatient, "a")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_server_that_came_back_is_used_again(
    store: LabelStore, give: Give, postgres: Server
) -> None:
    give("a")
    postgres.crash()
    give("b")
    assert store.check(DATASET) == 2
