"""Which labels the section of measures is about: those of a split, or what the filter finds in it.

Axes: N samples, C classes.
"""

from dataclasses import dataclass
from hashlib import sha256

import numpy as np
import streamlit as st
from jaxtyping import Bool, Float, Int

from dashboard import cache
from dashboard.samples import labelled_samples, scored_samples
from dashboard.selections.active import active_expression
from dashboard.selections.narrowing import ask_narrowing, filter_note
from dashboard.session import session
from dashboard.synthetic import counted_samples
from dashboard.wording import counted
from hpa_core.data.dataset import Dataset
from hpa_core.errors import HpaError
from hpa_core.imbalance.label_sets import LabelSets, count_label_sets
from hpa_core.imbalance.measures import (
    Imbalance,
    cooccurrence,
    cooccurrence_residual,
    measure_imbalance,
)
from hpa_core.selections.expression import asks_for_run
from hpa_core.selections.samples import Samples


@dataclass(frozen=True, kw_only=True, eq=False)
class Labels:
    """Labels with what follows from them.

    Attributes:
        where: which samples they are of, in Markdown.
        pairs: samples with both classes of a pair.
        residual: how far these are from what independence would give.
    """

    where: str
    targets: Bool[np.ndarray, "N C"]
    imbalance: Imbalance
    sets: LabelSets
    pairs: Int[np.ndarray, "C C"]
    residual: Float[np.ndarray, "C C"]

    def told(self, dataset: Dataset) -> str:
        """Say in Markdown which samples these are, and how many."""
        counts = counted_samples(dataset.info, self.imbalance.samples)
        labels = counted(self.imbalance.counts.sum(), "label")
        return f"{counts} and {labels}: dataset {dataset.info.name!r}, {self.where}.{filter_note()}"


def ask_labels(dataset: Dataset, split: str) -> Labels:
    """Draw the toggle, where a filter is in force, and return the labels that are measured.

    Args:
        dataset: whose labels.
        split: of it, or `all`.

    Raises:
        FilterError: the toggle is on, and the filter cannot be read or asks what is not known.
    """
    samples = _samples(dataset, split)
    among = np.ones(len(samples.ids), dtype=bool) if split == "all" else samples.splits == split
    whole = len(dataset.rows(split))
    found = ask_narrowing(samples, among=among, whole=whole, limits=_limits(samples, among, whole))
    where = "every split" if split == "all" else f"split {split}"
    if found is None:
        return _labels_of_split(dataset.info.name, split, where)
    chosen, rows = session(), samples.rows[found]
    if samples.probs is not None:
        where = f"split {chosen.split}, scored by run `{chosen.run}`"
    return _measure(
        f"{where}, those that fulfil `{chosen.filter}`",
        f"{dataset.info.hash} {sha256(rows.tobytes()).hexdigest()}",
        dataset.targets[rows],
    )


def _samples(dataset: Dataset, split: str) -> Samples:
    """Return what the filter chooses from: of what a run has scored, if it asks for that."""
    try:
        asked = asks_for_run(active_expression())
    except HpaError:
        asked = False
    scored = scored_samples(session(), dataset) if asked else None
    return scored or labelled_samples(dataset, split)


def _limits(samples: Samples, among: Bool[np.ndarray, " N"], whole: int) -> str:
    """Say how many of those measured a run has scored, where the filter asks what it says."""
    scored, chosen = int(among.sum()), session()
    if samples.probs is None or scored == whole:
        return ""
    return (
        f"The filter asks what run `{chosen.run}` says of split {chosen.split}, chosen beside: "
        f"it has scored {f'{scored:,}' if scored else 'none'} of these {counted(whole, 'sample')}."
    )


def _labels_of_split(name: str, split: str, where: str) -> Labels:
    return Labels(
        where=where,
        targets=cache.split_targets(name, split),
        imbalance=cache.imbalance(name, split),
        sets=cache.label_sets(name, split),
        pairs=cache.class_pairs(name, split, "count"),
        residual=cache.class_pairs(name, split, "residual"),
    )


@st.cache_resource(max_entries=4, show_spinner=False)
def _measure(where: str, key: str, _targets: np.ndarray) -> Labels:
    """Measure once for each `key`, which names the labels and the samples."""
    return Labels(
        where=where,
        targets=_targets,
        imbalance=measure_imbalance(_targets),
        sets=count_label_sets(_targets),
        pairs=cooccurrence(_targets),
        residual=cooccurrence_residual(_targets),
    )
