"""The filter as a line of text beside every page, counted as it is typed, and kept."""

import streamlit as st

from dashboard import cache
from dashboard.guard import as_written
from dashboard.mirrors import mirror_key, read_mirror
from dashboard.selections.active import active_rows, samples_beside, set_filter
from dashboard.selections.keeping import Found, draw_keeping
from dashboard.session import Session, session
from hpa_core.errors import HpaError

_PLACEHOLDER = "missed:Golgi labels>=2"
HELP = """
Conditions stand side by side and must all hold; `or`, `not` and brackets join them otherwise.
Nothing typed: every sample.

| condition | holds for samples |
|---|---|
| `true:Golgi` `called:2` | with that class, by the beginning of its name or its number |
| `missed:7,25` `false:"Rods & rings"` | with one of these classes missed, or called falsely |
| `missed` `false` `right` `wrong` | with any fault of that kind, without, or with one |
| `score(Cytosol)>0.3` | whose score of a class compares so: `<` `<=` `>` `>=` `=` `!=` |
| `labels>=2` `calls=0` `mistakes>1` | with so many true classes, calls, mistakes |
| `split:validation` `source:external` | of a split, of a source |
| `antibody:7` `plate:921` | whose id of the atlas names that antibody or plate |
| `id~"abc"` `id:a,b,c` | whose id holds a text, or is one of these |
| `annotator:anna` | that this person has labelled |
| `saved:odd` | of a saved selection |
"""


def draw_field(*, used: bool) -> None:
    """Draw the filter in force, what it finds or why it cannot, and what can be done with it.

    Args:
        used: whether the page shown deals with the samples of a filter.
    """
    chosen = session()
    if not chosen.dataset:
        return
    text, fault = chosen.unread or (chosen.filter, "")
    key = mirror_key("filter", text)
    st.text_input(
        "Filter",
        key=key,
        live=True,
        placeholder=_PLACEHOLDER,
        help=HELP,
        icon=":material/filter_alt:",
        on_change=_take,
        args=(key,),
    )
    if fault:
        st.error(as_written(fault), icon=":material/error:")
        before = f"the filter before, `{chosen.filter}`," if chosen.filter else "no filter"
        st.caption(f"Until it is put right, {before} is in force.")
    found = _counted(chosen, used=used)
    draw_keeping(None if fault else found, cache.workspace().dataset(chosen.dataset))


def _counted(chosen: Session, *, used: bool) -> Found | None:
    """Say how many samples the filter finds, or why that cannot be told; return them.

    None without a filter, too.
    """
    chosen.refusal = ""
    if not chosen.filter:
        return None
    try:
        samples = samples_beside()
        rows = active_rows(samples)
    except HpaError as error:
        chosen.refusal = str(error)
        st.error(as_written(chosen.refusal), icon=":material/error:")
        return None
    where = "the dataset" if samples.calls is None else f"split {chosen.split}"
    unused = "" if used else "; not used on this page"
    st.caption(f"{len(rows):,} of {len(samples.ids):,} samples of {where}{unused}")
    return Found(samples, rows)


def _take(key: str) -> None:
    typed, newest = read_mirror("filter", key)
    if newest:
        set_filter(typed or "")
