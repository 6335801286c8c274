"""The neighbours that speak of suspicious labels: kept by the run, found at once where few.

Axes: N labelled samples, k neighbours.
"""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from jaxtyping import Int

from dashboard import cache
from dashboard.jobs import NOTHING_KEPT, offer_job
from hpa_core.data.dataset import DatasetInfo
from hpa_core.evaluation.neighbours import nearest_rows
from hpa_core.evaluation.suspicious.ranking import NEIGHBOURS
from hpa_core.runs.neighbours import neighbours_path
from hpa_core.selections.neighbours import kept_neighbours, labelled_embeddings
from hpa_core.selections.samples import Samples

AT_ONCE = 5e9
"""Samples x samples x features that a page compares by itself, in about a third of a second: 4,400
samples of 256 features. What is more is a job's work."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Heard:
    """What neighbours say of a split's labels, as far as it is known.

    Attributes:
        key: changes with it.
        nearest: of the labelled samples, as rows among them; None where they have no say.
        waiting: how many samples a job would have to compare before they have; 0 if none would.
    """

    key: str
    nearest: Int[np.ndarray, "N k"] | None
    waiting: int = 0


def hear_neighbours(run: str, split: str, samples: Samples, labels_of: DatasetInfo | None) -> Heard:
    """Return the neighbours of those samples of a run's split that have a label.

    Args:
        run: with predictions of the split.
        split: its name.
        samples: of those predictions.
        labels_of: the dataset whose labels they are; None where they came with the scores.
    """
    digest, version = cache.predictions_hash(run, split), neighbours_version(run, split)
    labels = labels_of.hash if labels_of else ""
    return _hear(f"{run} {split} {digest} {version} {labels}", run, split, digest, samples)


def neighbours_version(run: str, split: str) -> int:
    """Return the version of the neighbours that a run keeps; 0 where it keeps none."""
    return cache.version_of(neighbours_path(cache.run(run), split))


def offer_neighbours(run: str, split: str, labels_of: DatasetInfo | None, heard: Heard) -> None:
    """Say that neighbours have no say yet, and draw the button that finds them, where they wait."""
    if not heard.waiting:
        return
    st.info(
        "Neighbours have not spoken yet: these labels are ordered by scores and each image's other "
        f"labels alone. The nearest of {heard.waiting:,} labelled images take a job to find.",
        icon=":material/hub:",
    )
    offer_job(
        "Find the neighbours",
        f"Neighbours of {run}, {split}",
        "neighbours",
        run,
        f"--split={split}",
        *([f"--dataset={labels_of.name}"] if labels_of else []),
        key="neighbours-find",
        told="A second or two for ten thousand images, minutes for a hundred thousand. The run "
        "keeps them until its predictions change, or which images have a label.",
        primary=False,
        kept=NOTHING_KEPT,
        makes=neighbours_path(cache.run(run), split),
    )


@st.cache_resource(max_entries=4, show_spinner=False)
def _hear(key: str, run: str, split: str, digest: str, _samples: Samples) -> Heard:
    kept = kept_neighbours(cache.run(run), split, _samples, digest)
    if kept is not None:
        return Heard(key=key, nearest=kept.nearest)
    embeddings = labelled_embeddings(cache.predictions(run, split), _samples)
    if embeddings is None:
        return Heard(key=key, nearest=None)
    if len(embeddings) * embeddings.size > AT_ONCE:
        return Heard(key=key, nearest=None, waiting=len(embeddings))
    return Heard(key=key, nearest=nearest_rows(embeddings, NEIGHBOURS))
