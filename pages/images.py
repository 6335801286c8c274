import streamlit as st

from dashboard import cache
from dashboard.errors.image_reasons import draw_image_reasons
from dashboard.guard import need
from dashboard.images.filters import choose_order, choose_samples
from dashboard.images.gallery import draw_gallery
from dashboard.leaks import draw_leak_badge
from dashboard.session import session
from dashboard.synthetic import synthetic_note
from dashboard.thresholds.scores import origin

st.title("Images")
chosen = session()
name = need(chosen.dataset, "There is no dataset yet. Import one, or open the demo.")
dataset = cache.dataset(name)
need(
    dataset.info.has_images or None,
    f"Dataset {dataset.info.name} holds labels only: there is nothing to look at. Import its "
    "images on the Overview.",
)

samples = choose_samples(chosen, dataset)
run = cache.run(chosen.run) if samples.calls is not None and chosen.run else None
order, scored = choose_order(samples)
about = "Labels alone." if chosen.run else "No run: labels alone."
if run and chosen.split:
    about = (
        f"Run {run.id}, split {chosen.split}, thresholds {chosen.thresholds.name}: "
        f"{origin(chosen.thresholds, run, chosen.split)}"
    )
st.markdown(
    f"**{len(order):,} of {len(samples.ids):,} images** of dataset {dataset.info.name}. "
    f"{about}{synthetic_note(run, dataset.info)}"
)
if run and chosen.split:
    draw_leak_badge(run, chosen.split)
if not len(order):
    st.info("No image fulfils this filter. Take a condition out of it.")
draw_gallery(dataset, samples, order, thresholds=chosen.thresholds, scored_class=scored)
if run:
    draw_image_reasons(run, dataset, samples)
