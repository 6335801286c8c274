"""What every sample is at, kept up to date by reading what is new, for queues that ask often.

Only for planning: a lease is given on what the database says at that moment. On PostgreSQL events
may become visible out of order, so the last `OVERLAP` of them are read again every time.
"""

from collections.abc import Mapping
from threading import Lock

from sqlalchemy import Connection, func, select

from hpa_core.labeling.database.schema import events
from hpa_core.labeling.events import Place
from hpa_core.labeling.state import SampleState
from hpa_core.labeling.store.reading import read_states

OVERLAP = 200

Tracks = Mapping[str, Mapping[str, SampleState]]
"""Sample -> track -> state."""


class Watch:
    """The tracks of datasets, as far as this process has read them; threads may share it."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, dict[str, dict[str, SampleState]]]] = {}
        self._lock = Lock()

    def tracks(self, connection: Connection, dataset: str) -> Tracks:
        """Return every track of a dataset; what is returned is never changed afterwards."""
        with self._lock:
            newest = connection.execute(select(func.max(events.c.id))).scalar() or 0
            last, known = self._known.get(dataset, (0, {}))
            samples = self._changed(connection, dataset, since=last) if known else []
            fresh = by_sample(read_states(connection, dataset, track=None, samples=samples))
            merged = {**known, **fresh} if samples or not known else known
            self._known[dataset] = (newest, merged)
            return merged

    @staticmethod
    def _changed(connection: Connection, dataset: str, *, since: int) -> list[str]:
        """Return samples with recent events; at least one, as none would stand for all."""
        query = select(events.c.sample).where(events.c.dataset == dataset)
        recent = query.where(events.c.id > since - OVERLAP).distinct()
        return list(connection.execute(recent).scalars()) or [""]


def by_sample(states: Mapping[Place, SampleState]) -> dict[str, dict[str, SampleState]]:
    """Gather states by their sample."""
    tracks: dict[str, dict[str, SampleState]] = {}
    for (sample, track), state in states.items():
        tracks.setdefault(sample, {})[track] = state
    return tracks
