"""Widgets that mirror a value which something else owns: the session, or the filter."""

from typing import Any

import streamlit as st

from dashboard.session import session


def mirror_key(name: str, value: Any) -> str:
    """Return the key of the widget that shows `value`, and let it show it.

    The key is a new one whenever the value was changed elsewhere: a browser may still send the old
    widget's value then, and that must not undo the change.
    """
    mirrors = session().mirrors
    shown, generation = mirrors.get(name, (value, 0))
    if shown != value:
        generation += 1
    mirrors[name] = (value, generation)
    key = f"mirror-{name}-{generation}"
    st.session_state[key] = value
    return key


def read_mirror(name: str, key: str) -> tuple[Any, bool]:
    """Return what a person set the widget to, and whether the widget still is the newest."""
    mirrors = session().mirrors
    _, generation = mirrors[name]
    if key != f"mirror-{name}-{generation}":
        return None, False
    value = st.session_state[key]
    mirrors[name] = (value, generation)
    return value, True
