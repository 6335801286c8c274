"""What share of a dataset's labels is wrong, by the samples that people were asked at random.

Suspicious samples tell nothing of the whole: they were picked for being wrong. Those asked at
random do, whether as a queue of their own or mixed in as controls.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from scipy.stats import binomtest

from hpa_core.labeling.current import CurrentLabels
from hpa_core.labeling.events import GIVES_LABELS, SHARED, Event
from hpa_core.labeling.queue.planning import CONTROL

RANDOM = ("random", CONTROL)
"""Reasons of a queue that picks samples without regard to their labels."""


@dataclass(frozen=True, kw_only=True)
class NoiseShare:
    """How many of the samples that were asked at random got other labels than the dataset's.

    Attributes:
        asked: samples that were asked at random and decided.
        changed: those that got other labels.
        low, high: 95 % interval of the share (Wilson); None where none was asked.
    """

    asked: int
    changed: int
    low: float | None
    high: float | None


def noise_share(current: CurrentLabels, history: Iterable[Event]) -> NoiseShare:
    """Estimate the share of samples whose labels are not what people see in them.

    References:
        Wilson: Probable Inference, the Law of Succession, and Statistical Inference, 1927.
    """
    at_random = {
        event.sample
        for event in history
        if event.reason in RANDOM and event.track == SHARED and event.kind in GIVES_LABELS
    }
    ids = current.dataset.ids
    asked = [row for row in current.decided.tolist() if str(ids[row]) in at_random]
    changed = len(set(asked) & set(current.changed.tolist()))
    if not asked:
        return NoiseShare(asked=0, changed=0, low=None, high=None)
    interval = binomtest(changed, len(asked)).proportion_ci(method="wilson")
    return NoiseShare(
        asked=len(asked), changed=changed, low=float(interval.low), high=float(interval.high)
    )
