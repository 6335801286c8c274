"""Whether a label database holds together."""

from sqlalchemy import Connection

from hpa_core.errors import LabelingError
from hpa_core.labeling.state import by_place, fold
from hpa_core.labeling.store.reading import read_events, read_states


def check_history(connection: Connection, dataset: str) -> int:
    """Compare the states kept for reading with what the events come to.

    Returns:
        How many events were read.

    Raises:
        LabelingError: they differ, or versions of a track are missing.
    """
    kept = read_states(connection, dataset, track=None)
    history = read_events(connection, dataset)
    tracks = by_place(history)
    for place, part in tracks.items():
        complete = [event.version for event in part] == list(range(1, len(part) + 1))
        if not complete or kept.get(place) != fold(part):
            raise LabelingError(
                f"The label database contradicts itself about {place[0]}; restore it from a copy."
            )
    if kept.keys() != tracks.keys():
        raise LabelingError("The label database has states without events; restore it from a copy.")
    return len(history)
