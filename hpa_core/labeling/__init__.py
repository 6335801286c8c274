"""Labelling by people: who said what of which sample, kept for good; knows no torch."""

from hpa_core.labeling.events import (
    SHARED,
    DatasetRef,
    Decision,
    Event,
    Receipt,
    blind_track,
)
from hpa_core.labeling.queue.assigning import next_samples
from hpa_core.labeling.queue.planning import Queue, QueueSettings
from hpa_core.labeling.state import UNTOUCHED, SampleState
from hpa_core.labeling.store.label_store import LabelStore
from hpa_core.labeling.store.leases import Lease
from hpa_core.labeling.store.opening import new_key, open_store

__all__ = [
    "SHARED",
    "UNTOUCHED",
    "DatasetRef",
    "Decision",
    "Event",
    "LabelStore",
    "Lease",
    "Queue",
    "QueueSettings",
    "Receipt",
    "SampleState",
    "blind_track",
    "new_key",
    "next_samples",
    "open_store",
]
