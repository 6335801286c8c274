"""The badge beside every score: what the images it is measured on share with those learnt from."""

import streamlit as st

from dashboard import cache
from hpa_core.data.duplicates.leaks import Leaks
from hpa_core.imbalance.leaks import run_leaks
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.predictions import predicted_splits


def leaks_of(run: RunFolder, split: str) -> Leaks | None:
    """Tell what leaks into a split that the run is scored on; None where nothing can be told."""
    if cache.dataset_of(run) is None:
        return None
    version = cache.duplicates_version(run.info.dataset)
    return _leaks(run.id, split, run.info.dataset_hash, version)


def draw_leak_badge(run: RunFolder, split: str) -> None:
    """Warn where the scores of a run on a split are too high; draw nothing where none leaks."""
    leaks = leaks_of(run, split)
    if leaks is None or not leaks.leaks:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge("leak", icon=":material/content_copy:", color="red", help=_explained(leaks))
        st.markdown(leaks.sentence)
        st.page_link(
            "../pages/imbalance.py",
            label="See the copies",
            icon=":material/arrow_forward:",
            query_params={"section": "Duplicates"},
        )


def leak_summary(run: RunFolder) -> str:
    """Say in a few words what leaks into the splits that a run has predictions of."""
    told = []
    for split in predicted_splits(run):
        leaks = leaks_of(run, split)
        if leaks and leaks.leaks and leaks.learnt != split:
            told.append(f"{len(leaks.leaks):,} of {leaks.samples:,} {split}")
    return ", ".join(told)


@st.cache_resource(max_entries=200, show_spinner=False)
def _leaks(run_id: str, split: str, made_for: str, version: tuple[int, ...]) -> Leaks | None:
    run = cache.run(run_id)
    return run_leaks(cache.duplicates(run.info.dataset), run, split)


def _explained(leaks: Leaks) -> str:
    exact, near = len(leaks.of_kind("exact")), len(leaks.of_kind("near"))
    parts = [
        f"A network answers for an image it has learnt from memory: {100 * leaks.share:.1f} % of "
        f"the images of {leaks.scored} are such ({exact:,} exact copies, {near:,} near ones).",
    ]
    if not leaks.searched:
        parts.append("The images were not searched for near copies yet: there may be more.")
    return " ".join(parts)
