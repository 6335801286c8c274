"""Leases: who is looking at which sample right now, so that two people never get the same one.

A lease ends with the decision, when it is given back, or by time: whoever closed the browser keeps
nobody waiting for long. It spares double work and guards nothing: that is what versions are for. A
sample has as many slots as opinions are wanted; the table's key lets each slot be taken once.
"""

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection, delete, insert, select, update

from hpa_core.labeling.database.schema import leases
from hpa_core.labeling.events import SHARED, DatasetVersion, Place, track_owner
from hpa_core.labeling.state import UNTOUCHED
from hpa_core.labeling.store.reading import read_states

Taken = dict[str, set[int]]
"""Sample -> slots that somebody holds."""

LEASE_SECONDS = 300.0
BATCH = 64


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A sample that a person may be asked about.

    Attributes:
        sample: its id.
        version: of the shared track when it was chosen; it is passed over if that has changed.
        track: where the answer goes.
        reason: why it is asked, kept with the answer.
        slots: how many people may look at it at once.
        blind_track: where the answer goes if another one is already looking; "" for nowhere.
    """

    sample: str
    version: int
    track: str = SHARED
    reason: str = ""
    slots: int = 1
    blind_track: str = ""


@dataclass(frozen=True, kw_only=True)
class Lease:
    """A sample that one person has been given until `expires` (seconds since 1970).

    `blind` says that neither the label in force nor its author may be shown: the person sees the
    dataset's own labels, as whoever came first did. `reason` is not for the person's eyes either.
    """

    sample: str
    track: str
    reason: str
    expires: float

    @property
    def blind(self) -> bool:
        """Whether the answer is an opinion of its own."""
        return bool(track_owner(self.track))


def take_leases(  # noqa: PLR0913 - whose, of what, how many, how long
    connection: Connection,
    dataset: DatasetVersion,
    candidates: Sequence[Candidate],
    *,
    by: str,
    count: int,
    seconds: float = LEASE_SECONDS,
) -> list[Lease]:
    """Give a person up to `count` of the candidates, in their order.

    Those that the person holds already come first and are prolonged; what the person holds beside
    the candidates is given back.
    """
    name, now = dataset.name, time.time()
    connection.execute(delete(leases).where(leases.c.dataset == name, leases.c.expires <= now))
    rows = connection.execute(select(leases).where(leases.c.dataset == name)).all()
    held = {row.sample: row for row in rows if row.annotator == by}
    wanted = {one.sample: one for one in candidates}
    release(connection, name, by, [sample for sample in held if sample not in wanted])
    kept = [held[sample] for sample in wanted if sample in held][:count]
    taken: Taken = defaultdict(set)
    for row in rows:
        taken[row.sample].add(row.slot)
    others = [one for one in candidates if one.sample not in held]
    chosen = islice(_free(connection, name, others, taken), count - len(kept))
    new = [_row(name, by, one, taken[one.sample]) for one in chosen]
    if new:
        connection.execute(insert(leases), [{**row, "expires": now} for row in new])
    own = (leases.c.dataset == name) & (leases.c.annotator == by)
    connection.execute(update(leases).where(own).values(expires=now + seconds))
    given = [row._asdict() for row in kept] + new
    return [
        Lease(sample=row["sample"], track=row["track"], reason=row["reason"], expires=now + seconds)
        for row in given
    ]


def leased_reasons(connection: Connection, dataset: str, by: str) -> dict[Place, str]:
    """Return why the queue asked a person for what the person holds."""
    query = select(leases.c.sample, leases.c.track, leases.c.reason)
    own = query.where(leases.c.dataset == dataset, leases.c.annotator == by)
    return {(row.sample, row.track): row.reason for row in connection.execute(own)}


def release(connection: Connection, dataset: str, by: str, samples: Sequence[str] | None) -> None:
    """Give back what a person holds of `samples`; of all where that is None."""
    own = delete(leases).where(leases.c.dataset == dataset, leases.c.annotator == by)
    if samples is None:
        connection.execute(own)
    elif samples:
        connection.execute(own.where(leases.c.sample.in_(samples)))


def _row(dataset: str, by: str, one: Candidate, taken: set[int]) -> dict[str, str | int]:
    """Fill the lowest slot that is free; whoever is not the first answers blind."""
    slot = next(slot for slot in range(one.slots) if slot not in taken)
    return {
        "dataset": dataset,
        "sample": one.sample,
        "slot": slot,
        "annotator": by,
        "track": one.blind_track if taken and one.blind_track else one.track,
        "reason": one.reason,
    }


def _free(
    connection: Connection, dataset: str, candidates: Sequence[Candidate], taken: Taken
) -> Iterator[Candidate]:
    """Yield what has a slot left and whose label nobody has touched since it was chosen."""
    candidates = [one for one in candidates if len(taken[one.sample]) < one.slots]
    for start in range(0, len(candidates), BATCH):
        batch = candidates[start : start + BATCH]
        states = read_states(connection, dataset, samples=[one.sample for one in batch])
        for one in batch:
            if states.get((one.sample, SHARED), UNTOUCHED).version == one.version:
                yield one
