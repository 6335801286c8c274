"""The filter in force: kept in the session, mirrored in the link.

?filter=missed:Golgi    always there, `all` for every sample: so Back brings back the one before
&narrowed=yes           pages that could show everything show only what it finds
"""

import numpy as np
import streamlit as st
from jaxtyping import Int

from dashboard import cache
from dashboard.samples import labelled_samples, scored_samples
from dashboard.selections.lists import keep_list
from dashboard.session import session, write_link
from hpa_core.errors import HpaError
from hpa_core.selections.annotators import with_annotators
from hpa_core.selections.expression import EVERYTHING, Expression, asks_for_annotators
from hpa_core.selections.parsing import parse_filter
from hpa_core.selections.samples import Samples
from hpa_core.selections.saved import resolve
from hpa_core.selections.selecting import selected_rows

FILTER, NARROWED, YES = "filter", "narrowed", "yes"


def follow_filter() -> dict[str, str | None]:
    """Take the filter of a link that was followed; a link without one, as the menu's, keeps it.

    Returns:
        What is to stand in the link.
    """
    chosen = session()
    text, narrowed = st.query_params.get(FILTER), st.query_params.get(NARROWED) == YES
    if text is not None and (text, narrowed) != chosen.linked_filter:
        chosen.filter, chosen.unread = "" if text.strip() == EVERYTHING else text, None
        chosen.narrowed = narrowed
        if chosen.dataset:
            keep_list(cache.workspace().dataset(chosen.dataset), text)
    chosen.linked_filter = (chosen.filter or EVERYTHING, chosen.narrowed)
    return {FILTER: chosen.linked_filter[0], NARROWED: YES if chosen.narrowed else None}


def set_filter(filter_text: str) -> None:
    """Put another filter into force, for every page; the images begin with their first page.

    The text stays as it is typed, blanks and all: a changed one would be put into the field anew,
    under the hand that types. A filter that cannot be used leaves a usable one before it in
    force.
    """
    chosen = session()
    try:
        _found(filter_text, samples_beside())
    except HpaError as error:
        if not chosen.refusal:
            chosen.unread = filter_text, str(error)
            return
    chosen.filter, chosen.unread = filter_text, None
    write_link(page=None)


def active_expression() -> Expression:
    """Return the filter in force, with what is saved in the place of its name.

    Raises:
        FilterError: the text is no filter, or a selection that it names is missing.
    """
    return _read(session().filter)


def _read(text: str) -> Expression:
    folder = cache.workspace().dataset(session().dataset or "none")
    return resolve(parse_filter(text), folder)


def active_rows(samples: Samples) -> Int[np.ndarray, " n"]:
    """Return the places of the samples that the filter in force holds for, by id.

    Raises:
        FilterError: the filter cannot be read, or asks what is not known of these samples.
    """
    return _found(session().filter, samples)


def samples_beside() -> Samples:
    """Return what the run has scored of the dataset; all of it, with labels alone, without one."""
    chosen = session()
    dataset = cache.dataset(chosen.dataset or "none")
    return scored_samples(chosen, dataset) or labelled_samples(dataset, "all")


def _found(text: str, samples: Samples) -> Int[np.ndarray, " n"]:
    expression, chosen = _read(text), session()
    if chosen.dataset and asks_for_annotators(expression):
        opinions = cache.label_store().opinions(cache.dataset(chosen.dataset).info)
        samples = with_annotators(samples, opinions)
    return selected_rows(expression, samples)
