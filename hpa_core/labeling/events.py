"""What happens to a sample: decisions that people take, and the events that remain of them.

An **act** is what one person does at once: a key press, or one answer for a whole grid. It is one
**event** for each sample that it touches. Events are never changed or deleted; what was wrong is
undone by another event that refers to it.

A **track** is one line of versions of a sample. The shared track (`SHARED`) holds the label in
force, which everybody sees and edits in turn. A blind opinion has a track of its own, named by
`blind_track`, so that it is neither shown to nor in conflict with anybody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from hpa_core.classes import CLASS_NAMES

Kind = Literal["label", "accept", "unsure", "skip", "note", "adjudicate", "import", "undo", "redo"]
GIVES_LABELS = ("label", "accept", "adjudicate", "import")
"""Decisions that state the full label set; the others leave it as it was."""

DECIDES = (*GIVES_LABELS, "unsure", "skip")
"""Kinds after which a sample counts as looked at; a note alone does not."""

SHARED = ""
Labels = tuple[int, ...]
Place = tuple[str, str]
"""A sample's id and a track of it."""


class DatasetVersion(Protocol):
    """What is labelled: a dataset by name and content. `DatasetInfo` is one, `DatasetRef` too."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def hash(self) -> str: ...  # noqa: D102


class DatasetRef(NamedTuple):
    """A dataset's name and hash."""

    name: str
    hash: str


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What somebody decided about one sample, before it is recorded.

    Attributes:
        sample: its id.
        base: the version of the track that the person saw, 0 if it had no event.
        kind: `label` (these labels), `accept` (the labels shown are right), `unsure`, `skip`,
            `note`, `adjudicate` or `import`.
        labels: the full label set for kinds of `GIVES_LABELS`, class numbers; else None.
        note: free text, "" for none.
        track: `SHARED`, or the person's own `blind_track`.
    """

    sample: str
    base: int
    kind: Kind
    labels: Labels | None = None
    note: str = ""
    track: str = SHARED


@dataclass(frozen=True, kw_only=True)
class Event:
    """What happened to one track of one sample; never changed once it is recorded.

    Attributes:
        id: grows with every event of a store.
        act: the act that it is part of.
        at: UTC, ISO 8601 with microseconds.
        annotator: who did it.
        dataset, dataset_hash: what was labelled, and its content at that time.
        version: of the track after this event; it was made from `version - 1`.
        reason: why the queue asked for it (`Queue.reason`), "" where somebody chose it.
        refers_to: the event that an undo takes back, or that a redo brings back; else None.
    """

    id: int
    act: int
    at: str
    annotator: str
    dataset: str
    dataset_hash: str
    sample: str
    track: str
    version: int
    kind: Kind
    labels: Labels | None
    note: str
    reason: str
    refers_to: int | None


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What a store acknowledges: these events are on the disk.

    Attributes:
        act: number of the act.
        key: its idempotency key.
        events: one for each sample, in the order of their ids.
        repeated: whether the same act had been recorded before, so that nothing was added.
    """

    act: int
    key: str
    events: tuple[Event, ...]
    repeated: bool = False


def blind_track(annotator: str, number: int = 1) -> str:
    """Name the track of a person's blind opinion; `number` counts hidden repeats.

    >>> blind_track("Ana", 2)
    'Ana#2'
    """
    return f"{annotator}#{number}"


def track_owner(track: str) -> str:
    """Return whose blind opinion a track is; "" for the shared one.

    >>> track_owner("Ana#2")
    'Ana'
    """
    return track.rpartition("#")[0]


def named_labels(labels: Iterable[int] | None) -> str:
    """Name classes for a sentence.

    >>> named_labels([0, 27]), named_labels(None)
    ('Nucleoplasm, Rods & rings', 'the labels of the dataset')
    """
    if labels is None:
        return "the labels of the dataset"
    return ", ".join(CLASS_NAMES[label] for label in labels)
