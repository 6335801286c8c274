"""The one place where an error becomes a message, and a missing thing becomes an early end."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import streamlit as st

from hpa_core.errors import HpaError

Thing = TypeVar("Thing")


@contextmanager
def guarded() -> Iterator[None]:
    """Show an `HpaError` as its one sentence; anything else is our bug and goes on."""
    try:
        yield
    except HpaError as error:
        st.error(str(error), icon=":material/error:")


def need(thing: Thing | None, sentence: str) -> Thing:
    """Return `thing`; where it is missing, end the page with `sentence` and a way onward."""
    if thing is None:
        st.info(sentence, icon=":material/info:")
        st.page_link("../pages/overview.py", label="Go to the Overview", icon=":material/home:")
        st.stop()
    return thing
