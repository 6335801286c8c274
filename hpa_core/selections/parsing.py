"""The filter language: from text to an expression.

    filter     = either
    either     = both { "or" both }
    both       = one { [ "and" ] one }
    one        = "not" one | "(" either ")" | condition
    condition  = "all" | "right" | "wrong"
               | ("true" | "called" | "missed" | "false") [ ":" class { "," class } ]
               | field ":" text { "," text }
               | "id" "~" text                          the id holds the text
               | ("labels" | "calls" | "mistakes") compares whole-number
               | "score" "(" class ")" compares number  a number from 0 to 1
               | "saved" ":" name                       what that selection says
    field      = "id" | "split" | "source" | "antibody" | "plate" | "annotator"
    compares   = "<" | "<=" | ">" | ">=" | "=" | "!="

A class is its number, its name, or the beginning of one name alone, in any case. What holds a space
or a sign stands in double quotes. Commas read as "any of these".

Example: `missed:Golgi score(Cytosol)>0.3 labels>=2 not split:train`
"""

from collections.abc import Callable
from difflib import get_close_matches
from functools import lru_cache, partial
from typing import TypeVar

from hpa_core.classes import CLASS_NAMES, N_CLASSES
from hpa_core.errors import FilterError
from hpa_core.selections.expression import (
    COMPARISONS,
    CONNECTIVES,
    COUNTS,
    EVERYTHING,
    FIELDS,
    KINDS,
    SAVED,
    SCORE,
    VERDICTS,
    Among,
    And,
    Comparison,
    Count,
    Counted,
    Everything,
    Expression,
    Field,
    HasClass,
    IdContains,
    Kind,
    Not,
    Or,
    Saved,
    Scored,
    Verdict,
    WholeSet,
)
from hpa_core.selections.tokens import Token, split_filter

Value = TypeVar("Value")
DEEPEST = 50
WORDS = (EVERYTHING, *VERDICTS, *KINDS, *FIELDS, *COUNTS, SCORE, SAVED)


@lru_cache(maxsize=64)
def parse_filter(text: str) -> Expression:
    """Read a filter; an empty text holds for every sample.

    Raises:
        FilterError: the text is not of the language; says where and what is.

    >>> str(parse_filter('missed:golgi and labels >= 2'))
    'missed:"Golgi apparatus" labels>=2'
    """
    reader = _Reader(split_filter(text))
    if reader.at_end:
        return Everything()
    expression = reader.either()
    if not reader.at_end:
        raise FilterError(reader.now.position, f"nothing was opened that {reader.now} could close")
    return expression


