"""The one toggle by which a page that could show everything shows only what the filter finds."""

import numpy as np
import streamlit as st
from jaxtyping import Bool, Int

from dashboard.mirrors import mirror_key, read_mirror
from dashboard.selections.active import active_rows
from dashboard.session import session
from hpa_core.errors import HpaError
from hpa_core.selections.expression import asks_for_run
from hpa_core.selections.parsing import parse_filter
from hpa_core.selections.samples import Samples


def ask_narrowing(
    samples: Samples,
    *,
    among: Bool[np.ndarray, " N"] | None = None,
    whole: int | None = None,
    limits: str = "",
) -> Int[np.ndarray, " n"] | None:
    """Draw the toggle, where a filter is in force, and return what is to be shown.

    A filter that finds nothing ends the page, and says so.

    Args:
        samples: what the page could show.
        among: those of them that it deals with; all if None.
        whole: how many are shown where nothing narrows them; as many as those if None.
        limits: a sentence in Markdown on why the filter can find a part of these alone.

    Returns:
        Places of what the filter finds, rising; None where everything is shown.

    Raises:
        FilterError: the toggle is on, and the filter cannot be read or asks what is not known.
    """
    chosen = session()
    if not chosen.filter:
        return None
    kept = np.ones(len(samples.ids), dtype=bool) if among is None else among
    found, unread = _found(samples, kept)
    key = mirror_key("narrowed", chosen.narrowed)
    shown = kept.sum() if whole is None else whole
    count = "" if found is None else f" ({len(found):,} of {shown:,})"
    st.toggle(f"Only what the filter finds{count}", key=key, on_change=_take, args=(key,))
    if limits:
        st.caption(limits)
    if not chosen.narrowed:
        return None
    if unread is not None:
        raise unread
    if found is not None and not len(found):
        st.info("The filter finds none of these: change it beside, or switch it off here.")
        st.stop()
    return found


def filter_note() -> str:
    """Say in Markdown, after a sentence, what the filter in force means for the figures of a page.

    That it is not applied; or that it chose by scores, so that no figure holds for other images.
    """
    chosen = session()
    if not chosen.filter:
        return ""
    if not chosen.narrowed:
        return " The filter in force is **not applied here**."
    if not asks_for_run(parse_filter(chosen.filter)):
        return ""
    return (
        " **The filter chose these images by their scores**: no figure of them, and no interval, "
        "holds for other images."
    )


def _found(
    samples: Samples, kept: Bool[np.ndarray, " N"]
) -> tuple[Int[np.ndarray, " n"] | None, HpaError | None]:
    try:
        rows = np.sort(active_rows(samples))
    except HpaError as error:
        return None, error
    return rows[kept[rows]], None


def _take(key: str) -> None:
    on, newest = read_mirror("narrowed", key)
    if newest:
        session().narrowed = bool(on)
