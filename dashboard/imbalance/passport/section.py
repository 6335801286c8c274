"""The passport of one class, which the link names: `?section=Class passport&class=27`."""

import numpy as np
import streamlit as st

from dashboard import cache
from dashboard.charts import CLASS_LABELS
from dashboard.imbalance.passport.company import draw_company
from dashboard.imbalance.passport.parts import draw_parts
from dashboard.imbalance.passport.samples import draw_samples
from dashboard.imbalance.passport.scores import draw_scores
from dashboard.samples import scored_samples
from dashboard.session import session, write_link
from dashboard.synthetic import counted_samples
from dashboard.wording import counted
from hpa_core.data.dataset import Dataset
from hpa_core.imbalance.measures import Imbalance

LINK, KEY = "class", "passport-class"


def draw_passport(dataset: Dataset) -> None:
    """Draw one class: its counts, its company, its parts, its scores and its samples."""
    measured = cache.imbalance(dataset.info.name, "all")
    number = _choose(measured)
    _draw_headline(dataset, measured, number)
    company, parts = st.columns([6, 5], gap="medium")
    with company:
        draw_company(dataset, measured, number)
    with parts:
        draw_parts(dataset, number)
    samples = scored_samples(session(), dataset)
    scored = samples is not None and draw_scores(samples, number)
    draw_samples(dataset, samples if scored else None, number)


def _choose(measured: Imbalance) -> int:
    """Ask for the class; without one in the link, the rarest that occurs."""
    text = st.query_params.get(LINK, "")
    known = text.isascii() and text.isdigit() and len(text) < 3 and int(text) < len(CLASS_LABELS)
    rarest = int(np.where(measured.counts > 0, measured.counts, np.inf).argmin())
    st.session_state[KEY] = int(text) if known else rarest

    def show(number: int) -> str:
        return f"{CLASS_LABELS[number]} ({measured.counts[number]:,})"

    number: int = st.selectbox(
        "Class", range(len(CLASS_LABELS)), key=KEY, format_func=show, on_change=_follow, width=360
    )
    return number


def _follow() -> None:
    write_link(**{LINK: str(st.session_state[KEY]), "page": None, "image": None})


def _draw_headline(dataset: Dataset, measured: Imbalance, number: int) -> None:
    count = int(measured.counts[number])
    rank = 1 + int((measured.counts > count).sum())
    st.caption(
        f"Of {counted_samples(dataset.info, measured.samples)} and "
        f"{counted(measured.counts.sum(), 'label')}: dataset {dataset.info.name!r}, every split."
    )
    if not count:
        st.info("No sample of this dataset carries the class.", icon=":material/info:")
        return
    facts = (
        ("Positives", f"{count:,}", "Samples that carry the class."),
        ("Share of labels", f"{100 * measured.shares[number]:.2f} %", "Of all labels."),
        ("Rank", f"{rank} of {len(CLASS_LABELS)}", "1 is the most frequent class."),
        (
            "IRLbl",
            f"{measured.irlbl[number]:,.1f}",
            f"The largest class's count over this one's; MeanIR is {measured.mean_ir:.2f}.",
        ),
        (
            "SCUMBLE",
            f"{measured.scumble_per_class[number]:.2f}",
            "How far its samples also carry more frequent classes, 0 to 1; over all samples it is "
            f"{measured.scumble:.3f}. Where it is high, copying copies those classes too.",
        ),
    )
    for column, (name, value, meaning) in zip(st.columns(len(facts)), facts, strict=True):
        column.metric(name, value, help=meaning)
