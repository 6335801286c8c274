"""Handing out images to the pad: the next of a queue, leased to one person for a while."""

from collections.abc import Sequence
from typing import Any

from dashboard import cache
from dashboard.labeling.messages import field, text_list
from dashboard.labeling.queue import REVIEWS, QueueChoice, queue_of, queue_samples, read_queue
from dashboard.labeling.standing import labels_in_force
from hpa_core.data.dataset import Dataset
from hpa_core.labeling import SHARED, UNTOUCHED, SampleState
from hpa_core.labeling.events import named_labels, track_owner
from hpa_core.labeling.queue.assigning import next_samples
from hpa_core.labeling.queue.planning import WAITING
from hpa_core.labeling.store.leases import Lease
from hpa_core.selections.samples import Samples

MOST_WANTED = 200


def next_tasks(name: str, annotator: str, body: dict[str, Any]) -> dict[str, Any]:
    """Lease the next images of a queue.

    Returns:
        `tasks`: what the pad needs to show each; `left`: how many of the queue still want an
        answer, those handed out among them.
    """
    dataset, choice = cache.dataset(name), read_queue(field(body, "queue", dict))
    holding = set(text_list(body, "holding"))
    count = len(holding) + min(field(body, "want", int), MOST_WANTED)
    queue, store = queue_of(dataset, choice), cache.label_store()
    if not holding:  # A new start: what another queue left over must not come first.
        store.release(by=annotator, dataset=dataset.info)
    leases = next_samples(store, queue, by=annotator, dataset=dataset.info, count=count)
    fresh = [lease for lease in leases if lease.sample not in holding]
    reviews = choice.need in REVIEWS
    left = len(queue.order) if reviews else _left(dataset, queue.order, annotator)
    return {"tasks": _tasks(dataset, choice, fresh), "left": left}


def _tasks(dataset: Dataset, queue: QueueChoice, leases: list[Lease]) -> list[dict[str, Any]]:
    rows = cache.row_of_id(dataset.info.name)
    known = [lease for lease in leases if lease.sample in rows]
    samples = queue_samples(dataset, queue)
    opinions = _opinions(dataset, known)
    return [
        {
            "id": lease.sample,
            "row": rows[lease.sample],
            "track": lease.track,
            "version": (state := opinions[lease.sample]).version,
            "labels": labels_in_force(dataset, lease.sample, state),
            "note": state.note,
            "kind": state.decision,
            "said": _everybody(dataset, lease.sample, state)
            if queue.need in REVIEWS
            else _said(state),
            "probs": _probs(samples, lease.sample),
        }
        for lease in known
    ]


def _probs(samples: Samples, sample: str) -> list[float] | None:
    """Return the run's 28 probabilities of an image, None where it has none of it."""
    place = samples.identities.place_of.get(sample)
    if samples.probs is None or place is None:
        return None
    return [round(float(prob), 5) for prob in samples.probs[place]]


def _opinions(dataset: Dataset, leases: list[Lease]) -> dict[str, SampleState]:
    """Return the track that each image's answer goes to; of a blind one, nobody else's word."""
    store = cache.label_store()
    shared = store.states(dataset.info, samples=[lease.sample for lease in leases])
    return {
        lease.sample: shared.get(lease.sample, UNTOUCHED)
        if lease.track == SHARED
        else store.state(dataset.info, lease.sample, track=lease.track)
        for lease in leases
    }


def _said(state: SampleState) -> str:
    if not state.annotator:
        return ""
    verbs = {"unsure": "was unsure", "skip": "skipped it"}
    return f"{state.annotator} {verbs.get(state.decision, 'labelled it')}, {state.at[:10]}"


def _everybody(dataset: Dataset, sample: str, state: SampleState) -> str:
    """Tell all opinions of an image: what a reviewer decides between."""
    tracks = cache.label_store().tracks(dataset.info, sample)
    words = [
        f"{track_owner(track) or one.annotator}: {named_labels(one.labels)}"
        for track, one in sorted(tracks.items())
        if one.labels is not None
    ]
    return " · ".join([*words, *([f"note: {state.note}"] if state.note else [])]) or _said(state)


def _left(dataset: Dataset, order: Sequence[str], annotator: str) -> int:
    """Count the images of a queue that want an answer which this person has not given."""
    states = cache.label_store().states(dataset.info)
    done = {
        sample
        for sample, state in states.items()
        if state.decision not in WAITING or state.annotator == annotator
    }
    return sum(sample not in done for sample in order)
