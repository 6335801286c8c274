"""The label store: every decision about every sample, kept for good, by several people at once.

    store = open_store(workspace)
    state = store.state(dataset.info, "sample-0001")
    decision = Decision(sample="sample-0001", base=state.version, kind="label", labels=(0, 25))
    receipt = store.record([decision], by="Ana", dataset=dataset.info, key=new_key())

What `record` returns is on the disk. It is refused, with a `ConflictError`, where somebody else was
faster. The same key sent again is recorded once, so that whoever got no answer may ask again.
"""

from collections.abc import Iterable, Sequence
from typing import Self

from sqlalchemy import Engine

from hpa_core.labeling.database.transactions import reading, transact
from hpa_core.labeling.events import SHARED, DatasetVersion, Decision, Event, Place, Receipt
from hpa_core.labeling.people import Role, checked_annotator, checked_role
from hpa_core.labeling.state import UNTOUCHED, SampleState
from hpa_core.labeling.store.checking import check_history
from hpa_core.labeling.store.deciding import require
from hpa_core.labeling.store.leases import LEASE_SECONDS, Candidate, Lease, release, take_leases
from hpa_core.labeling.store.reading import (
    EventCounts,
    count_events,
    find_act,
    read_compared_events,
    read_events,
    read_states,
    role_of,
)
from hpa_core.labeling.store.recording import Act, record_act
from hpa_core.labeling.store.roles import read_roles, write_role
from hpa_core.labeling.store.undoing import Steps, Undoable, find_undoable, read_steps
from hpa_core.labeling.store.watching import Tracks, Watch


