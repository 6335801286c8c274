"""What people thought of a sample by themselves: the opinions that agreement is measured on.

Only independent opinions count. In the shared track that is what the first person gave before
anybody else's label was there to be seen; whoever changed it later had seen it. Every blind opinion
counts, those brought from other programs too. A reviewer's settlement does not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hpa_core.labeling.events import GIVES_LABELS, SHARED, Event, Labels, track_owner
from hpa_core.labeling.state import by_place, walk

OWN = ("label", "accept")
"""Decisions that are a person's own opinion."""


@dataclass(frozen=True, kw_only=True)
class Rating:
    """One person's independent opinion of a sample; `repeat` says whether it is a second one."""

    annotator: str
    sample: str
    labels: Labels
    repeat: bool


def independent_ratings(history: Iterable[Event]) -> list[Rating]:
    """Return what people thought by themselves, from all events of a dataset."""
    ratings = []
    for (sample, track), events in by_place(history).items():
        given = [event for event in walk(events).standing if event.kind in GIVES_LABELS]
        if track == SHARED:
            given = _before_anybody_else(given)
        if given and given[-1].labels is not None:
            ratings.append(
                Rating(
                    annotator=track_owner(track) or given[-1].annotator,
                    sample=sample,
                    labels=given[-1].labels,
                    repeat=bool(track_owner(track)) and not track.endswith("#1"),
                )
            )
    return ratings


def _before_anybody_else(given: Sequence[Event]) -> list[Event]:
    """Return the labels up to the first that another person gave."""
    own = []
    for event in given:
        if event.annotator != given[0].annotator or event.kind not in OWN:
            break
        own.append(event)
    return own
