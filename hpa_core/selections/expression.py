"""Filter expressions: what a filter says, as a value that prints as the text it is read from.

`parse_filter(str(expression)) == expression` for every expression (see `parsing`).
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from hpa_core.classes import CLASS_NAMES

Kind = Literal["true", "called", "missed", "false"]
Verdict = Literal["right", "wrong"]
Field = Literal["id", "split", "source", "antibody", "plate", "annotator"]
Count = Literal["labels", "calls", "mistakes"]
Comparison = Literal["<", "<=", ">", ">=", "=", "!="]

KINDS: tuple[Kind, ...] = get_args(Kind)
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
FIELDS: tuple[Field, ...] = get_args(Field)
COUNTS: tuple[Count, ...] = get_args(Count)
COMPARISONS: tuple[Comparison, ...] = get_args(Comparison)
EVERYTHING, SCORE, SAVED = "all", "score", "saved"
CONNECTIVES = ("and", "or", "not")

_PLAIN = re.compile(r"[A-Za-z0-9_.\-]+")


class Expression:
    """Any filter expression; a condition on one sample."""


@dataclass(frozen=True)
class Everything(Expression):
    """Holds for every sample; what an empty text means."""

    def __str__(self) -> str:
        return EVERYTHING


@dataclass(frozen=True)
class HasClass(Expression):
    """One of `classes` is true, called, missed (true, not called) or false (called, not true).

    Without classes: any class is.
    """

    kind: Kind
    classes: tuple[int, ...] = ()

    def __str__(self) -> str:
        return _listed(self.kind, [CLASS_NAMES[each] for each in self.classes])


@dataclass(frozen=True)
class WholeSet(Expression):
    """Calls and truth are the same set (`right`), or they are not (`wrong`)."""

    verdict: Verdict

    def __str__(self) -> str:
        return self.verdict


@dataclass(frozen=True)
class Among(Expression):
    """A field of the sample is one of `values`."""

    field: Field
    values: tuple[str, ...]

    def __str__(self) -> str:
        return _listed(self.field, self.values)


@dataclass(frozen=True)
class IdContains(Expression):
    """The id holds `text`, in any case."""

    text: str

    def __str__(self) -> str:
        return f"id~{quoted(self.text)}"


@dataclass(frozen=True)
class Counted(Expression):
    """How many labels, calls or mistakes (missed and false together) the sample has."""

    what: Count
    comparison: Comparison
    number: int

    def __str__(self) -> str:
        return f"{self.what}{self.comparison}{self.number}"


@dataclass(frozen=True)
class Scored(Expression):
    """The score of a class lies on one side of `bound`, in [0, 1]."""

    class_id: int
    comparison: Comparison
    bound: float

    def __str__(self) -> str:
        return f"{SCORE}({quoted(CLASS_NAMES[self.class_id])}){self.comparison}{self.bound!r}"


@dataclass(frozen=True)
class Saved(Expression):
    """Whatever the dataset's selection of that name says."""

    name: str

    def __str__(self) -> str:
        return f"{SAVED}:{quoted(self.name)}"


@dataclass(frozen=True)
class Not(Expression):
    """The part does not hold."""

    part: Expression

    def __str__(self) -> str:
        return f"not {_inside(self.part, (And, Or))}"


@dataclass(frozen=True)
class And(Expression):
    """Every one of two or more parts holds."""

    parts: tuple[Expression, ...]

    def __post_init__(self) -> None:
        _check_parts(self.parts)

    def __str__(self) -> str:
        return " ".join(_inside(part, (And, Or)) for part in self.parts)


@dataclass(frozen=True)
class Or(Expression):
    """At least one of two or more parts holds."""

    parts: tuple[Expression, ...]

    def __post_init__(self) -> None:
        _check_parts(self.parts)

    def __str__(self) -> str:
        return " or ".join(_inside(part, Or) for part in self.parts)


def conditions_of(expression: Expression) -> Iterator[Expression]:
    """Yield the single conditions of an expression, whatever joins them."""
    match expression:
        case And(parts) | Or(parts):
            for part in parts:
                yield from conditions_of(part)
        case Not(part):
            yield from conditions_of(part)
        case _:
            yield expression


def asks_for_calls(expression: Expression) -> bool:
    """Whether which samples it holds for follows from thresholds."""
    return any(
        isinstance(each, WholeSet)
        or (isinstance(each, HasClass) and each.kind != "true")
        or (isinstance(each, Counted) and each.what != "labels")
        for each in conditions_of(expression)
    )


def asks_for_run(expression: Expression) -> bool:
    """Whether it cannot be answered without the scores of a run."""
    scored = any(isinstance(each, Scored) for each in conditions_of(expression))
    return scored or asks_for_calls(expression)


def asks_for_annotators(expression: Expression) -> bool:
    """Whether it cannot be answered without knowing who labelled what."""
    return any(
        isinstance(each, Among) and each.field == "annotator" for each in conditions_of(expression)
    )


def terms_of(expression: Expression) -> tuple[Expression, ...]:
    """Return the conditions that must all hold; none for `Everything`."""
    if isinstance(expression, Everything):
        return ()
    return expression.parts if isinstance(expression, And) else (expression,)


def all_of(terms: Sequence[Expression]) -> Expression:
    """Return the expression that holds where every one of `terms` does."""
    if len(terms) > 1:
        return And(tuple(terms))
    return terms[0] if terms else Everything()


def quoted(text: str) -> str:
    """Write one value: as it is where that is read as one word, else in quotes."""
    plain = _PLAIN.fullmatch(text) and text not in CONNECTIVES
    return text if plain else json.dumps(text, ensure_ascii=False)


def _listed(name: str, values: Sequence[str]) -> str:
    return f"{name}:{','.join(map(quoted, values))}" if values else name


def _inside(part: Expression, looser: type | tuple[type, ...]) -> str:
    return f"({part})" if isinstance(part, looser) else str(part)


def _check_parts(parts: tuple[Expression, ...]) -> None:
    if len(parts) < 2:
        raise ValueError(f"an expression of parts needs two, found {parts}")
