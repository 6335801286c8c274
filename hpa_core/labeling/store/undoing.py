"""What a person can take back and bring back: derived from the events, so it outlives any visit.

A person's acts are taken back newest first. One that somebody else has built on stays as it is and
is passed over, until what stands on it is taken back itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from sqlalchemy import Connection, select

from hpa_core.labeling.database.schema import acts
from hpa_core.labeling.events import Event, Place
from hpa_core.labeling.state import SampleState, by_place, fold, walk
from hpa_core.labeling.store.reading import read_act, read_events

UNDO_DEPTH = 500
"""Acts of a person that undo and redo look back on."""

MOST_EVENTS = 500
"""Events that are read at once for the way back: a few grids, or many single images."""

Turn = Literal["undo", "redo"]


@dataclass(frozen=True, kw_only=True)
class Undoable:
    """What undo takes back and redo brings back in a dataset: numbers of acts, None for none.

    `passed` holds what others did that stands on newer acts of the person, which undo passes over;
    `passed_redo` the same for redo.
    """

    undo: int | None
    redo: int | None
    passed: tuple[Event, ...] = ()
    passed_redo: tuple[Event, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Step:
    """An act on the way back, or on the way forth again.

    Attributes:
        key: its idempotency key.
        events: what it did, one for each sample.
        before, after: the track of each sample without it and with it.
        in_the_way: what somebody else did that stands on it; None where it can be turned now.
    """

    key: str
    events: tuple[Event, ...]
    before: Mapping[Place, SampleState]
    after: Mapping[Place, SampleState]
    in_the_way: Event | None


@dataclass(frozen=True, kw_only=True)
class Steps:
    """A person's acts that stand, and those taken back; the last of each is the next to turn."""

    done: tuple[Step, ...]
    undone: tuple[Step, ...]


def find_undoable(connection: Connection, dataset: str, annotator: str) -> Undoable:
    """Return the acts that undo and redo would take, and what they pass over."""
    undo, passed = next_to_turn(connection, dataset, annotator, "undo")
    redo, passed_redo = next_to_turn(connection, dataset, annotator, "redo")
    return Undoable(undo=undo, redo=redo, passed=passed, passed_redo=passed_redo)


def next_to_turn(
    connection: Connection, dataset: str, annotator: str, turn: Turn
) -> tuple[int | None, tuple[Event, ...]]:
    """Return a person's newest act that nothing stands on, and what stands on those passed over."""
    done, undone = _stacks(connection, dataset, annotator)
    passed: list[Event] = []
    for act in reversed(done if turn == "undo" else undone):
        events = read_act(connection, dataset, act)
        tracks = by_place(
            read_events(connection, dataset, samples=[event.sample for event in events])
        )
        if (above := _in_the_way(turn, events, tracks, free=())) is None:
            return act, tuple(passed)
        passed.append(above)
    return None, tuple(passed)


def read_steps(connection: Connection, dataset: str, annotator: str, *, limit: int) -> Steps:
    """Return up to `limit` acts on the way back and as many on the way forth.

    Fewer where these would be more than `MOST_EVENTS`; one act of each is there in any case.
    """
    done, undone = _stacks(connection, dataset, annotator)
    return Steps(
        done=_steps(connection, dataset, "undo", done[-limit:]),
        undone=_steps(connection, dataset, "redo", undone[-limit:]),
    )


def _stacks(connection: Connection, dataset: str, annotator: str) -> tuple[list[int], list[int]]:
    """Walk through a person's last acts, and what reviewers took back of them."""
    columns = select(acts.c.id, acts.c.kind, acts.c.refers_to, acts.c.annotator)
    own = columns.where(acts.c.dataset == dataset, acts.c.annotator == annotator)
    rows = list(connection.execute(own.order_by(acts.c.id.desc()).limit(UNDO_DEPTH)))
    of_others = columns.where(
        acts.c.refers_to.in_([row.id for row in rows]), acts.c.annotator != annotator
    )
    done: list[int] = []
    undone: list[int] = []
    for row in sorted([*rows, *connection.execute(of_others)], key=lambda row: row.id):
        if row.kind == "decide":
            done.append(row.id)
            undone.clear()
            continue
        for stack in (done, undone):
            if row.refers_to in stack:
                stack.remove(row.refers_to)
        if row.annotator == annotator:
            (undone if row.kind == "undo" else done).append(row.refers_to)
    return done, undone


def _steps(
    connection: Connection, dataset: str, turn: Turn, stack: Sequence[int]
) -> tuple[Step, ...]:
    events = read_events(connection, dataset, of_acts=stack)
    of_act = {act: [event for event in events if event.act == act] for act in stack}
    stack = _next(stack, of_act)
    samples = {event.sample for act in stack for event in of_act[act]}
    tracks = by_place(read_events(connection, dataset, samples=sorted(samples)))
    named = connection.execute(select(acts.c.id, acts.c.key).where(acts.c.id.in_(stack)))
    keys = {row.id: row.key for row in named}
    free: set[int] = set()
    steps: list[Step] = []
    for act in reversed(stack):
        above = _in_the_way(turn, of_act[act], tracks, free=free)
        if above is None:
            free.add(act)
        places = {(event.sample, event.track): event.version for event in of_act[act]}
        steps.append(
            Step(
                key=keys[act],
                events=tuple(of_act[act]),
                before={place: fold(tracks[place][: at - 1]) for place, at in places.items()},
                after={place: fold(tracks[place][:at]) for place, at in places.items()},
                in_the_way=above,
            )
        )
    return tuple(reversed(steps))


def _next(stack: Sequence[int], of_act: Mapping[int, Sequence[Event]]) -> list[int]:
    """Return the end of a stack that holds `MOST_EVENTS` at most, and one act in any case."""
    sizes = accumulate(len(of_act[act]) for act in reversed(stack))
    count = sum(size <= MOST_EVENTS for size in sizes)
    return list(stack[-max(count, 1) :])


def _in_the_way(
    turn: Turn,
    events: Iterable[Event],
    tracks: Mapping[Place, Sequence[Event]],
    *,
    free: Iterable[int],
) -> Event | None:
    """Return what stands on an act and is not turned before it: nothing, where it is free."""
    for event in events:
        history = tracks[event.sample, event.track]
        walked = walk(history)
        stack = walked.standing if turn == "undo" else walked.undone
        place = next((at for at, each in enumerate(stack) if each.id == event.id), None)
        if place is None:  # Taken back by a reviewer, or overtaken by a new decision.
            return history[-1]
        if above := [each for each in stack[place + 1 :] if each.act not in free]:
            return above[-1]
    return None
