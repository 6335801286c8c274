"""Handing out images to the pad: the next of a queue, leased to one person for a while."""

from collections.abc import Sequence
from typing import Any

from dashboard import cache
from dashboard.labeling.messages import field, text_list
from dashboard.labeling.past import past_acts, read_past
from dashboard.labeling.queue import REVIEWS, QueueChoice, queue_of, queue_samples, read_queue
from dashboard.labeling.standing import labels_in_force
from hpa_core.data.dataset import Dataset
from hpa_core.labeling import SHARED, UNTOUCHED, SampleState
from hpa_core.labeling.events import Place, named_labels, track_owner
from hpa_core.labeling.queue.assigning import next_samples
from hpa_core.labeling.queue.planning import WAITING
from hpa_core.selections.samples import Samples

MOST_WANTED = 200


def next_tasks(name: str, annotator: str, body: dict[str, Any]) -> dict[str, Any]:
    """Lease the next images of a queue.

    Returns:
        `tasks`: what the pad needs to show each; `left`: how many of the queue still want an
        answer, those handed out among them; `past`, where the body asks for it: what the person
        did before, with its images, to be taken back or brought back.
    """
    dataset, choice = cache.dataset(name), read_queue(field(body, "queue", dict))
    holding = set(text_list(body, "holding"))
    count = len(holding) + min(field(body, "want", int), MOST_WANTED)
    queue, store = queue_of(dataset, choice), cache.label_store()
    if not holding:  # A new start: what another queue left over must not come first.
        store.release(by=annotator, dataset=dataset.info)
    leases = next_samples(store, queue, by=annotator, dataset=dataset.info, count=count)
    fresh = [(one.sample, one.track) for one in leases if one.sample not in holding]
    reviews = choice.need in REVIEWS
    left = len(queue.order) if reviews else _left(dataset, queue.order, annotator)
    answer = {"tasks": _tasks(dataset, choice, fresh), "left": left}
    if body.get("past") is True:
        answer["past"] = _past(dataset, choice, annotator)
    return answer


def _past(dataset: Dataset, choice: QueueChoice, annotator: str) -> dict[str, Any]:
    """Return what the person did before, and the images that were decided, oldest first."""
    steps = read_past(dataset, annotator)
    turned = [step for step in (*steps.done, *reversed(steps.undone)) if step.in_the_way is None]
    # An image that was decided twice lies where the later act was.
    places = dict.fromkeys(
        (event.sample, event.track) for step in reversed(turned) for event in reversed(step.events)
    )
    return {
        "tasks": _tasks(dataset, choice, list(reversed(places))),
        "done": past_acts(dataset, steps.done),
        "undone": past_acts(dataset, steps.undone),
    }


def _tasks(dataset: Dataset, queue: QueueChoice, places: Sequence[Place]) -> list[dict[str, Any]]:
    rows = dataset.row_of
    known = [place for place in places if place[0] in rows]
    samples = queue_samples(dataset, queue)
    opinions = _opinions(dataset, known)
    return [
        {
            "id": sample,
            "row": rows[sample],
            "file_side": int(dataset.file_sides[rows[sample]]),
            "track": track,
            "version": (state := opinions[sample, track]).version,
            "labels": labels_in_force(dataset, sample, state),
            "note": state.note,
            "kind": state.decision,
            "said": _everybody(dataset, sample, state) if queue.need in REVIEWS else _said(state),
            "probs": _probs(samples, sample),
        }
        for sample, track in known
    ]


def _probs(samples: Samples, sample: str) -> list[float] | None:
    """Return the run's 28 probabilities of an image, None where it has none of it."""
    place = samples.identities.place_of.get(sample)
    if samples.probs is None or place is None:
        return None
    return [round(float(prob), 5) for prob in samples.probs[place]]


def _opinions(dataset: Dataset, places: Sequence[Place]) -> dict[Place, SampleState]:
    """Return the track that each image's answer goes to; of a blind one, nobody else's word."""
    samples = [sample for sample, _ in places]
    known = cache.label_store().opinions(dataset.info, samples=samples) if samples else {}
    return {place: known.get(place, UNTOUCHED) for place in places}


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
    tracks = cache.label_store().watch(dataset.info)

    def wants_answer(sample: str) -> bool:
        state = tracks.get(sample, {}).get(SHARED, UNTOUCHED)
        return state.decision in WAITING and state.annotator != annotator

    return sum(map(wants_answer, order))
