"""Reading the label database: states, histories, people, what somebody can undo."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from hpa_core.labeling.database.schema import acts, events, heads, people
from hpa_core.labeling.events import SHARED, Event, Labels, Place, Receipt
from hpa_core.labeling.people import Role, checked_role
from hpa_core.labeling.state import SampleState
from hpa_core.targets import format_target, parse_target

_HEAD = (
    heads.c.sample,
    heads.c.track,
    heads.c.version,
    heads.c.labels,
    heads.c.decision,
    heads.c.annotator,
    heads.c.at,
    heads.c.event,
    heads.c.note,
)

UNDO_DEPTH = 500
"""Acts of a person that undo and redo look back on."""


@dataclass(frozen=True, kw_only=True)
class Undoable:
    """What a person can take back and bring back in a dataset: numbers of acts, None for none."""

    undo: int | None
    redo: int | None


def role_of(connection: Connection, name: str) -> Role:
    """Return a person's role; whoever is not known is an annotator."""
    role = connection.execute(select(people.c.role).where(people.c.name == name)).scalar()
    return checked_role(role) if role else "annotator"


def read_states(
    connection: Connection, dataset: str, *, track: str | None = SHARED, samples: Iterable[str] = ()
) -> dict[Place, SampleState]:
    """Return the state of every track that has events; of `samples` only, if there are any."""
    query = select(*_HEAD).where(heads.c.dataset == dataset)
    if track is not None:
        query = query.where(heads.c.track == track)
    if wanted := list(samples):
        query = query.where(heads.c.sample.in_(wanted))
    # Taken apart by place: a dataset has tens of thousands of rows, and names cost most of it.
    return {
        (sample, track): SampleState(
            version=version,
            labels=_labels(labels),
            decision=decision,
            annotator=annotator,
            at=at,
            event=event,
            note=note,
        )
        for sample, track, version, labels, decision, annotator, at, event, note in (
            connection.execute(query)
        )
    }


def read_events(
    connection: Connection,
    dataset: str,
    *,
    samples: Sequence[str] = (),
    act: int | None = None,
    annotator: str = "",
) -> list[Event]:
    """Return events in the order of their numbers, narrowed by whatever is given."""
    query = _event_query().where(events.c.dataset == dataset)
    if samples:
        query = query.where(events.c.sample.in_(list(samples)))
    if act is not None:
        query = query.where(events.c.act == act)
    if annotator:
        query = query.where(acts.c.annotator == annotator)
    return [_event(row) for row in connection.execute(query.order_by(events.c.id))]


def find_undoable(connection: Connection, dataset: str, annotator: str) -> Undoable:
    """Walk through a person's last acts: what would undo take back, and redo bring back?"""
    own = (acts.c.dataset == dataset) & (acts.c.annotator == annotator)
    of_others = acts.c.refers_to.in_(select(acts.c.id).where(own))
    columns = (acts.c.id, acts.c.kind, acts.c.refers_to, acts.c.annotator)
    query = select(*columns).where(own | of_others).order_by(acts.c.id.desc()).limit(UNDO_DEPTH)
    done: list[int] = []
    undone: list[int] = []
    for row in reversed(connection.execute(query).all()):
        if row.kind == "decide":
            done.append(row.id)
            undone.clear()
            continue
        for stack in (done, undone):
            if row.refers_to in stack:
                stack.remove(row.refers_to)
        if row.annotator == annotator:
            (undone if row.kind == "undo" else done).append(row.refers_to)
    return Undoable(undo=done[-1] if done else None, redo=undone[-1] if undone else None)


def find_act(connection: Connection, key: str, annotator: str) -> Receipt | None:
    """Find a person's act by its idempotency key."""
    query = select(acts.c.id, acts.c.dataset).where(
        acts.c.key == key, acts.c.annotator == annotator
    )
    if (row := connection.execute(query).one_or_none()) is None:
        return None
    history = read_events(connection, row.dataset, act=row.id)
    ordered = tuple(sorted(history, key=lambda event: (event.sample, event.track)))
    return Receipt(act=row.id, key=key, events=ordered, repeated=True)


def labels_text(labels: Labels | None) -> str | None:
    """Write labels as the database keeps them."""
    return None if labels is None else format_target(labels)


def _event_query() -> Select[Any]:
    of_act = (acts.c.at, acts.c.annotator, acts.c.dataset_hash)
    return select(events, *of_act).join(acts, events.c.act == acts.c.id)


def _event(row: Row[Any]) -> Event:
    values = dict(row._mapping)
    return Event(**{**values, "labels": _labels(row.labels)})


def _labels(text: str | None) -> Labels | None:
    return None if text is None else parse_target(text)
