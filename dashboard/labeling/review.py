"""Who has labelled how much, how far people agree, and the pad that settles what they dispute."""

from collections import Counter

import pandas as pd
import streamlit as st

from dashboard import cache
from dashboard.labeling.pads import draw_review_pad
from dashboard.labeling.person import Person
from dashboard.wording import counted
from hpa_core.classes import CLASS_NAMES
from hpa_core.data.dataset import Dataset
from hpa_core.labeling.current import CurrentLabels, current_labels
from hpa_core.labeling.people import includes
from hpa_core.labeling.quality.agreement import (
    Agreement,
    agreement_between,
    agreement_of_pairs,
    agreement_with_oneself,
)
from hpa_core.labeling.quality.noise import RANDOM, noise_share
from hpa_core.labeling.quality.ratings import independent_ratings


def draw_review(dataset: Dataset, person: Person) -> None:
    """Draw the state of the labels, the pad for disputes and the agreement."""
    current = current_labels(cache.label_store(), dataset)
    draw_counts(current)
    if not includes(person.role, "reviewer"):
        st.info(
            f"You are an {person.role}: what you decide here is your label, and a reviewer settles "
            "disputes.",
            icon=":material/gavel:",
        )
    draw_review_pad(dataset, person)
    draw_deciders(current)
    _draw_noise(current)
    _draw_agreement(dataset)


def draw_counts(current: CurrentLabels) -> None:
    """Draw how many images are decided, changed, disputed and put aside."""
    unsure = sum(state.decision == "unsure" for state in current.states)
    samples = current.dataset.info.samples
    counts = {
        "Decided": f"{len(current.decided):,} of {samples:,}",
        "Labels changed": f"{len(current.changed):,}",
        "Disputed": f"{len(current.disputed):,}",
        "Unsure": f"{unsure:,}",
    }
    with st.container(horizontal=True):
        for label, value in counts.items():
            st.metric(label, value, width=170)


def draw_deciders(current: CurrentLabels) -> None:
    """Tell how many images stand by whose word."""
    deciders = Counter(current.states[row].annotator for row in current.decided)
    if deciders:
        told = ", ".join(f"{name} {count:,}" for name, count in deciders.most_common())
        st.text(f"Images of dataset {current.dataset.info.name} by whose decision holds: {told}")


def _draw_noise(current: CurrentLabels) -> None:
    """Tell what share of the labels is wrong, where images were asked at random."""
    at_random = cache.label_store().history(current.dataset.info, reasons=RANDOM)
    found = noise_share(current, at_random)
    if found.low is None or found.high is None:
        st.caption(
            "How many labels are wrong in all? Only images asked at random tell: the queue "
            "*random*, or a share of random control in any other."
        )
        return
    st.write(
        f"Of {counted(found.asked, 'image')} asked at random, {found.changed:,} got other labels: "
        f"{found.changed / found.asked:.1%} of the dataset are wrong, "
        f"95 % interval {found.low:.1%} to {found.high:.1%}."
    )


def _draw_agreement(dataset: Dataset) -> None:
    st.subheader("Agreement")
    ratings = independent_ratings(cache.label_store().compared(dataset.info))
    everybody = agreement_between(ratings)
    own = agreement_with_oneself(ratings)
    if not everybody.samples and not own:
        st.write(
            "No image has two independent opinions yet. Ask for two opinions, or for hidden "
            "repeats, under *Opinions and controls* of the queue."
        )
        return
    st.write(
        f"On {counted(everybody.samples, 'image')} of dataset {dataset.info.name} there are two "
        "independent opinions or more. Alpha (Krippendorff) is 1 for full agreement, 0 for what "
        "chance gives; on few images it says little."
    )
    pairs = agreement_of_pairs(ratings)
    people = [everybody, *(pairs if len(pairs) > 1 else [])] if everybody.samples else []
    names = [_people(one) for one in people] + [f"{one.annotators[0]} twice" for one in own]
    overall, classes = st.columns([2, 3], gap="large")
    overall.dataframe(_overall(names, [*people, *own]), hide_index=True, key="label-agreement")
    if people:
        classes.dataframe(_by_class(everybody), hide_index=True, key="label-agreement-classes")


def _people(agreed: Agreement) -> str:
    return " and ".join(agreed.annotators) if len(agreed.annotators) <= 2 else "everybody"


def _overall(names: list[str], agreements: list[Agreement]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Who": names,
            "Images": [one.samples for one in agreements],
            "Mean alpha": [one.mean_alpha for one in agreements],
            "Classes": [sum(each.alpha is not None for each in one.by_class) for one in agreements],
        }
    ).round(3)


def _by_class(agreed: Agreement) -> pd.DataFrame:
    rows = [
        {
            "Class": CLASS_NAMES[one.class_id],
            "Opinions for it": one.positives,
            "Observed": one.observed,
            "Alpha": one.alpha,
            "95 %": "too few" if one.interval is None else "{:.2f} to {:.2f}".format(*one.interval),
            "Kappa": one.kappa,
        }
        for one in agreed.by_class
        if one.positives
    ]
    return pd.DataFrame(rows).round(3)
