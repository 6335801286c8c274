"""What the Errors page can show, in the order of its menu."""

import streamlit as st

from dashboard.errors.ablation import draw_ablation, open_ablation
from dashboard.errors.classes import draw_classes, open_class
from dashboard.errors.confusion import draw_confusion, open_confusion
from dashboard.errors.embedding_map import draw_map, open_points
from dashboard.errors.groups import draw_groups, open_group
from dashboard.errors.heat_maps import draw_heat_maps, open_heat_map
from dashboard.errors.label_sets import draw_label_sets, open_label_set
from dashboard.errors.mistakes import draw_mistakes, open_mistake
from dashboard.errors.opening import Section
from dashboard.errors.spectrum import draw_spectrum, open_spectrum
from dashboard.errors.suspicious import draw_suspicious, open_suspicious

SECTIONS: dict[str, Section] = {
    "Classes": Section(draw_classes, open_class),
    "Confusion": Section(draw_confusion, open_confusion),
    "Mistakes": Section(draw_mistakes, open_mistake),
    "Spectrum": Section(draw_spectrum, open_spectrum),
    "Label sets": Section(draw_label_sets, open_label_set),
    "Groups": Section(draw_groups, open_group),
    "Suspicious labels": Section(draw_suspicious, open_suspicious),
    "Heat maps": Section(draw_heat_maps, open_heat_map),
    "Ablation": Section(draw_ablation, open_ablation),
    "Embedding map": Section(draw_map, open_points),
}
"""Their names stand on one row of a page 1,280 pixels wide beside the sidebar."""

LINK = "atlas"  # Not `section`: the Imbalance page has that key, and a key is one widget.
FORMER = {"Channel ablation": "Ablation"}


def follow_former_link() -> None:
    """Open a link that names a section as it was once called."""
    if now := FORMER.get(st.query_params.get(LINK, "")):
        st.query_params[LINK] = now
        st.rerun()
