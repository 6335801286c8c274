"""Links to the page Images that show exactly the samples of a filter: for a number, a bar, a cell.

For any page that shows a number of samples: `draw_images_link` draws the link, `images_query` gives
its parameters alone. Always a link: `st.switch_page` writes the new page's parameters into the old
page's address too, where Back then leads.
"""

from collections.abc import Mapping
from typing import Literal

import streamlit as st

from dashboard.selections.active import FILTER
from dashboard.session import session
from dashboard.threshold_link import threshold_word
from hpa_core.classes import CLASS_NAMES
from hpa_core.selections.expression import EVERYTHING, Expression

IMAGES_PAGE = "../pages/images.py"


def images_query(
    wanted: str | Expression,
    *,
    sort: str | None = None,
    score_of: int | None = None,
) -> Mapping[str, str]:
    """Return the parameters of a link to the Images page.

    It names the dataset, run, split and thresholds in force, so that whoever gets the link sees the
    same images; a saved set by its name, another by its numbers.

    Args:
        wanted: the filter, as text or as an expression, such as `missed:Golgi score(Cytosol)>0.3`.
        sort: `id`, `score` or `mistake`.
        score_of: the class whose score sorts, with `sort="score"`.
    """
    chosen = session()
    named = {
        "dataset": chosen.dataset,
        "run": chosen.picked_run,
        "split": chosen.split,
        "thresholds": threshold_word(chosen.thresholds, chosen.run) if chosen.run else None,
        FILTER: str(wanted) or EVERYTHING,
        "sort": sort,
        "by": None if score_of is None else CLASS_NAMES[score_of],
    }
    return {key: value for key, value in named.items() if value is not None}


def draw_images_link(
    label: str,
    wanted: str | Expression,
    *,
    sort: str | None = None,
    score_of: int | None = None,
    width: Literal["content", "stretch"] = "content",
) -> None:
    """Draw a link to the samples of a filter; the arguments are those of `images_query`."""
    st.page_link(
        IMAGES_PAGE,
        label=label,
        icon=":material/grid_view:",
        query_params=images_query(wanted, sort=sort, score_of=score_of),
        width=width,
    )
