"""What a sample's events come to: the label in force, its version, what can be undone.

Pure functions over `Event`s; the store keeps their result in a table of its own, to be read fast,
and `LabelStore.check` compares the two.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from hpa_core.labeling.events import DECIDES, Event, Labels, Place


@dataclass(frozen=True, kw_only=True)
class SampleState:
    """One track of one sample, after all of its events.

    Attributes:
        version: how many events there are; the `base` of the next decision.
        labels: the full label set in force, or None where nobody gave one: then the dataset's own
            labels hold.
        decision: kind of the last decision in force: `label`, `accept`, `unsure`, `skip`,
            `adjudicate`, `import`, or "" for none.
        annotator: who took it.
        at: when, UTC.
        event: its number.
        note: the last note in force.
    """

    version: int = 0
    labels: Labels | None = None
    decision: str = ""
    annotator: str = ""
    at: str = ""
    event: int = 0
    note: str = ""


UNTOUCHED = SampleState()


class Walk(NamedTuple):
    """Decisions and notes of a track: those in force, and those taken back; the last one is next.

    Undo takes back the last one in force and redo brings back the last one taken back, so a track
    is a stack; a new decision ends what could be brought back.
    """

    standing: list[Event]
    undone: list[Event]


def add(state: SampleState, event: Event) -> SampleState:
    """Return the state after one more decision or note (undo and redo need `fold`)."""
    after = replace(
        state,
        version=event.version,
        labels=state.labels if event.labels is None else event.labels,
        note=event.note or state.note,
    )
    if event.kind not in DECIDES:
        return after
    return replace(
        after, decision=event.kind, annotator=event.annotator, at=event.at, event=event.id
    )


def fold(events: Iterable[Event]) -> SampleState:
    """Return what all events of a track come to, given in the order of their versions."""
    history = list(events)
    state = UNTOUCHED
    for event in walk(history).standing:
        state = add(state, event)
    return replace(state, version=history[-1].version if history else 0)


def walk(events: Iterable[Event]) -> Walk:
    """Go through a track's events in order, and say which stand and which can be redone."""
    standing: list[Event] = []
    undone: list[Event] = []
    for event in events:
        if event.kind == "undo":
            undone.append(standing.pop())
        elif event.kind == "redo":
            standing.append(undone.pop())
        else:
            standing.append(event)
            undone.clear()
    return Walk(standing, undone)


def by_place(history: Iterable[Event]) -> dict[Place, list[Event]]:
    """Gather events by sample and track, in the order of their versions."""
    places: dict[Place, list[Event]] = defaultdict(list)
    for event in history:
        places[event.sample, event.track].append(event)
    return {place: sorted(part, key=lambda event: event.version) for place, part in places.items()}
