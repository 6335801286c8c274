"""Pickers that write the filter: each shows and sets one of its conditions."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from dashboard.guard import as_written
from dashboard.mirrors import mirror_key, read_mirror
from dashboard.selections.active import set_filter
from dashboard.session import session
from hpa_core.classes import CLASS_NAMES, N_CLASSES
from hpa_core.errors import FilterError
from hpa_core.selections.expression import (
    Counted,
    Everything,
    Expression,
    HasClass,
    Kind,
    WholeSet,
    all_of,
    terms_of,
)
from hpa_core.selections.parsing import parse_filter
from hpa_core.selections.samples import Samples

ANY = "any"
_WAITING = "This picker writes the filter beside, and waits until that can be read."
MOST_LABELS = 5
_OUTCOMES: tuple[tuple[str, Expression], ...] = (
    ("right", WholeSet("right")),
    ("wrong", WholeSet("wrong")),
    ("missed", HasClass("missed")),
    ("false", HasClass("false")),
)
_OUTCOME_HELP = (
    "right: calls and truth are the same. wrong: they are not. missed: a true class was not "
    "called. false: a called class is not true."
)


def draw_quick_pickers(samples: Samples) -> None:
    """Draw those pickers that mean something for these samples, in the container in force."""
    _pick_class("True class", "true")
    labels = [(str(count), Counted("labels", "=", count)) for count in range(1, MOST_LABELS + 1)]
    _pick("True labels", labels, width=90)
    if samples.calls is None:
        return
    _pick_class("Called class", "called")
    if samples.truth_known:
        _pick("Outcome", _OUTCOMES, width=100, explanation=_OUTCOME_HELP)
        _pick_class("Missed class", "missed")
        _pick_class("False class", "false")


def _pick_class(label: str, kind: Kind) -> None:
    options = [(CLASS_NAMES[each], HasClass(kind, (each,))) for each in range(N_CLASSES)]
    _pick(label, options, width=130)


def _pick(
    label: str,
    options: Sequence[tuple[str, Expression]],
    *,
    width: int,
    explanation: str | None = None,
) -> None:
    terms, unread = _active_terms()
    now = next((name for name, term in options if term in terms), ANY)
    key = mirror_key(label, now)
    st.selectbox(
        label,
        [ANY, *(name for name, _ in options)],
        key=key,
        help=explanation if unread is None else f"{as_written(unread)} {_WAITING}",
        disabled=unread is not None,
        on_change=partial(_take, label, key, options),
        width=width,
    )


def _take(name: str, key: str, options: Sequence[tuple[str, Expression]]) -> None:
    """Put the option picked into the filter, in the place of the one that was there."""
    picked, newest = read_mirror(name, key)
    terms, unread = _active_terms()
    if unread is not None or not newest:
        return  # Nothing may be written over a text that is still being typed.
    ours = [term for _, term in options]
    others = [term for term in terms if term not in ours]
    wanted = [term for option, term in options if option == picked]
    made = all_of([*others, *wanted])
    set_filter("" if isinstance(made, Everything) else str(made))


def _active_terms() -> tuple[tuple[Expression, ...], str | None]:
    """Return the conditions of the filter in force; of an unreadable text none, and why."""
    chosen = session()
    if chosen.unread:
        return (), chosen.unread[1]
    try:
        return terms_of(parse_filter(chosen.filter)), None
    except FilterError as error:
        return (), str(error)
