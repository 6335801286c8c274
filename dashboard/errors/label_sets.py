"""Whole label sets: which true set is called which other one, and how often."""

import numpy as np
import pandas as pd
import streamlit as st
from jaxtyping import Bool

from dashboard.charts import CLASS_LABELS
from dashboard.errors.judged import Judged
from dashboard.errors.opening import (
    NoSuchPickError,
    Opened,
    class_names,
    class_of,
    draw_clickable_table,
)
from dashboard.wording import counted
from hpa_core.evaluation.errors.label_sets import (
    LabelSetErrors,
    count_label_set_errors,
    label_set_rows,
)
from hpa_core.selections.expression import And, Count, Counted, Expression, HasClass, Kind

MOST = 500
NONE = "none"
ROW_HEIGHT = 66
"""Pixels from which cells wrap their text, as the names of a set are long."""
WIDTHS = {"true": 270, "called": 230, "missed": 180, "false": 160}
"""Pixels, of 920 on a page 1,280 pixels wide beside the sidebar."""


def draw_label_sets(judged: Judged) -> None:
    """List the pairs of sets; every row opens its images."""
    found = _counted(judged.key, judged)
    total = found.right + found.wrong
    st.markdown(
        f"**{found.right:,} of {total:,} images** ({100 * found.right / total:.1f} %) are called "
        f"exactly their label set; the other {found.wrong:,} make "
        f"{counted(len(found.counts), 'different pair')} of a true and a called set. Click a row "
        f"to see its {judged.opens}."
    )
    draw_clickable_table(
        _table(found),
        lambda row, _: _pick(found, row),
        key="errors-sets",
        height=640,
        row_height=ROW_HEIGHT,
        column_config={
            "images": st.column_config.ProgressColumn(
                format="%d", min_value=0, max_value=int(found.counts.max(initial=1)), width=80
            ),
            **{name: st.column_config.TextColumn(width=width) for name, width in WIDTHS.items()},
        },
    )
    if len(found.counts) > MOST:
        st.caption(f"The {MOST} most frequent of {len(found.counts):,} pairs.")


def open_label_set(judged: Judged, pick: str) -> Opened:
    """Open `0-25.0`: carry 0 and 25, called 0 alone."""
    first, dot, second = pick.partition(".")
    if not dot:
        raise NoSuchPickError(pick)
    truth, called = _members(first), _members(second)
    rows = label_set_rows(judged.targets, judged.calls, truth=truth, called=called)
    return Opened(
        title=f"carry {class_names(truth)}, are called {class_names(called)}",
        rows=rows,
        expression=And((*_exactly("true", "labels", truth), *_exactly("called", "calls", called))),
    )


@st.cache_resource(max_entries=16, show_spinner=False)
def _counted(key: str, _judged: Judged) -> LabelSetErrors:
    return count_label_set_errors(_judged.targets, _judged.calls)


def _table(found: LabelSetErrors) -> pd.DataFrame:
    truth, called = found.truth[:MOST], found.called[:MOST]
    return pd.DataFrame(
        {
            "images": found.counts[:MOST],
            "true": list(map(class_names, truth)),
            "called": list(map(class_names, called)),
            "missed": list(map(class_names, truth & ~called)),
            "false": list(map(class_names, called & ~truth)),
        }
    )


def _pick(found: LabelSetErrors, row: int) -> str:
    sets = (found.truth[row], found.called[row])
    return ".".join("-".join(map(str, np.flatnonzero(each))) or NONE for each in sets)


def _exactly(kind: Kind, count: Count, members: Bool[np.ndarray, " C"]) -> list[Expression]:
    """Return the conditions that a sample has these classes and no others."""
    classes = np.flatnonzero(members).tolist()
    return [*(HasClass(kind, (number,)) for number in classes), Counted(count, "=", len(classes))]


def _members(text: str) -> Bool[np.ndarray, " C"]:
    members = np.zeros(len(CLASS_LABELS), dtype=bool)
    if text != NONE:
        members[[class_of(part) for part in text.split("-")]] = True
    return members