def class_named(text: str, position: int = 1) -> int:
    """Return the number of the class that `text` names: by number, name, or a name's beginning.

    Raises:
        FilterError: there is no such class, or more than one.
    """
    wanted = text.strip().casefold()
    if wanted.isascii() and wanted.isdigit() and int(wanted) < N_CLASSES:
        return int(wanted)
    names = [name.casefold() for name in CLASS_NAMES]
    if wanted in names:
        return names.index(wanted)
    found = [class_id for class_id, name in enumerate(names) if wanted and name.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(CLASS_NAMES[each] for each in found)
        raise FilterError(position, f"{text[:60]!r} could be {several}; write more of it")
    near = get_close_matches(wanted, names, 1)
    hint = f"; did you mean {CLASS_NAMES[names.index(near[0])]!r}?" if near else ""
    raise FilterError(position, f"there is no class {text[:60]!r}{hint}")


class _Reader:
    """Reads tokens from left to right; one method for each rule of the grammar."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0

    @property
    def now(self) -> Token:
        return self.tokens[self.at]

    @property
    def at_end(self) -> bool:
        return self.now.kind == "end"

    def either(self) -> Expression:
        parts = [self.both()]
        while self.takes_word("or"):
            parts.append(self.both())
        return Or(tuple(parts)) if len(parts) > 1 else parts[0]

    def both(self) -> Expression:
        parts = [self.one()]
        while not self.ends_both():
            self.takes_word("and")
            parts.append(self.one())
        return And(tuple(parts)) if len(parts) > 1 else parts[0]

    def ends_both(self) -> bool:
        closed = self.now.kind == "sign" and self.now.value == ")"
        return closed or self.at_end or self.is_word("or")

    def one(self) -> Expression:
        self.depth += 1
        if self.depth > DEEPEST:
            raise FilterError(self.now.position, f"more than {DEEPEST} levels of brackets or not")
        if self.takes_word("not"):
            found: Expression = Not(self.one())
        elif self.takes_sign("("):
            found = self.either()
            self.expect_sign(")")
        else:
            found = self.condition()
        self.depth -= 1
        return found

    def condition(self) -> Expression:
        token = self.now
        rule = _RULES.get(token.value.casefold()) if token.kind == "word" else None
        if rule is None:
            raise _unknown_condition(token)
        self.at += 1
        return rule(self)

    def values(self, convert: Callable[[Token], Value]) -> tuple[Value, ...]:
        found = [convert(self.value())]
        while self.takes_sign(","):
            found.append(convert(self.value()))
        return tuple(found)

    def value(self) -> Token:
        token = self.now
        if token.kind not in ("word", "text"):
            raise FilterError(token.position, f"a value is missing before {token}")
        self.at += 1
        return token

    def comparison(self) -> Comparison:
        token = self.now
        if token.kind != "sign" or token.value not in COMPARISONS:
            signs = " ".join(COMPARISONS)
            raise FilterError(token.position, f"expected one of {signs}, found {token}")
        self.at += 1
        return token.value

    def is_word(self, word: str) -> bool:
        return self.now.kind == "word" and self.now.value.casefold() == word

    def takes_word(self, word: str) -> bool:
        found = self.is_word(word)
        self.at += found
        return found

    def takes_sign(self, sign: str) -> bool:
        found = self.now.kind == "sign" and self.now.value == sign
        self.at += found
        return found

    def expect_sign(self, sign: str) -> None:
        if not self.takes_sign(sign):
            raise FilterError(self.now.position, f"expected {sign!r}, found {self.now}")


def _read_kind(reader: _Reader, kind: Kind) -> Expression:
    classes: tuple[int, ...] = ()
    if reader.takes_sign(":"):
        classes = reader.values(lambda token: class_named(token.value, token.position))
    return HasClass(kind, classes)


def _read_field(reader: _Reader, field: Field) -> Expression:
    if field == "id" and reader.takes_sign("~"):
        return IdContains(reader.value().value)
    reader.expect_sign(":")
    return Among(field, reader.values(lambda token: token.value))


def _read_count(reader: _Reader, count: Count) -> Expression:
    comparison = reader.comparison()
    token = reader.value()
    if not (token.value.isascii() and token.value.isdigit() and len(token.value) < 6):
        raise FilterError(token.position, f"expected a whole number, found {token}")
    return Counted(count, comparison, int(token.value))


def _read_score(reader: _Reader) -> Expression:
    reader.expect_sign("(")
    token = reader.value()
    class_id = class_named(token.value, token.position)
    reader.expect_sign(")")
    comparison, token = reader.comparison(), reader.value()
    try:
        bound = float(token.value)
    except ValueError:
        bound = -1
    if not 0 <= bound <= 1:
        raise FilterError(token.position, f"a score is a number from 0 to 1, found {token}")
    return Scored(class_id, comparison, bound)


def _read_saved(reader: _Reader) -> Expression:
    reader.expect_sign(":")
    return Saved(reader.value().value)


def _read_verdict(_: _Reader, verdict: Verdict) -> Expression:
    return WholeSet(verdict)


_RULES: dict[str, Callable[[_Reader], Expression]] = {
    EVERYTHING: lambda _: Everything(),
    **{verdict: partial(_read_verdict, verdict=verdict) for verdict in VERDICTS},
    **{kind: partial(_read_kind, kind=kind) for kind in KINDS},
    **{field: partial(_read_field, field=field) for field in FIELDS},
    **{count: partial(_read_count, count=count) for count in COUNTS},
    SCORE: _read_score,
    SAVED: _read_saved,
}


def _unknown_condition(token: Token) -> FilterError:
    if token.kind == "end":
        return FilterError(token.position, "a condition is missing at the end")
    if token.kind == "word" and token.value.casefold() in CONNECTIVES:
        return FilterError(token.position, f"a condition is missing before {token}")
    near = get_close_matches(token.value.casefold(), WORDS, 1) if token.kind == "word" else []
    hint = f"; did you mean {near[0]!r}?" if near else f"; there are: {', '.join(WORDS)}"
    quotes = "; names with spaces stand in quotes" if token.kind == "word" and not near else ""
    return FilterError(token.position, f"{token} is no condition{hint}{quotes}")
