"""The sections of the Imbalance page, in the order of its menu.

The measures can be narrowed to what the filter finds. All others are of what a training learns from
or a split holds; they say so where a filter is in force.
"""

from collections.abc import Callable

import streamlit as st

from dashboard.imbalance.augmentation import draw_augmentation
from dashboard.imbalance.duplicates import draw_duplicates
from dashboard.imbalance.feature_space import draw_feature_space
from dashboard.imbalance.measures import draw_measures
from dashboard.imbalance.passport.section import draw_passport
from dashboard.imbalance.plan import draw_plan
from dashboard.imbalance.splits import draw_splits
from dashboard.session import session
from hpa_core.data.dataset import Dataset

Draw = Callable[[Dataset], None]


def _of_whole_dataset(draw: Draw) -> Draw:
    def draw_whole(dataset: Dataset) -> None:
        if session().filter:
            st.caption(
                ":material/filter_alt_off: The filter in force is not applied to this section, "
                "only to Measures."
            )
        draw(dataset)

    return draw_whole


SECTIONS: dict[str, Draw] = {
    "Measures": draw_measures,
    "Plan": _of_whole_dataset(draw_plan),
    "Splits": _of_whole_dataset(draw_splits),
    "Duplicates": _of_whole_dataset(draw_duplicates),
    "Feature space": _of_whole_dataset(draw_feature_space),
    "Augmentation": _of_whole_dataset(draw_augmentation),
    "Class passport": _of_whole_dataset(draw_passport),
}
