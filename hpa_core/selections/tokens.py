"""From the text of a filter to its words, each with its place for the message if it is wrong."""

import json
import re
from dataclasses import dataclass
from typing import Literal

from hpa_core.errors import FilterError

LONGEST_TEXT = 2**20
"""Characters of a filter: room for 30,000 ids of the competition's."""

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<sign><=|>=|!=|[<>=():,~])|(?P<word>[^\s"<>=!():,~]+))"""
)


Kind = Literal["text", "sign", "word", "end"]


@dataclass(frozen=True)
class Token:
    """One word, quoted text or sign; `end` marks that nothing follows."""

    kind: Kind
    value: str
    position: int

    def __str__(self) -> str:
        return "the end" if self.kind == "end" else repr(self.value[:60])


def split_filter(text: str) -> list[Token]:
    """Return the tokens of `text`, `end` last.

    Raises:
        FilterError: a quote is not closed, a sign is unknown, or the text is too long.
    """
    if len(text) > LONGEST_TEXT:
        raise FilterError(1, f"the text has {len(text):,} characters; at most {LONGEST_TEXT:,}")
    tokens, at, end = [], 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            raise _unreadable(text, at)
        tokens.append(_token(match))
        at = match.end()
    return [*tokens, Token("end", "", end + 1)]


def _token(match: re.Match[str]) -> Token:
    kind = match.lastgroup
    position = match.start(kind or 0) + 1
    if kind == "text":
        try:
            return Token("text", json.loads(match["text"], strict=False), position)
        except json.JSONDecodeError:
            raise FilterError(
                position, 'a backslash in quotes stands before " or \\; write it twice'
            ) from None
    return Token("word" if kind == "word" else "sign", match[kind or 0], position)


def _unreadable(text: str, at: int) -> FilterError:
    at += len(text[at:]) - len(text[at:].lstrip())
    if text[at] == '"':
        return FilterError(at + 1, "this quote is not closed")
    return FilterError(at + 1, f"{text[at]!r} means nothing here")
