"""A store, and the shortest way to record one decision in it."""

from collections.abc import Callable, Iterator

import pytest

from hpa_core.labeling import DatasetRef, Decision, LabelStore, Receipt, new_key, open_store
from hpa_core.labeling.events import Kind, Labels
from hpa_core.workspace import Workspace

DATASET = DatasetRef("tiny", "0" * 64)
Give = Callable[..., Receipt]


@pytest.fixture
def store(workspace: Workspace) -> Iterator[LabelStore]:
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
    ) -> Receipt:
        seen = store.state(DATASET, sample, track=track).version if base is None else base
        decision = Decision(
            sample=sample, base=seen, kind=kind, labels=labels, note=note, track=track
        )
        return store.record([decision], by=by, dataset=DATASET, key=key or new_key())

    return record
