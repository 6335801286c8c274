"""What a filter reads of the samples: truth, calls, scores, split, source and whose they are.

Axes: N samples in any order, C classes (28).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float, Int

from hpa_core.data.dataset import SPLITS, Dataset
from hpa_core.evaluation.calls import calls_of
from hpa_core.evaluation.mistakes import mistake_confidence
from hpa_core.runs.predictions import Predictions
from hpa_core.runs.thresholds import ThresholdSet
from hpa_core.selections.identities import Identities
from hpa_core.targets import rows_of

NO_ROW = -1


@dataclass(frozen=True, kw_only=True, eq=False)
class Samples:
    """Samples with what is known of them; what follows from the arrays is worked out once.

    Attributes:
        rows: their rows in the dataset; `NO_ROW` for one of no dataset.
        identities: their ids; the arrays `splits` and `sources` are (N,) of str.
        targets: the truth; a sample without a label has an unknown one.
        probs: (N, 28) in [0, 1], or None without a run; `calls` and `thresholds` likewise.
        thresholds: what the calls follow, (28,).
        annotators: by name, the samples that each has labelled, (N,) of bool.
        known_splits: those of the dataset, of which these samples may be a part; `known_sources`
            and `known_identities` likewise, the latter these samples' own if None.
    """

    rows: Int[np.ndarray, " N"]
    identities: Identities
    splits: np.ndarray
    sources: np.ndarray
    targets: Bool[np.ndarray, "N C"]
    probs: Float[np.ndarray, "N C"] | None = None
    calls: Bool[np.ndarray, "N C"] | None = None
    thresholds: Float[np.ndarray, " C"] | None = None
    annotators: Mapping[str, Bool[np.ndarray, " N"]] = field(default_factory=dict)
    known_splits: tuple[str, ...] = SPLITS
    known_sources: tuple[str, ...] = ()
    known_identities: Identities | None = None

    @property
    def ids(self) -> np.ndarray:
        """Sample ids, (N,) of str."""
        return self.identities.ids

    @property
    def id_rank(self) -> Int[np.ndarray, " N"]:
        """Each one's place in the order of the ids."""
        return self.identities.rank

    @cached_property
    def label_counts(self) -> Int[np.ndarray, " N"]:
        """How many true classes each has."""
        counts: Int[np.ndarray, " N"] = self.targets.sum(axis=1)
        return counts

    @cached_property
    def labelled(self) -> Bool[np.ndarray, " N"]:
        """Whether the truth of each is known."""
        known: Bool[np.ndarray, " N"] = self.label_counts > 0
        return known

    @cached_property
    def truth_known(self) -> bool:
        """False where none of them has a label, as in a test split."""
        return bool(self.labelled.any())

    @cached_property
    def confidence(self) -> Float[np.ndarray, " N"] | None:
        """How confident each one's worst mistake is, in [0, 1]; None without a run."""
        if self.probs is None or self.calls is None or self.thresholds is None:
            return None
        return mistake_confidence(
            self.probs, self.thresholds, targets=self.targets, calls=self.calls
        )

    def called(self, thresholds: ThresholdSet) -> "Samples":
        """Return the same samples with the calls of a threshold set.

        Raises:
            ValueError: there are no scores.
        """
        if self.probs is None:
            raise ValueError("calls need scores")
        calls = calls_of(thresholds.rule, self.probs)
        return replace(self, calls=calls, thresholds=np.array(thresholds.thresholds))


def dataset_samples(dataset: Dataset, rows: Int[np.ndarray, " n"]) -> Samples:
    """Return some rows of a dataset with their truth alone."""
    manifest = dataset.manifest
    return Samples(
        rows=rows,
        identities=Identities(dataset.ids[rows]),
        splits=manifest["split"].to_numpy(dtype=str)[rows],
        sources=manifest["source"].to_numpy(dtype=str)[rows],
        targets=dataset.targets[rows],
        known_splits=tuple(dataset.splits),
        known_sources=tuple(sorted(manifest["source"].unique())),
        known_identities=Identities(dataset.ids),
    )


def predicted_samples(dataset: Dataset, predictions: Predictions) -> Samples:
    """Return the dataset's samples that were scored; the truth is the dataset's, in force today."""
    rows = rows_of(dataset.ids, predictions.ids)
    known = rows >= 0
    probs = predictions.probs if known.all() else predictions.probs[known]
    return replace(dataset_samples(dataset, rows[known]), probs=probs)


def outside_samples(predictions: Predictions, split: str) -> Samples:
    """Return scored samples of no dataset, with the truth that came with the scores."""
    count = len(predictions.ids)
    targets = predictions.targets
    return Samples(
        rows=np.full(count, NO_ROW),
        identities=Identities(predictions.ids),
        splits=np.full(count, split),
        sources=np.full(count, ""),
        targets=np.zeros(predictions.probs.shape, dtype=bool) if targets is None else targets,
        probs=predictions.probs,
        known_splits=tuple(dict.fromkeys([*SPLITS, split])),
    )
