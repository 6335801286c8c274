"""The one place where an error becomes a message, and a missing thing becomes an early end."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import streamlit as st

from dashboard.session import session
from hpa_core.errors import HpaError

Thing = TypeVar("Thing")
SIGNS = re.compile(r"[<>=!~-]*(?:[<>]=|->|<-|--|\\)[<>=!~-]*")
"""What Streamlit's Markdown would show as another sign, or not at all."""


@contextmanager
def guarded() -> Iterator[None]:
    """Show an `HpaError` as its one sentence; anything else is our bug and goes on.

    Why the filter cannot be used stands at its field already.
    """
    try:
        yield
    except HpaError as error:
        if str(error) == session().refusal:
            st.info("Nothing is shown until the filter beside is put right.")
        else:
            st.error(as_written(str(error)), icon=":material/error:")


def as_written(text: str) -> str:
    """Return Markdown that shows signs as they must be typed: `<=` and not one sign for it.

    >>> as_written("expected one of < <= >")
    'expected one of < `<=` >'
    """
    return SIGNS.sub(r"`\g<0>`", text)


def need(thing: Thing | None, sentence: str) -> Thing:
    """Return `thing`; where it is missing, end the page with `sentence` and a way onward."""
    if thing is None:
        st.info(sentence, icon=":material/info:")
        st.page_link("../pages/overview.py", label="Go to the Overview", icon=":material/home:")
        st.stop()
    return thing
