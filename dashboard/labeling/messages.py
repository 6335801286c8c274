"""What the label pad sends, read strictly: anything else is refused before it means something."""

import json
from typing import Any, TypeVar, cast

from hpa_core.errors import LabelingError
from hpa_core.labeling.events import GIVES_LABELS, Decision, Kind

KINDS = ("label", "accept", "unsure", "skip", "adjudicate")
MOST_DECISIONS = 500
Expected = TypeVar("Expected")


def read_body(content: bytes) -> dict[str, Any]:
    """Return the JSON object that a request holds.

    Raises:
        LabelingError: it holds none.
    """
    try:
        value = json.loads(content)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise LabelingError("The pad sent something that is no JSON object; reload the page.")
    return value


def field(body: dict[str, Any], name: str, kind: type[Expected]) -> Expected:
    """Return a field of exactly that type.

    Raises:
        LabelingError: it is missing or something else.
    """
    value = body.get(name)
    if type(value) is not kind:
        raise LabelingError(f"The pad sent {name} = {str(value)[:40]!r}; reload the page.")
    return value


def text_list(body: dict[str, Any], name: str) -> list[str]:
    """Return a field that is a list of texts.

    Raises:
        LabelingError: it is something else.
    """
    values = field(body, name, list)
    if len(values) > MOST_DECISIONS or not all(isinstance(value, str) for value in values):
        raise LabelingError(f"The pad sent a list {name} that cannot be meant; reload the page.")
    return values


def read_decisions(body: dict[str, Any]) -> tuple[Decision, ...]:
    """Return the decisions of an act.

    Raises:
        LabelingError: there are none or too many, or one cannot be meant.
    """
    values = field(body, "decisions", list)
    if not 0 < len(values) <= MOST_DECISIONS or not all(isinstance(each, dict) for each in values):
        raise LabelingError("The pad sent decisions that cannot be meant; reload the page.")
    places = {(str(value.get("sample")), str(value.get("track"))) for value in values}
    if len(places) < len(values):
        raise LabelingError(f"An act holds 1 to {MOST_DECISIONS} different images.")
    return tuple(_read_decision(value) for value in values)


def _read_decision(value: dict[str, Any]) -> Decision:
    kind, labels = field(value, "kind", str), value.get("labels")
    if kind not in KINDS or (kind in GIVES_LABELS) != isinstance(labels, list):
        raise LabelingError(f"The pad sent a decision of kind {kind[:40]!r}; reload the page.")
    return Decision(
        sample=field(value, "sample", str),
        base=field(value, "base", int),
        track=field(value, "track", str),
        kind=cast("Kind", kind),
        labels=None if labels is None else tuple(labels),
        note=field(value, "note", str),
    )
