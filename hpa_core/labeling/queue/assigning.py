"""Giving a person the next samples of a queue, so that nobody else gets them meanwhile."""

from hpa_core.labeling.events import DatasetVersion
from hpa_core.labeling.people import checked_annotator
from hpa_core.labeling.queue.planning import Queue, plan_queue
from hpa_core.labeling.store.label_store import LabelStore
from hpa_core.labeling.store.leases import LEASE_SECONDS, Lease


def next_samples(  # noqa: PLR0913 - of what, for whom, how many, how long
    store: LabelStore,
    queue: Queue,
    *,
    by: str,
    dataset: DatasetVersion,
    count: int = 1,
    seconds: float = LEASE_SECONDS,
) -> list[Lease]:
    """Lease the next samples of a queue to a person.

    Args:
        store: the labels.
        queue: which samples, in which order.
        by: the person.
        dataset: that is labelled.
        count: how many samples; ask for a few more than are shown, to load them early.
        seconds: how long they are kept for the person.

    Returns:
        What the person holds already and has not decided, then new ones; fewer than `count` where
        the queue runs dry.
    """
    name = checked_annotator(by)
    planned = plan_queue(queue, store.watch(dataset), by=name)
    return store.lease(planned, by=name, dataset=dataset, count=count, seconds=seconds)
