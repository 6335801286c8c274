"""Which samples a filter holds for.

Axes: N samples, C classes. A sample without a label is neither right nor wrong, and nothing of it
is missed or false.
"""

import operator
from collections.abc import Callable
from functools import reduce
from typing import Any, Literal

import numpy as np
from jaxtyping import Bool, Int

from hpa_core.errors import FilterError
from hpa_core.selections.expression import (
    Among,
    And,
    Counted,
    Everything,
    Expression,
    HasClass,
    IdContains,
    Not,
    Or,
    Scored,
    WholeSet,
    quoted,
)
from hpa_core.selections.samples import Samples

COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}
MOST_NAMED = 12
"""Values that a message lists; more are counted."""
IN_IDS = ("antibody", "plate")
"""What only an id of the atlas names; a few of thousands would tell nobody what there is."""


def select(expression: Expression, samples: Samples) -> Bool[np.ndarray, " N"]:  # noqa: PLR0911
    """Return for which samples `expression` holds.

    Args:
        expression: without `Saved` in it (`saved.resolve` replaces it).
        samples: what is chosen from.

    Raises:
        FilterError: it asks for calls or scores, and there is no run; it names a split, a source,
            an annotator, an antibody or a plate that there is not; or it names what is saved.
    """
    match expression:
        case Everything():
            return np.ones(len(samples.ids), dtype=bool)
        case And(parts) | Or(parts):
            join = operator.and_ if isinstance(expression, And) else operator.or_
            return reduce(join, (select(part, samples) for part in parts))
        case Not(part):
            return ~select(part, samples)
        case HasClass():
            return _has_class(expression, samples)
        case WholeSet(verdict):
            wrong = _mistakes(expression, samples).any(axis=1)
            return samples.labelled & (wrong if verdict == "wrong" else ~wrong)
        case Among():
            return _among(expression, samples)
        case IdContains(text):
            found: Bool[np.ndarray, " N"] = (
                np.char.find(samples.identities.lowered, text.lower()) >= 0
            )
            return found
        case Counted(_, comparison, number):
            return np.asarray(COMPARE[comparison](_count(expression, samples), number))
        case Scored():
            return _scored(expression, samples)
    # Only `Saved` is left: where there is a dataset it has been resolved.
    sentence = f"{str(expression)!r} is saved with a dataset, and these samples have none"
    raise FilterError(None, sentence)


def selected_rows(expression: Expression, samples: Samples) -> Int[np.ndarray, " n"]:
    """Return the places of the samples that `expression` holds for, by id."""
    places = np.flatnonzero(select(expression, samples))
    rows: Int[np.ndarray, " n"] = places[np.argsort(samples.id_rank[places])]
    return rows


def _has_class(condition: HasClass, samples: Samples) -> Bool[np.ndarray, " N"]:
    classes = list(condition.classes) or slice(None)
    if condition.kind == "true":
        held = samples.targets
    elif condition.kind == "called":
        held = _calls(condition, samples)
    else:
        wanted = samples.targets if condition.kind == "missed" else ~samples.targets
        held = _mistakes(condition, samples)[:, classes] & wanted[:, classes]
        return np.asarray(held.any(axis=1))
    return np.asarray(held[:, classes].any(axis=1))


def _among(condition: Among, samples: Samples) -> Bool[np.ndarray, " N"]:
    field, values = condition.field, condition.values
    found = np.zeros(len(samples.ids), dtype=bool)
    if field == "id":
        place_of = samples.identities.place_of
        found[[place_of[each] for each in values if each in place_of]] = True
        return found
    if field == "annotator":
        for name in _known_values(condition, tuple(samples.annotators)):
            found |= samples.annotators[name]
        return found
    column, known = _column(field, samples)
    for value in _known_values(condition, known):
        found |= column == value
    return found


def _column(
    field: Literal["split", "source", "antibody", "plate"], samples: Samples
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return what each sample has of a field, and all that the dataset has of it."""
    everything = samples.known_identities or samples.identities
    match field:
        case "split":
            return samples.splits, samples.known_splits
        case "source":
            return samples.sources, samples.known_sources
        case "antibody":
            return samples.identities.atlas_parts[:, 0], everything.antibodies
        case "plate":
            return samples.identities.atlas_parts[:, 1], everything.plates


def _known_values(condition: Among, known: tuple[str, ...]) -> tuple[str, ...]:
    """Return what the values of a condition name: themselves, else what differs in case alone."""
    named: dict[str, None] = {}
    for value in condition.values:
        alike = [each for each in known if each.casefold() == value.casefold()]
        if not alike:
            raise _no_such_value(condition.field, value, known)
        named |= dict.fromkeys([value] if value in alike else alike)
    return tuple(named)


def _no_such_value(field: str, value: str, known: tuple[str, ...]) -> FilterError:
    listed = ", ".join(quoted(each) for each in known[:MOST_NAMED])
    more = f" and {len(known) - MOST_NAMED:,} more" if len(known) > MOST_NAMED else ""
    there = f"there are: {listed}{more}" if known else "there are none"
    if field in IN_IDS and len(known) > MOST_NAMED:
        there = f"the ids name {len(known):,} others"
    elif field in IN_IDS and not known:
        there = "the ids name none"
    return FilterError(None, f"there is no {field} {value[:60]!r}; {there}")


def _count(condition: Counted, samples: Samples) -> Int[np.ndarray, " N"]:
    if condition.what == "labels":
        return samples.label_counts
    held = _calls if condition.what == "calls" else _mistakes
    return np.asarray(held(condition, samples).sum(axis=1))


def _scored(condition: Scored, samples: Samples) -> Bool[np.ndarray, " N"]:
    if samples.probs is None:
        raise _needs_run(condition)
    # An array, not a Python number: numpy would round the latter to the scores' own precision.
    bound = np.asarray([condition.bound])
    return np.asarray(COMPARE[condition.comparison](samples.probs[:, condition.class_id], bound))


def _mistakes(condition: Expression, samples: Samples) -> Bool[np.ndarray, "N C"]:
    faults: Bool[np.ndarray, "N C"] = _calls(condition, samples) != samples.targets
    return np.asarray(faults & samples.labelled[:, None])


def _calls(condition: Expression, samples: Samples) -> Bool[np.ndarray, "N C"]:
    if samples.calls is None:
        raise _needs_run(condition)
    return samples.calls


def _needs_run(condition: Expression) -> FilterError:
    return FilterError(None, f"{str(condition)!r} asks what a run says; choose a run with scores")
