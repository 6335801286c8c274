"""What the events of each track come to, written beside them to be read fast."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update

from hpa_core.labeling.database.schema import heads
from hpa_core.labeling.events import Place
from hpa_core.labeling.state import SampleState
from hpa_core.labeling.store.reading import labels_text

HEAD_KEY = ("dataset", "sample", "track")
HEAD_VALUES = ("version", "labels", "decision", "annotator", "at", "event", "note")


def write_heads(connection: Connection, dataset: str, states: Mapping[Place, SampleState]) -> None:
    """Write the states of tracks: new rows for those with one event, else what changed."""
    rows = [
        {
            **{f"key_{name}": value for name, value in zip(HEAD_KEY, key, strict=True)},
            **{name: getattr(state, name) for name in HEAD_VALUES if name != "labels"},
            "labels": labels_text(state.labels),
        }
        for (sample, track), state in states.items()
        for key in [(dataset, sample, track)]
    ]
    new = [row for row in rows if row["version"] == 1]
    old = [row for row in rows if row["version"] > 1]
    if new:
        plain = [{name.removeprefix("key_"): value for name, value in row.items()} for row in new]
        connection.execute(insert(heads), plain)
    if old:
        of_row = [heads.c[name] == bindparam(f"key_{name}") for name in HEAD_KEY]
        values: dict[str, Any] = {name: bindparam(name) for name in HEAD_VALUES}
        connection.execute(update(heads).where(*of_row).values(values), old)
