"""Reading the label database: states, histories, people, what somebody can undo."""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, distinct, func, select

from hpa_core.labeling.database.schema import acts, events, heads, people
from hpa_core.labeling.events import SHARED, DatasetVersion, Event, Labels, Place, Receipt
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


class EventCounts(NamedTuple):
    """How many events a dataset has; `earlier`: samples decided when it had other content."""

    events: int
    earlier: int


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


def read_events(  # noqa: PLR0913 - keyword-only: what narrows the history
    connection: Connection,
    dataset: str,
    *,
    samples: Sequence[str] | None = None,
    of_acts: Sequence[int] | None = None,
    annotator: str = "",
    reasons: Sequence[str] | None = None,
    last: int | None = None,
) -> list[Event]:
    """Return events in the order of their numbers, narrowed by whatever is given.

    Args:
        connection: inside a transaction.
        dataset: whose.
        samples: of these samples only.
        of_acts: of these acts only.
        annotator: of this person only.
        reasons: of what a queue asked for one of these reasons only.
        last: not more than so many, the newest.
    """
    query = _event_query().where(events.c.dataset == dataset)
    if samples is not None:
        query = query.where(events.c.sample.in_(list(samples)))
    if of_acts is not None:
        query = query.where(events.c.act.in_(list(of_acts)))
    if annotator:
        query = query.where(acts.c.annotator == annotator, acts.c.dataset == dataset)
    if reasons is not None:
        query = query.where(events.c.reason.in_(list(reasons)))
    # Asked for an order, SQLite would walk through all of a dataset to spare itself the sorting.
    if last is not None:
        query = query.order_by(events.c.id.desc()).limit(last)
    return sorted(map(_event, connection.execute(query)), key=attrgetter("id"))


def read_compared_events(connection: Connection, dataset: str) -> list[Event]:
    """Return what happened to samples of which somebody gave a blind opinion."""
    blind = select(heads.c.sample).where(heads.c.dataset == dataset, heads.c.track != SHARED)
    query = _event_query().where(events.c.dataset == dataset, events.c.sample.in_(blind))
    return sorted(map(_event, connection.execute(query)), key=attrgetter("id"))


def count_events(connection: Connection, dataset: DatasetVersion) -> EventCounts:
    """Count the events of a dataset, and the samples decided when it had other content."""
    of_dataset = select(func.count()).select_from(events).where(events.c.dataset == dataset.name)
    before = select(acts.c.id).where(
        acts.c.dataset == dataset.name, acts.c.dataset_hash != dataset.hash
    )
    earlier = select(func.count(distinct(events.c.sample))).where(events.c.act.in_(before))
    return EventCounts(
        events=connection.execute(of_dataset).scalar_one(),
        earlier=connection.execute(earlier).scalar_one(),
    )


def find_act(connection: Connection, key: str, annotator: str) -> Receipt | None:
    """Find a person's act by its idempotency key."""
    query = select(acts.c.id, acts.c.dataset).where(
        acts.c.key == key, acts.c.annotator == annotator
    )
    if (row := connection.execute(query).one_or_none()) is None:
        return None
    return Receipt(
        act=row.id, key=key, events=read_act(connection, row.dataset, row.id), repeated=True
    )


def read_act(connection: Connection, dataset: str, act: int) -> tuple[Event, ...]:
    """Return the events of an act, in the order of their samples."""
    history = read_events(connection, dataset, of_acts=[act])
    return tuple(sorted(history, key=lambda event: (event.sample, event.track)))


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
