"""The store against a plain model of it: lists of snapshots and a place in each list."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from hpa_core.errors import LabelingError, RoleError
from hpa_core.labeling import SHARED, Decision, Receipt, blind_track, new_key, open_store
from hpa_core.labeling.database.location import URL_VARIABLE
from hpa_core.labeling.events import Kind, Labels
from hpa_core.workspace import Workspace
from tests.labeling.conftest import DATASET

PEOPLE = ("Ana", "Bo", "Rita")
REVIEWER = "Rita"
SAMPLES = ("a", "b", "c")
Place = tuple[str, str]
Seen = tuple[Labels | None, str, str]
"""Labels, decision and note."""


@dataclass
class Track:
    """What a track was after each act that stands, and after those that can come back."""

    snapshots: list[tuple[str, Seen]] = field(default_factory=lambda: [("", (None, "", ""))])
    position: int = 0
    version: int = 0

    @property
    def now(self) -> Seen:
        return self.snapshots[self.position][1]

    @property
    def last(self) -> str:
        return self.snapshots[self.position][0]

    @property
    def following(self) -> str | None:
        after = self.position + 1
        return self.snapshots[after][0] if after < len(self.snapshots) else None


@dataclass
class Past:
    """One person's acts: those that stand, and those that can come back; the last is next."""

    done: list[str] = field(default_factory=list)
    undone: list[str] = field(default_factory=list)


class StoreAgainstModel(RuleBasedStateMachine):
    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="hpa-model-"))
        self.store = open_store(Workspace(self.folder))
        self.store.give_role(REVIEWER, "admin", by=REVIEWER)
        self.tracks: dict[Place, Track] = {}
        self.places: dict[str, list[Place]] = {}
        self.past = {person: Past() for person in PEOPLE}
        self.receipts: list[tuple[str, list[Decision], Receipt]] = []

    @rule(
        person=st.sampled_from(PEOPLE),
        samples=st.lists(st.sampled_from(SAMPLES), min_size=1, unique=True),
        kind=st.sampled_from(["label", "accept", "unsure", "skip", "note", "adjudicate"]),
        labels=st.lists(st.integers(0, 27), min_size=1, max_size=3, unique=True),
        note=st.sampled_from(["", "blurred", "=1+1", "<b>"]),
        blind=st.booleans(),
        behind=st.sampled_from([0, 0, 0, 1]),
    )
    def decide(
        self,
        person: str,
        samples: list[str],
        kind: Kind,
        labels: list[int],
        note: str,
        blind: bool,
        behind: int,
    ) -> None:
        gives = kind in {"label", "accept", "adjudicate"}
        given = tuple(sorted(labels)) if gives else None
        name = blind_track(person) if blind else SHARED
        touched = [self.tracks.setdefault((sample, name), Track()) for sample in samples]
        decisions = [
            Decision(
                sample=sample,
                base=max(track.version - behind, 0),
                kind=kind,
                labels=given,
                note=note,
                track=name,
            )
            for sample, track in zip(samples, touched, strict=True)
        ]
        stale = any(
            decision.base != track.version
            for decision, track in zip(decisions, touched, strict=True)
        )
        settled = any(track.now[1] == "adjudicate" for track in touched)
        key = new_key()
        if person != REVIEWER and (kind == "adjudicate" or settled) and not stale:
            with pytest.raises(RoleError):
                self.store.record(decisions, by=person, dataset=DATASET, key=key)
            return
        if stale:
            with pytest.raises(LabelingError):
                self.store.record(decisions, by=person, dataset=DATASET, key=key)
            return
        receipt = self.store.record(decisions, by=person, dataset=DATASET, key=key)
        self.receipts.append((person, decisions, receipt))
        self.places[key] = [(sample, name) for sample in samples]
        for track in touched:
            before, decision, old_note = track.now
            seen = (
                given if gives else before,
                decision if kind == "note" else kind,
                note or old_note,
            )
            track.snapshots = [*track.snapshots[: track.position + 1], (key, seen)]
            track.position += 1
            track.version += 1
        self.past[person].done.append(key)
        self.past[person].undone.clear()

    @rule(person=st.sampled_from(PEOPLE))
    def undo(self, person: str) -> None:
        past = self.past[person]
        key = self.next_of(past.done, lambda track: track.last)
        if key is None:
            with pytest.raises(LabelingError):
                self.store.undo(by=person, dataset=DATASET, key=new_key())
            return
        self.store.undo(by=person, dataset=DATASET, key=new_key())
        past.done.remove(key)
        past.undone.append(key)
        for track in self.touched(key):
            track.position -= 1
            track.version += 1

    @rule(person=st.sampled_from(PEOPLE))
    def redo(self, person: str) -> None:
        past = self.past[person]
        key = self.next_of(past.undone, lambda track: track.following)
        if key is None:
            with pytest.raises(LabelingError):
                self.store.redo(by=person, dataset=DATASET, key=new_key())
            return
        self.store.redo(by=person, dataset=DATASET, key=new_key())
        past.undone.remove(key)
        past.done.append(key)
        for track in self.touched(key):
            track.position += 1
            track.version += 1

    def touched(self, key: str) -> list[Track]:
        return [self.tracks[place] for place in self.places[key]]

    def next_of(self, keys: list[str], turned: Callable[[Track], str | None]) -> str | None:
        """The newest act that is the next to turn in every track that it touched."""
        free = (key for key in reversed(keys) if {*map(turned, self.touched(key))} == {key})
        return next(free, None)

    @rule(number=st.integers(0, 50))
    def send_again(self, number: int) -> None:
        if self.receipts:
            person, decisions, receipt = self.receipts[number % len(self.receipts)]
            again = self.store.record(decisions, by=person, dataset=DATASET, key=receipt.key)
            assert again.repeated
            assert again.events == receipt.events

    @rule()
    def open_again(self) -> None:
        self.store.close()
        self.store = open_store(Workspace(self.folder))

    @invariant()
    def both_agree(self) -> None:
        found = {
            place: (state.version, (state.labels, state.decision, state.note))
            for place, state in self.store.opinions(DATASET).items()
        }
        expected = {
            place: (track.version, track.now)
            for place, track in self.tracks.items()
            if track.version
        }
        assert found == expected
        assert self.store.check(DATASET) == sum(track.version for track in self.tracks.values())

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)


@pytest.fixture(autouse=True)
def sqlite_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(URL_VARIABLE, raising=False)


TestStoreAgainstModel = StoreAgainstModel.TestCase
TestStoreAgainstModel.settings = settings(max_examples=20, stateful_step_count=25, deadline=None)
