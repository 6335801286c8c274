"""A store on either database, and the shortest way to record one decision in it."""

from collections.abc import Callable, Iterator

import pytest

from hpa_core.labeling import DatasetRef, Decision, LabelStore, Receipt, new_key, open_store
from hpa_core.labeling.database.location import URL_VARIABLE
from hpa_core.labeling.events import DatasetVersion, Kind, Labels
from hpa_core.workspace import Workspace
from tests.postgres_server import Server

DATASET = DatasetRef("tiny", "0" * 64)
Give = Callable[..., Receipt]
on_both = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Choose the database of `store`: SQLite, or what `on_both` says; returns which."""
    monkeypatch.delenv(URL_VARIABLE, raising=False)
    chosen: str = getattr(request, "param", "sqlite")
    if chosen == "postgresql":
        server: Server = request.getfixturevalue("postgres")
        monkeypatch.setenv(URL_VARIABLE, server.new_database())
    return chosen


@pytest.fixture
def store(workspace: Workspace, database: str) -> Iterator[LabelStore]:
    opened = open_store(workspace)
    yield opened
    opened.close()


@pytest.fixture
def give(store: LabelStore) -> Give:
    """Return a function that records one decision, from the version that is there."""

    def record(
        sample: str = "a",
        labels: Labels | None = (0, 25),
        *,
        by: str = "Ana",
        base: int | None = None,
        kind: Kind = "label",
        note: str = "",
        track: str = "",
        key: str = "",
        dataset: DatasetVersion = DATASET,
    ) -> Receipt:
        seen = store.state(dataset, sample, track=track).version if base is None else base
        decision = Decision(
            sample=sample, base=seen, kind=kind, labels=labels, note=note, track=track
        )
        return store.record([decision], by=by, dataset=dataset, key=key or new_key())

    return record
