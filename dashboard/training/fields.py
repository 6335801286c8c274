"""The widget that fits a field of `TrainConfig`, with its help text, choices and limits."""

from collections.abc import Callable, Collection
from dataclasses import Field
from math import floor, log10
from typing import Any

import streamlit as st


def ask_field(
    item: Field[Any],
    *,
    key: str,
    default: Any,
    choices: Collection[str] | None = None,
    on_change: Callable[[], None] | None = None,
) -> Any:
    """Draw a field's widget and return its value.

    Args:
        item: of `TrainConfig`.
        key: of the widget; its state holds the value to show.
        default: to fall back on where the state's value is no choice any more.
        choices: what the field may be, where it is not free.
        on_change: called when a choice was changed.
    """
    label, meaning = item.name.replace("_", " ").capitalize(), item.metadata["help"]
    if choices:
        named = bool(item.metadata["prefix"])
        if st.session_state[key] not in choices and not named:  # Another dataset's, or gone.
            st.session_state[key] = default if default in choices else next(iter(choices))
        return st.selectbox(
            label,
            list(choices),
            key=key,
            help=_help(meaning, choices),
            format_func=lambda one: one or "none",
            accept_new_options=named,
            on_change=on_change,
        )
    if item.type is bool:
        return st.toggle(label, key=key, help=meaning)
    if item.type is str:
        return st.text_input(label, key=key, help=meaning)
    return _ask_number(item, label, default=default, key=key)


def _ask_number(item: Field[Any], label: str, *, default: float, key: str) -> Any:
    kind: Any = item.type
    low, high = item.metadata["low"], item.metadata["high"]
    return st.number_input(
        label,
        min_value=kind(low),
        max_value=kind(high),
        step=1 if kind is int else _step(default),
        format="%d" if kind is int else "%g",
        key=key,
        help=f"{item.metadata['help']} ({low:g} to {high:g}).",
    )


def _step(default: float) -> float:
    """Return a step of the size of the default's first digit.

    >>> _step(0.003), _step(0.9), _step(0.0)
    (0.001, 0.1, 0.1)
    """
    return float(10.0 ** floor(log10(default))) if default else 0.1


def _help(meaning: str, choices: Any) -> str:
    if not hasattr(choices, "items"):
        return meaning
    return f"{meaning}:\n" + "".join(f"\n- **{name}**: {told}" for name, told in choices.items())
