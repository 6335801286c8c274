import streamlit as st

from dashboard import cache
from dashboard.guard import guarded, need
from dashboard.labeling.person import choose_person
from dashboard.labeling.sections import SECTIONS
from dashboard.labeling.welcome import draw_welcome
from dashboard.session import session

st.title("Label")
name = need(session().dataset, "There is no dataset yet. Import one, or open the demo.")
dataset = cache.dataset(name)
need(
    dataset.info.has_images or None,
    f"Dataset {name} holds labels only: there is nothing to look at. Import its images on the "
    "Overview.",
)
with guarded():
    with st.container(horizontal=True, vertical_alignment="center"):
        section = st.segmented_control(
            "Section",
            list(SECTIONS),
            default=next(iter(SECTIONS)),
            required=True,
            key="labelling",
            bind="query-params",
            label_visibility="collapsed",
        )
        person = choose_person()
    if person is None:
        draw_welcome(dataset)
    else:
        SECTIONS[section](dataset, person)
