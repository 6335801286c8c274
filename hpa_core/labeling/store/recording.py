"""Recording acts inside one transaction: check, append, bring the heads up to date.

Nothing here commits. Where two writers meet, the table's rule of one event a version fails one of
them, and the store runs its transaction again, which then sees what the other one did.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Literal

from sqlalchemy import Connection, insert, select

from hpa_core.errors import LabelingError
from hpa_core.labeling.database.schema import acts, events
from hpa_core.labeling.events import DatasetVersion, Decision, Event, Receipt
from hpa_core.labeling.state import UNTOUCHED, add, by_place, fold, walk
from hpa_core.labeling.store.deciding import check_base, check_decisions, conflict, require
from hpa_core.labeling.store.heads import write_heads
from hpa_core.labeling.store.leases import leased_reasons, release
from hpa_core.labeling.store.reading import (
    labels_text,
    read_act,
    read_events,
    read_states,
    role_of,
)
from hpa_core.labeling.store.undoing import Turn, next_to_turn


@dataclass(frozen=True, kw_only=True)
class Act:
    """What one person asks to be recorded at once.

    Attributes:
        key: the same for every retry; an act is recorded once for a key.
        kind: `decide`, `undo` or `redo`.
        decisions: for `decide`.
        refers_to: for `undo` and `redo`: the act taken back or brought back; None for the last.
    """

    key: str
    by: str
    dataset: DatasetVersion
    kind: Literal["decide"] | Turn = "decide"
    decisions: tuple[Decision, ...] = ()
    refers_to: int | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of what is asked: tells a retry from another act that took its key."""
        asked = (self.by, self.dataset.name, self.kind, self.refers_to)
        decisions = [astuple(decision) for decision in self.decisions]
        return sha256(json.dumps([asked, decisions]).encode()).hexdigest()


def record_act(connection: Connection, act: Act) -> Receipt:
    """Record an act, or find that it was recorded before.

    Raises:
        ConflictError: a sample has moved on since the person looked at it; nothing is recorded.
        RoleError: the person may not.
        LabelingError: the act breaks its contract, or the key is another act's.
    """
    if (recorded := _recorded(connection, act)) is not None:
        return recorded
    if act.kind == "decide":
        return _decide(connection, act)
    return _turn_back(connection, act, act.kind)


def _recorded(connection: Connection, act: Act) -> Receipt | None:
    query = select(acts.c.id, acts.c.digest).where(acts.c.key == act.key)
    if (row := connection.execute(query).one_or_none()) is None:
        return None
    if row.digest != act.digest:
        raise LabelingError(
            f"The key {act.key[:60]!r} belongs to another act; nothing was recorded. Load the page "
            "again."
        )
    events_then = read_act(connection, act.dataset.name, row.id)
    return Receipt(act=row.id, key=act.key, events=events_then, repeated=True)


def _decide(connection: Connection, act: Act) -> Receipt:
    role = role_of(connection, act.by)
    check_decisions(act.decisions, by=act.by, role=role)
    name = act.dataset.name
    samples = [decision.sample for decision in act.decisions]
    states = read_states(connection, name, track=None, samples=samples)
    for decision in act.decisions:
        state = states.get((decision.sample, decision.track), UNTOUCHED)
        history = _track(connection, name, decision) if decision.base != state.version else []
        check_base(decision, state, by=act.by, role=role, history=history)
    reasons = leased_reasons(connection, name, act.by)
    ordered = sorted(act.decisions, key=lambda one: (one.sample, one.track))
    rows = [_row(one, reasons.get((one.sample, one.track), "")) for one in ordered]
    receipt = _append(connection, act, rows)
    changed = {
        (event.sample, event.track): add(states.get((event.sample, event.track), UNTOUCHED), event)
        for event in receipt.events
    }
    write_heads(connection, name, changed)
    release(connection, name, act.by, samples)
    return receipt


def _row(decision: Decision, reason: str) -> dict[str, Any]:
    return {
        "sample": decision.sample,
        "track": decision.track,
        "version": decision.base + 1,
        "kind": decision.kind,
        "labels": labels_text(decision.labels),
        "note": decision.note,
        "reason": reason,
        "refers_to": None,
    }


def _turn_back(connection: Connection, act: Act, turn: Turn) -> Receipt:
    """Undo or redo every event of an earlier act, or none of them."""
    name = act.dataset.name
    number = _last_act(connection, act, turn) if act.refers_to is None else act.refers_to
    targets = read_act(connection, name, number)
    if not targets or targets[0].refers_to is not None:
        raise LabelingError(f"There is nothing of {act.by} to {turn}.")
    if targets[0].annotator != act.by:
        require(role_of(connection, act.by), "reviewer", by=act.by)
    tracks = by_place(read_events(connection, name, samples=[one.sample for one in targets]))
    rows = [_turned(turn, target, tracks[target.sample, target.track]) for target in targets]
    receipt = _append(connection, act, rows, refers_to=number)
    changed = {
        (event.sample, event.track): fold([*tracks[event.sample, event.track], event])
        for event in receipt.events
    }
    write_heads(connection, name, changed)
    return receipt


def _last_act(connection: Connection, act: Act, turn: Turn) -> int:
    """Return the act that the person turns next; what others have built on is passed over."""
    number, passed = next_to_turn(connection, act.dataset.name, act.by, turn)
    if number is not None:
        return number
    if passed:
        raise conflict(passed[:1])
    raise LabelingError(f"There is nothing of {act.by} to {turn}.")


def _turned(turn: Turn, target: Event, history: Sequence[Event]) -> dict[str, Any]:
    walked = walk(history)
    stack = walked.standing if turn == "undo" else walked.undone
    if not stack or stack[-1].id != target.id:
        raise conflict([event for event in history if event.version > target.version])
    return {
        "sample": target.sample,
        "track": target.track,
        "version": history[-1].version + 1,
        "kind": turn,
        "labels": None,
        "note": "",
        "reason": "",
        "refers_to": target.id,
    }


def _append(
    connection: Connection,
    act: Act,
    rows: Sequence[Mapping[str, Any]],
    *,
    refers_to: int | None = None,
) -> Receipt:
    """Insert the act and its events; what comes back is what a reader will find."""
    values = {
        "key": act.key,
        "annotator": act.by,
        "at": datetime.now(UTC).isoformat(timespec="microseconds")[:26],
        "dataset": act.dataset.name,
        "dataset_hash": act.dataset.hash,
        "kind": act.kind,
        "refers_to": refers_to,
        "digest": act.digest,
    }
    number = connection.execute(insert(acts).values(values).returning(acts.c.id)).scalar_one()
    full = [{"act": number, "dataset": act.dataset.name, **row} for row in rows]
    connection.execute(insert(events), full)
    appended = read_act(connection, act.dataset.name, number)
    return Receipt(act=number, key=act.key, events=appended)


def _track(connection: Connection, dataset: str, decision: Decision) -> list[Event]:
    history = by_place(read_events(connection, dataset, samples=[decision.sample]))
    return history.get((decision.sample, decision.track), [])
