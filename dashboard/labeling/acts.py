"""Recording what the pad sends: acknowledged once it is on the disk, or told whose word stands."""

from collections.abc import Iterable
from typing import Any

from dashboard import cache
from dashboard.labeling.messages import field, read_decisions
from dashboard.labeling.standing import standing
from hpa_core.data.dataset import Dataset
from hpa_core.errors import ConflictError, LabelingError
from hpa_core.labeling import DatasetRef, Decision, Receipt
from hpa_core.labeling.store.deciding import stands_on

LONGEST_KEY = 64


def record_act(name: str, annotator: str, body: dict[str, Any]) -> dict[str, Any]:
    """Record an act of `annotator`.

    Returns:
        `acked`: id and new version of each image; or `conflicts`: what stands on those that
        somebody else decided meanwhile, when nothing of the act was recorded; of an undo or redo
        also `told`, the sentence who built on what.
    """
    dataset = cache.dataset(name)
    key, kind = field(body, "key", str), field(body, "kind", str)
    if not 0 < len(key) <= LONGEST_KEY:
        raise LabelingError("The pad sent an act without a key; reload the page.")
    if kind == "decide":
        return _decide(dataset, annotator, key, body)
    return _turn_back(dataset, annotator, key, body)


def _decide(dataset: Dataset, annotator: str, key: str, body: dict[str, Any]) -> dict[str, Any]:
    decisions = read_decisions(body)
    _check_samples(dataset, decisions)
    seen = DatasetRef(dataset.info.name, field(body, "hash", str))
    try:
        receipt = cache.label_store().record(decisions, by=annotator, dataset=seen, key=key)
    except ConflictError:
        return _conflicts(dataset, [(one.sample, one.track, one.base) for one in decisions])
    return _acknowledged(receipt)


def _turn_back(dataset: Dataset, annotator: str, key: str, body: dict[str, Any]) -> dict[str, Any]:
    """Undo or redo the act that was recorded under another key."""
    store = cache.label_store()
    turns = {"undo": store.undo, "redo": store.redo}
    if (kind := field(body, "kind", str)) not in turns:
        raise LabelingError(f"The pad sent an act of kind {kind[:40]!r}; reload the page.")
    earlier = store.act_of_key(field(body, "of", str), by=annotator)
    if earlier is None:  # It met a conflict or was given up, so there is nothing to turn back.
        return {"acked": [], "conflicts": []}
    try:
        receipt = turns[kind](by=annotator, dataset=dataset.info, key=key, act=earlier.act)
    except ConflictError as error:
        places = [(event.sample, event.track, event.version) for event in earlier.events]
        told = stands_on(error.meanwhile[-1]) if error.meanwhile else str(error)
        return {**_conflicts(dataset, places), "told": told}
    return _acknowledged(receipt)


def _acknowledged(receipt: Receipt) -> dict[str, Any]:
    acked = [{"id": event.sample, "version": event.version} for event in receipt.events]
    return {"acked": acked, "conflicts": []}


def _conflicts(dataset: Dataset, places: Iterable[tuple[str, str, int]]) -> dict[str, Any]:
    """Say what stands on each image whose version is another one than the act was based on."""
    opinions = {
        (sample, track): cache.label_store().state(dataset.info, sample, track=track)
        for sample, track, _ in places
    }
    found = [
        {"id": sample, "version": state.version, "now": standing(dataset, sample, state)}
        for sample, track, base in places
        if (state := opinions[sample, track]).version != base
    ]
    return {"acked": [], "conflicts": found}


def _check_samples(dataset: Dataset, decisions: Iterable[Decision]) -> None:
    rows = dataset.row_of
    for decision in decisions:
        if decision.sample not in rows:
            raise LabelingError(
                f"Dataset {dataset.info.name!r} has no image {decision.sample[:60]!r}; reload the "
                "page."
            )
