"""Which images are asked, in which order: the page chooses, the labels route hands them out.

A queue travels from the page through the browser to the route as plain JSON, so that the route
needs no memory of any page and any restart.
"""

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import streamlit as st

from dashboard import cache
from dashboard.neighbours import Heard, hear_neighbours, neighbours_version
from dashboard.samples import labelled_samples, scored_samples
from dashboard.session import Session
from hpa_core.data.dataset import Dataset
from hpa_core.errors import HpaError, LabelingError
from hpa_core.labeling.queue.ordering import at_random, by_disagreement, by_rarity, by_uncertainty
from hpa_core.labeling.queue.planning import Queue, QueueSettings
from hpa_core.runs.thresholds import Fallback, ThresholdSet
from hpa_core.selections.annotators import with_annotators
from hpa_core.selections.expression import asks_for_annotators
from hpa_core.selections.parsing import parse_filter
from hpa_core.selections.samples import Samples
from hpa_core.selections.saved import resolve
from hpa_core.selections.selecting import selected_rows
from hpa_core.selections.suspicion import by_suspicion

NEEDS = {
    "suspicious": "labels that are probably wrong, by effect on macro F1",
    "uncertain": "most uncertain calls first",
    "rare": "what may be a rare class first",
    "random": "at random, for an honest share of wrong labels",
}
"""What a queue is for. Those that a run decides fall back on the labels where there is none."""

QUESTIONS = {
    "likely": "the likeliest first",
    "missing": "called, but not labelled so",
    "surplus": "labelled so, but not called",
}
"""What a grid's question is asked of, for one class."""

REVIEWS = {
    "disagreements": "what people see differently, the most differing classes first",
    "unsure": "what somebody put aside",
}
"""What a reviewer settles."""


@dataclass(frozen=True, kw_only=True)
class QueueChoice:
    """What is asked.

    Attributes:
        need: a key of `NEEDS` or `REVIEWS` or, with a question, of `QUESTIONS`.
        split: of the dataset, or `all`; with a run, the split that it predicted.
        run: whose probabilities order the images and are shown as its suggestion; "" for none.
        thresholds, fallback: the active set.
        question: the class that a grid asks about, else None.
        filter: which images at most, in the language of `hpa_core.selections`; "" for all.
        settings: second opinions, controls and repeats.
    """

    need: str
    split: str
    run: str = ""
    thresholds: tuple[float, ...] = ()
    fallback: Fallback = "none"
    question: int | None = None
    filter: str = ""
    settings: QueueSettings = field(default_factory=QueueSettings)

    @property
    def chosen(self) -> Session:
        """The same choice as the sidebar would make it."""
        return Session(
            picked_run=self.run or None,
            split=self.split,
            thresholds=ThresholdSet(name="pad", thresholds=self.thresholds, fallback=self.fallback),
        )


def read_queue(value: dict[str, Any]) -> QueueChoice:
    """Return the queue that the page sent through the browser.

    Raises:
        LabelingError: it is none.
    """
    try:
        settings = QueueSettings(**value["settings"])
        thresholds = tuple(map(float, value["thresholds"]))
        queue = QueueChoice(**{**value, "settings": settings, "thresholds": thresholds})
    except (HpaError, TypeError, ValueError, KeyError):
        raise LabelingError("The pad sent no queue that can be meant; reload the page.") from None
    if queue.need not in (*NEEDS, *QUESTIONS, *REVIEWS):
        raise LabelingError(f"There is no queue {str(queue.need)[:40]!r}; reload the page.")
    return queue


def queue_fields(queue: QueueChoice) -> dict[str, Any]:
    """Return a queue as JSON takes it."""
    return asdict(queue)


def queue_samples(dataset: Dataset, queue: QueueChoice) -> Samples:
    """Return the images that a queue is made of, with what the run says of each."""
    scored = scored_samples(queue.chosen, dataset)
    return scored or labelled_samples(dataset, queue.split)


def queue_neighbours(dataset: Dataset, queue: QueueChoice) -> Heard:
    """Return what neighbours say of the labels of a queue, if its order asks them."""
    if queue.need == "suspicious":
        samples = queue_samples(dataset, queue)
        if samples.probs is not None:
            return hear_neighbours(queue.run, queue.split, samples, dataset.info)
    return Heard(key="", nearest=None)


def queue_of(dataset: Dataset, queue: QueueChoice) -> Queue:
    """Return a queue as the store takes it, the most needed image first.

    Raises:
        FilterError: the queue's filter cannot be read, or needs a run.
    """
    allowed = _allowed(dataset, queue)
    order = _order(dataset, queue)
    shares = queue.settings.control_share
    return Queue(
        order=[sample for sample in order if sample in allowed] if queue.filter else order,
        reason=queue.need,
        control=at_random(np.array(sorted(allowed)), seed=queue.settings.seed) if shares else (),
        settings=queue.settings,
    )


def _allowed(dataset: Dataset, queue: QueueChoice) -> set[str]:
    """Return the images that a queue may ask, by its filter, which may name saved selections."""
    samples = queue_samples(dataset, queue)
    expression = resolve(parse_filter(queue.filter), dataset.folder)
    if asks_for_annotators(expression):
        samples = with_annotators(samples, cache.label_store().opinions(dataset.info))
    return set(samples.ids[selected_rows(expression, samples)].tolist())


def _order(dataset: Dataset, queue: QueueChoice) -> list[str]:
    if queue.need in REVIEWS:  # Which change with every decision.
        return _to_review(dataset, queue.need)
    return _ordered(f"{dataset.info.hash} {queue} {_version(queue)}", dataset, queue)


def _version(queue: QueueChoice) -> tuple[int, ...]:
    """Return the versions of the run's scores and neighbours: new ones are another order."""
    if not queue.run:
        return ()
    scores = queue.run, queue.split
    return cache.predictions_version(*scores), neighbours_version(*scores)


def _to_review(dataset: Dataset, need: str) -> list[str]:
    if need == "disagreements":
        return by_disagreement(cache.label_store().opinions(dataset.info))
    states = cache.label_store().states(dataset.info)
    return sorted(sample for sample, state in states.items() if state.decision == "unsure")


@st.cache_resource(max_entries=8, show_spinner=False)
def _ordered(key: str, _dataset: Dataset, _queue: QueueChoice) -> list[str]:
    samples = queue_samples(_dataset, _queue)
    if _queue.question is not None:
        return _by_question(samples, _queue.need, _queue.question)
    if _queue.need == "rare":
        chances = samples.targets.astype(float) if samples.probs is None else samples.probs
        return by_rarity(samples.ids, chances, samples.targets)
    if _queue.need == "random" or samples.probs is None or samples.calls is None:
        return at_random(samples.ids, seed=_queue.settings.seed)
    if _queue.need == "suspicious" and samples.truth_known:
        return by_suspicion(samples, queue_neighbours(_dataset, _queue).nearest)
    return by_uncertainty(samples.ids, samples.probs, samples.calls)


def _by_question(samples: Samples, need: str, asked: int) -> list[str]:
    """Put the highest scores of the class first, or, without a run, what is labelled so."""
    labelled = samples.targets[:, asked]
    rank = labelled.astype(float) if samples.probs is None else samples.probs[:, asked]
    order = np.argsort(-rank, kind="stable")
    if need != "likely" and samples.calls is not None:
        wanted = labelled == (need == "surplus")
        order = order[(wanted & (samples.calls[:, asked] != labelled))[order]]
    return [str(sample) for sample in samples.ids[order]]
