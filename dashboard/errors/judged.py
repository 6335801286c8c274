"""What the Errors page judges: the labelled samples of one split of a run, as the thresholds call.

Axes: N samples, C classes (28). The truth is the dataset's labels in force today; for scores that
belong to no dataset, what was imported with them.
"""

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st
from jaxtyping import Bool, Float, Int

from dashboard import cache
from dashboard.guard import need
from dashboard.samples import scored_samples
from dashboard.selections.narrowing import ask_narrowing, filter_note
from dashboard.session import Session
from dashboard.synthetic import synthetic_note
from dashboard.thresholds.scores import need_scores, origin
from dashboard.wording import counted
from hpa_core.data.dataset import Dataset, DatasetInfo
from hpa_core.imbalance.leaks import has_learnt
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.thresholds import UNSAVED, ThresholdSet
from hpa_core.selections.identities import Identities
from hpa_core.selections.samples import Samples, outside_samples


@dataclass(frozen=True, kw_only=True, eq=False)
class Judged:
    """Scores, truth and calls of the samples that the page is about.

    Attributes:
        key: changes with anything that the figures follow from.
        samples: with calls; each has a label.
        everything: all samples of the split that are scored, in the same order; what a sample is
            told by others comes from them too.
        labels_of: the dataset whose labels are the truth; None where it came with the scores.
        dataset: whose images they are; None where there are no images of them.
        filter: what the samples had to fulfil; empty if nothing.
    """

    key: str
    run: RunFolder
    split: str
    thresholds: ThresholdSet
    samples: Samples
    everything: Samples
    labels_of: DatasetInfo | None = None
    dataset: Dataset | None = None
    filter: str = ""

    @property
    def ids(self) -> np.ndarray:
        """Sample ids, (N,) of str."""
        return self.samples.ids

    @property
    def targets(self) -> Bool[np.ndarray, "N C"]:
        """The truth."""
        return self.samples.targets

    @property
    def probs(self) -> Float[np.ndarray, "N C"]:
        """The scores."""
        if self.samples.probs is None:
            raise ValueError("judged samples have scores")
        return self.samples.probs

    @property
    def calls(self) -> Bool[np.ndarray, "N C"]:
        """What the thresholds decide."""
        if self.samples.calls is None:
            raise ValueError("judged samples have calls")
        return self.samples.calls

    @property
    def bounds(self) -> Float[np.ndarray, " C"]:
        """The thresholds as an array."""
        return np.array(self.thresholds.thresholds)

    @property
    def wrong(self) -> Bool[np.ndarray, " N"]:
        """Whether the calls of a sample are not exactly its labels."""
        return np.asarray((self.targets != self.calls).any(axis=1))

    @property
    def opens(self) -> str:
        """What a click on a number shows: images, or ids alone where there are no images."""
        return "images" if self.dataset is not None else "images' ids"

    @property
    def opens_one(self) -> str:
        """The same of a single image."""
        return "its image" if self.dataset is not None else "its image's id"

    @property
    def learnt(self) -> bool:
        """Whether the run has learnt from samples of the split."""
        return has_learnt(self.run, self.split)

    def place_of(self, sample_id: str) -> int | None:
        """Return the place of the sample of that id; None if it is not judged."""
        return self.samples.identities.place_of.get(sample_id)


def judge_scores(chosen: Session) -> Judged:
    """Return what the sidebar's pickers say; end the page where nothing can be right or wrong."""
    run, split = need_scores(chosen)
    dataset = cache.dataset(chosen.dataset) if chosen.dataset else None
    own = scored_samples(chosen, dataset) if dataset else None
    samples = own or _outside(run, split, chosen.thresholds)
    unknown = (
        f"The truth of split {split!r} of run {run.id!r} is not known, so none of its calls is "
        "right or wrong. Choose another split beside, or import the scores with a column Target."
    )
    need(samples if samples.truth_known else None, unknown)
    version = cache.predictions_version(run.id, split)
    content = dataset.info.hash if own and dataset else ""
    return _narrowed(
        Judged(
            key=f"{run.id} {split} {version} {content} {chosen.thresholds.rule}",
            run=run,
            split=split,
            thresholds=chosen.thresholds,
            samples=samples,
            everything=samples,
            labels_of=dataset.info if own and dataset else None,
            dataset=dataset if own and dataset and dataset.info.has_images else None,
        ),
        chosen.filter,
    )


def describe_judged(judged: Judged) -> str:
    """Say in Markdown what all figures of the page are of."""
    active = judged.thresholds
    made = synthetic_note(judged.run, judged.dataset.info if judged.dataset else None)
    name = "the active, unsaved thresholds" if active.name == UNSAVED else f"set **{active.name}**"
    fallback = ", the highest class where none is above" if active.fallback == "top1" else ""
    only = f" that fulfil `{judged.filter}`" if judged.filter else ""
    return (
        f"**{counted(len(judged.ids), 'image')}**{only}: run `{judged.run.id}`, split "
        f"{judged.split}.{made} Calls by {name}{fallback}: "
        f"{origin(active, judged.run, judged.split)}{filter_note()}"
    )


def _outside(run: RunFolder, split: str, thresholds: ThresholdSet) -> Samples:
    return outside_samples(cache.predictions(run.id, split), split).called(thresholds)


def _narrowed(judged: Judged, wanted: str) -> Judged:
    """Leave out what has no label, and, if the visitor says so, what the filter leaves out."""
    labelled = judged.samples.labelled
    found = ask_narrowing(judged.samples, among=labelled)
    if found is None and labelled.all():
        return judged
    used = "" if found is None else wanted
    places = np.flatnonzero(labelled) if found is None else found
    key = f"{judged.key} {used}"
    return replace(judged, key=key, samples=_part(key, judged.samples, places), filter=used)


@st.cache_resource(max_entries=4, show_spinner=False)
def _part(key: str, _samples: Samples, _places: Int[np.ndarray, " n"]) -> Samples:
    arrays = {
        name: getattr(_samples, name)[_places]
        for name in ("rows", "splits", "sources", "targets", "probs", "calls")
    }
    return replace(_samples, identities=Identities(_samples.ids[_places]), annotators={}, **arrays)
