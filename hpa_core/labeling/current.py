"""The labels in force of a dataset: its own, and over them what people gave.

Axes: N samples, C classes (28).
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Int

from hpa_core.data.dataset import Dataset, targets_from_lists
from hpa_core.labeling.events import GIVES_LABELS, SHARED, Labels, Place, track_owner
from hpa_core.labeling.queue.ordering import by_disagreement
from hpa_core.labeling.state import UNTOUCHED, SampleState
from hpa_core.labeling.store.label_store import LabelStore


@dataclass(frozen=True, kw_only=True)
class Opinion:
    """What one person says of a sample, in the shared track or blind."""

    annotator: str
    labels: Labels
    blind: bool
    at: str
    note: str


@dataclass(frozen=True, kw_only=True)
class CurrentLabels:
    """What is known of every sample of a dataset now.

    Attributes:
        dataset: whose samples they are, in its row order.
        states: of each row's shared track, N.
        opinions: every track, blind ones too.
    """

    dataset: Dataset
    states: tuple[SampleState, ...]
    opinions: dict[Place, SampleState]

    @cached_property
    def targets(self) -> Bool[np.ndarray, "N C"]:
        """The labels in force, (N, 28)."""
        targets = self.dataset.targets.copy()
        given = {row: state.labels for row, state in enumerate(self.states) if state.labels}
        targets[list(given)] = targets_from_lists(list(given.values()))
        return targets

    @cached_property
    def decided(self) -> Int[np.ndarray, " n"]:
        """Rows whose labels somebody gave or accepted."""
        return self._rows(lambda state: state.decision in GIVES_LABELS)

    @cached_property
    def changed(self) -> Int[np.ndarray, " n"]:
        """Rows whose labels are not the dataset's own any more."""
        rows: np.ndarray = np.flatnonzero((self.targets != self.dataset.targets).any(axis=1))
        return rows

    @cached_property
    def disputed(self) -> list[str]:
        """Samples that people see differently and no reviewer has settled."""
        known = set(self.dataset.ids.tolist())
        return [sample for sample in by_disagreement(self.opinions) if sample in known]

    def said_of(self, sample: str) -> list[Opinion]:
        """Return everybody's opinion of a sample, the shared label first."""
        return self._said.get(sample, [])

    @property
    def strangers(self) -> list[str]:
        """Samples that were labelled and that the dataset does not have (any more)."""
        labelled = {sample for sample, track in self.opinions if track == SHARED}
        return sorted(labelled - set(self.dataset.ids.tolist()))

    @cached_property
    def _said(self) -> dict[str, list[Opinion]]:
        said: dict[str, list[Opinion]] = defaultdict(list)
        for (sample, track), state in sorted(self.opinions.items()):
            if state.labels is not None:
                said[sample].append(
                    Opinion(
                        annotator=track_owner(track) or state.annotator,
                        labels=state.labels,
                        blind=track != SHARED,
                        at=state.at,
                        note=state.note,
                    )
                )
        return said

    def _rows(self, wanted: Callable[[SampleState], bool]) -> Int[np.ndarray, " n"]:
        return np.flatnonzero([wanted(state) for state in self.states])


def current_labels(store: LabelStore, dataset: Dataset) -> CurrentLabels:
    """Read the labels in force of a dataset.

    Raises:
        LabelingError: the label database cannot be used.
    """
    opinions = store.opinions(dataset.info)
    states = tuple(opinions.get((sample, SHARED), UNTOUCHED) for sample in dataset.ids.tolist())
    return CurrentLabels(dataset=dataset, states=states, opinions=opinions)
