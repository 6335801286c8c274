"""What is said of an image now, in the words of the pad."""

from typing import Any

import numpy as np

from hpa_core.data.dataset import Dataset
from hpa_core.labeling import SampleState


def standing(dataset: Dataset, sample: str, state: SampleState) -> dict[str, Any]:
    """Return labels, note, kind of the last decision, who took it and when."""
    return {
        "labels": labels_in_force(dataset, sample, state),
        "note": state.note,
        "kind": state.decision,
        "by": state.annotator,
        "at": state.at[:16].replace("T", " "),
    }


def labels_in_force(dataset: Dataset, sample: str, state: SampleState) -> list[int]:
    """Return the labels that people gave, or the dataset's own where nobody did."""
    if state.labels is not None:
        return list(state.labels)
    return np.flatnonzero(dataset.targets[dataset.row_of[sample]]).tolist()
