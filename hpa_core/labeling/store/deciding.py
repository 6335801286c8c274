"""What may be recorded: the contract of decisions, roles, and the sentence of a conflict."""

import re
from collections.abc import Sequence

from hpa_core.classes import N_CLASSES
from hpa_core.errors import ConflictError, LabelingError, RoleError
from hpa_core.labeling.events import (
    GIVES_LABELS,
    SHARED,
    Decision,
    Event,
    named_labels,
    track_owner,
)
from hpa_core.labeling.people import MAY, Role, includes
from hpa_core.labeling.state import SampleState
from hpa_core.targets import ID_PATTERN, ID_RULE

LONGEST_NOTE = 2000
FOR_REVIEWERS = ("adjudicate", "import")
FOR_STORES = ("undo", "redo")
"""Kinds that only the store itself makes."""


def check_decisions(decisions: Sequence[Decision], *, by: str, role: Role) -> None:
    """Refuse decisions that break their contract or that the person may not take.

    Raises:
        LabelingError: an id, labels or a note cannot be meant.
        RoleError: the role does not allow a kind, or a blind opinion is somebody else's.
        ValueError: there is none, or a track is named twice.
    """
    places = {(decision.sample, decision.track) for decision in decisions}
    if not decisions or len(places) < len(decisions):
        raise ValueError("an act needs decisions, one at most for each track of a sample")
    for decision in decisions:
        _check_content(decision)
        if decision.kind in FOR_REVIEWERS:
            require(role, "reviewer", by=by)
        elif decision.track != SHARED and track_owner(decision.track) != by:
            raise RoleError(f"{by} cannot write a blind opinion of {track_owner(decision.track)}.")


def check_base(
    decision: Decision, state: SampleState, *, by: str, role: Role, history: Sequence[Event]
) -> None:
    """Refuse a decision about something else than what is there now.

    Args:
        decision: what is to be recorded.
        state: the track as it is.
        by: whose decision it is.
        role: of that person.
        history: the track's events, for the sentence.

    Raises:
        ConflictError: the track has moved on since the person looked at it.
        RoleError: a reviewer has settled the sample.
    """
    if decision.base != state.version:
        raise conflict([event for event in history if event.version > decision.base])
    if state.decision == "adjudicate" and not includes(role, "reviewer"):
        raise RoleError(
            f"{decision.sample} was settled by {state.annotator}: {named_labels(state.labels)}; "
            f"{by} is an annotator, so ask a reviewer to change it."
        )


def conflict(meanwhile: Sequence[Event]) -> ConflictError:
    """Say who did what meanwhile; `meanwhile` holds one sample's events, oldest first."""
    if not meanwhile:
        return ConflictError(
            "The sample is at an older version than the one decided on; nothing was recorded. "
            "Load it again: the label database was replaced by another one."
        )
    last = meanwhile[-1]
    more = f" (and {len(meanwhile) - 1} more)" if len(meanwhile) > 1 else ""
    return ConflictError(
        f"{last.annotator} {_deed(last)} {last.sample} at {last.at[:19]} UTC{more}, after you "
        "opened it; nothing of yours was recorded. Look at it again, then decide.",
        meanwhile=tuple(meanwhile),
    )


def stands_on(event: Event) -> str:
    """Say whose act keeps an earlier one from being turned."""
    return (
        f"{event.annotator} {_deed(event)} {event.sample} at {event.at[:19]} UTC, after you; what "
        "you did there stays."
    )


def require(role: Role, needed: Role, *, by: str) -> None:
    """Refuse what takes another role.

    Raises:
        RoleError: the role does not include the one needed.
    """
    if not includes(role, needed):
        raise RoleError(
            f"{by} is {'an' if role[0] in 'ae' else 'a'} {role}; it takes the role {needed} to "
            f"{MAY[needed]}. An admin can give it: `labels role`."
        )


def _deed(event: Event) -> str:
    verbs = {"accept": "accepted the labels of", "unsure": "was unsure about", "skip": "skipped"}
    verbs |= {"note": "wrote a note on", "undo": "took back the labels of", "redo": "restored"}
    if event.kind in verbs:
        return verbs[event.kind]
    return f"gave {named_labels(event.labels)} to"


def _check_content(decision: Decision) -> None:
    if not re.fullmatch(ID_PATTERN, decision.sample):
        raise LabelingError(f"{decision.sample[:60]!r} cannot be a sample's id; {ID_RULE}.")
    if len(decision.note) > LONGEST_NOTE or "\0" in decision.note:
        raise LabelingError(
            f"A note has at most {LONGEST_NOTE} characters and no NUL; this one of "
            f"{decision.sample} has {len(decision.note)}. Shorten it."
        )
    if decision.kind in FOR_STORES or (decision.labels is None) != (
        decision.kind not in GIVES_LABELS
    ):
        raise ValueError(f"{decision.kind} with labels {decision.labels} is no decision")
    if decision.labels is not None:
        _check_labels(decision)


def _check_labels(decision: Decision) -> None:
    labels = decision.labels or ()
    known = all(type(label) is int and 0 <= label < N_CLASSES for label in labels)
    if not labels or not known or len(set(labels)) < len(labels):
        raise LabelingError(
            f"The labels of {decision.sample} must be one or more different classes from 0 to "
            f"{N_CLASSES - 1}; found {str(decision.labels)[:60]}. Say unsure if none fits."
        )