class LabelStore:
    """Acts, events and what they come to. Safe to share between threads, not across a fork."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._watch = Watch()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections; they open again when they are needed."""
        self.engine.dispose()

    # People

    def role(self, name: str) -> Role:
        """Return a person's role; whoever is not known is an annotator."""
        with reading(self.engine) as connection:
            return role_of(connection, checked_annotator(name))

    def roles(self) -> dict[str, Role]:
        """Return everybody who was given a role."""
        with reading(self.engine) as connection:
            return read_roles(connection)

    def require(self, name: str, needed: Role) -> None:
        """Refuse what a person's role does not include.

        Raises:
            RoleError: naming the role that it takes.
        """
        require(self.role(name), needed, by=name)

    def give_role(self, name: str, role: str, *, by: str) -> None:
        """Give somebody a role. As long as there is no admin, anybody may become the first.

        Raises:
            RoleError: whoever gives it is no admin, or nobody would be one any more.
        """
        given, giver = checked_annotator(name), checked_annotator(by)
        transact(
            self.engine,
            lambda connection: write_role(connection, given, checked_role(role), by=giver),
        )

    # Acts

    def record(
        self, decisions: Sequence[Decision], *, by: str, dataset: DatasetVersion, key: str
    ) -> Receipt:
        """Record what one person decided at once, about one sample or many: all of it or nothing.

        Args:
            decisions: one for each sample.
            by: the person.
            dataset: that is labelled (`Dataset.info`).
            key: made once for the act (`new_key`) and sent again with every retry.

        Returns:
            What is now on the disk; each event's `version` is the next `base`.

        Raises:
            ConflictError: somebody changed one of the samples since; `meanwhile` says who and what.
            RoleError: the person may not.
            LabelingError: a decision breaks its contract, or the database cannot be used.
        """
        return self._act(
            Act(by=checked_annotator(by), dataset=dataset, key=key, decisions=tuple(decisions))
        )

    def undo(
        self, *, by: str, dataset: DatasetVersion, key: str, act: int | None = None
    ) -> Receipt:
        """Take back a person's last act in a dataset, or the one given, as a new act.

        Without an `act`, those that somebody else has built on are passed over (`undoable`).

        Raises:
            ConflictError: somebody has built on it, or on all there are.
            RoleError: it is somebody else's, and the person is no reviewer.
            LabelingError: there is nothing to undo.
        """
        return self._act(
            Act(by=checked_annotator(by), dataset=dataset, key=key, kind="undo", refers_to=act)
        )

    def redo(
        self, *, by: str, dataset: DatasetVersion, key: str, act: int | None = None
    ) -> Receipt:
        """Bring back what a person took back last, or the act given, as a new act.

        Raises:
            ConflictError: somebody has decided otherwise meanwhile, on all there are.
            RoleError: it is somebody else's, and the person is no reviewer.
            LabelingError: there is nothing to redo.
        """
        return self._act(
            Act(by=checked_annotator(by), dataset=dataset, key=key, kind="redo", refers_to=act)
        )

    def undoable(self, dataset: DatasetVersion, by: str) -> Undoable:
        """Return the acts that undo and redo would take."""
        with reading(self.engine) as connection:
            return find_undoable(connection, dataset.name, checked_annotator(by))

    def steps(self, dataset: DatasetVersion, by: str, *, limit: int) -> Steps:
        """Return a person's acts on the way back, and on the way forth, `limit` of each."""
        with reading(self.engine) as connection:
            return read_steps(connection, dataset.name, checked_annotator(by), limit=limit)

    def act_of_key(self, key: str, *, by: str) -> Receipt | None:
        """Return what a person's act of that key acknowledged; None where it was not recorded."""
        with reading(self.engine) as connection:
            return find_act(connection, key, checked_annotator(by))

    # What there is

    def state(self, dataset: DatasetVersion, sample: str, *, track: str = SHARED) -> SampleState:
        """Return one track of one sample; `UNTOUCHED` where nothing happened."""
        with reading(self.engine) as connection:
            states = read_states(connection, dataset.name, track=track, samples=[sample])
        return states.get((sample, track), UNTOUCHED)

    def tracks(self, dataset: DatasetVersion, sample: str) -> dict[str, SampleState]:
        """Return every track of one sample, blind ones too, by its name."""
        with reading(self.engine) as connection:
            states = read_states(connection, dataset.name, track=None, samples=[sample])
        return {track: state for (_, track), state in states.items()}

    def states(
        self, dataset: DatasetVersion, *, samples: Iterable[str] = ()
    ) -> dict[str, SampleState]:
        """Return the shared track of every sample that has one, or of `samples` only."""
        with reading(self.engine) as connection:
            states = read_states(connection, dataset.name, samples=samples)
        return {sample: state for (sample, _), state in states.items()}

    def opinions(
        self, dataset: DatasetVersion, *, samples: Iterable[str] = ()
    ) -> dict[Place, SampleState]:
        """Return every track, blind ones too, of every sample that has one, or of `samples`."""
        with reading(self.engine) as connection:
            return read_states(connection, dataset.name, track=None, samples=samples)

    def watch(self, dataset: DatasetVersion) -> Tracks:
        """Return what `opinions` does, by sample, reading only what is new since the last call."""
        with reading(self.engine) as connection:
            return self._watch.tracks(connection, dataset.name)

    def history(
        self,
        dataset: DatasetVersion,
        *,
        samples: Sequence[str] | None = None,
        annotator: str = "",
        reasons: Sequence[str] | None = None,
        last: int | None = None,
    ) -> list[Event]:
        """Return what happened, oldest first, narrowed as `read_events` says."""
        with reading(self.engine) as connection:
            return read_events(
                connection,
                dataset.name,
                samples=samples,
                annotator=annotator,
                reasons=reasons,
                last=last,
            )

    def compared(self, dataset: DatasetVersion) -> list[Event]:
        """Return what happened to samples with blind opinions: what agreement is measured on."""
        with reading(self.engine) as connection:
            return read_compared_events(connection, dataset.name)

    def counts(self, dataset: DatasetVersion) -> EventCounts:
        """Count the events, and the samples decided when the dataset had other content."""
        with reading(self.engine) as connection:
            return count_events(connection, dataset)

    def check(self, dataset: DatasetVersion) -> int:
        """Compare the states kept for reading with what the events come to.

        Returns:
            How many events were read.

        Raises:
            LabelingError: they differ, or versions of a track are missing.
        """
        with reading(self.engine) as connection:
            return check_history(connection, dataset.name)

    # Leases

    def lease(
        self,
        candidates: Sequence[Candidate],
        *,
        by: str,
        dataset: DatasetVersion,
        count: int,
        seconds: float = LEASE_SECONDS,
    ) -> list[Lease]:
        """Give a person up to `count` of the candidates, none of which anybody else looks at.

        Ask again to prolong them. `next_samples` makes the candidates of a queue.
        """
        name = checked_annotator(by)
        return transact(
            self.engine,
            lambda connection: take_leases(
                connection, dataset, candidates, by=name, count=count, seconds=seconds
            ),
        )

    def release(
        self, samples: Sequence[str] | None = None, *, by: str, dataset: DatasetVersion
    ) -> None:
        """Give back what a person holds and will not look at: some samples, or all of them."""
        name = checked_annotator(by)
        transact(self.engine, lambda connection: release(connection, dataset.name, name, samples))

    # Transactions

    def _act(self, act: Act) -> Receipt:
        return transact(self.engine, lambda connection: record_act(connection, act))
