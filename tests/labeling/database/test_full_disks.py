"""Disks that are really full, on either database: one sentence, nothing lost, and on again."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

import pytest

from hpa_core.errors import LabelsUnavailableError
from hpa_core.labeling import Decision, LabelStore, new_key, open_store
from hpa_core.labeling.database.location import URL_VARIABLE
from hpa_core.workspace import Workspace
from tests.conftest import MountDisk
from tests.labeling.conftest import DATASET
from tests.postgres_server import DEADLINE_SECONDS, Server

SPARE_BYTES = 500_000
GRID = 40


@pytest.fixture
def disk_of_labels(
    request: pytest.FixtureRequest,
    mount_disk: MountDisk,
    monkeypatch: pytest.MonkeyPatch,
    workspace: Workspace,
) -> Iterator[Path]:
    """Return a small disk on which the labels of the workspace lie."""
    disk = mount_disk(16)
    if request.param == "sqlite":
        monkeypatch.setenv(URL_VARIABLE, f"sqlite:///{disk}/labels.sqlite")
        yield disk
        return
    server: Server = request.getfixturevalue("postgres")
    url = server.new_database(disk)
    monkeypatch.setenv(URL_VARIABLE, url)
    yield disk
    server.drop(url)


def act(number: int) -> list[Decision]:
    """A grid whose notes take some 80 kB, whatever compresses them."""
    return [
        Decision(
            sample=f"{number}-{place}", base=0, kind="label", labels=(3,), note=token_hex(1000)
        )
        for place in range(GRID)
    ]


@dataclass
class Refused:
    """The act that found no space, after `acknowledged` others, and what was said of it."""

    acknowledged: int
    decisions: list[Decision]
    key: str
    sentence: str

    def again(self, store: LabelStore) -> None:
        receipt = store.record(self.decisions, by="Ana", dataset=DATASET, key=self.key)
        assert not receipt.repeated
        assert store.check(DATASET) == GRID * (self.acknowledged + 1)


def label_until_full(store: LabelStore) -> Refused:
    for acknowledged in range(1000):
        decisions, key = act(acknowledged), new_key()
        try:
            store.record(decisions, by="Ana", dataset=DATASET, key=key)
        except LabelsUnavailableError as error:
            return Refused(acknowledged, decisions, key, str(error))
    raise AssertionError("the disk was never full")


def fill(disk: Path) -> Path:
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(shutil.disk_usage(disk).free - SPARE_BYTES))
    return ballast


@pytest.mark.parametrize("disk_of_labels", ["sqlite", "postgresql"], indirect=True)
def test_a_full_disk_loses_nothing_and_space_lets_the_same_act_through(
    disk_of_labels: Path, workspace: Workspace
) -> None:
    with open_store(workspace) as store:
        ballast = fill(disk_of_labels)
        refused = label_until_full(store)
        assert "disk is full; nothing was recorded" in refused.sentence
        assert refused.acknowledged > 0
        assert store.check(DATASET) == GRID * refused.acknowledged
        assert store.act_of_key(refused.key, by="Ana") is None
        ballast.unlink()
        refused.again(store)


def test_a_server_whose_log_finds_no_space_goes_down_and_comes_back_with_every_label(
    own_postgres: Server,
    mount_disk: MountDisk,
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    disk = mount_disk(48)
    own_postgres.move_log(disk)
    monkeypatch.setenv(URL_VARIABLE, own_postgres.new_database())
    with open_store(workspace) as store:
        ballast = fill(disk)
        refused = label_until_full(store)
        assert "the server went down" in refused.sentence
        with pytest.raises(LabelsUnavailableError, match="check that the server runs"):
            store.check(DATASET)
        own_postgres.process.wait(timeout=DEADLINE_SECONDS)
        ballast.unlink()
        own_postgres.start()
        refused.again(store)


def test_a_file_that_may_not_grow_is_told_and_the_act_goes_through_when_it_may(
    postgres: Server, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(URL_VARIABLE, postgres.new_database())
    open_store(workspace).close()
    try:
        postgres.limit_files(str(2**20))
        with open_store(workspace) as store:
            refused = label_until_full(store)
            assert "server failed; nothing was recorded" in refused.sentence
            assert store.check(DATASET) == GRID * refused.acknowledged
    finally:
        postgres.limit_files("unlimited")
    with open_store(workspace) as store:
        refused.again(store)
