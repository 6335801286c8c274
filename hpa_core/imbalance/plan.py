"""A resampling plan: how often an epoch shows each row of a split.

Axes: N rows of the split, C classes. A plan is data: it can be looked at, judged and saved before
anything is trained, and training takes exactly its rows.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np
from jaxtyping import Bool, Int


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How often an epoch shows each row of one split of a dataset.

    Attributes:
        name: of the plan; unique within its dataset.
        dataset: name of the dataset.
        dataset_hash: `Dataset.content_hash` of the labels and folds the plan was made for.
        split: the split whose rows it resamples, as `Dataset.rows` orders them.
        seed: of everything that was drawn.
        steps: what was done, in order, each as plain values with the key `step`.
        copies: per row of the split: 0 it is left out, 1 it stays as it is, k it is shown k times.
    """

    name: str
    dataset: str
    dataset_hash: str
    split: str
    seed: int
    steps: tuple[dict[str, Any], ...]
    copies: Int[np.ndarray, " N"]

    @property
    def positions(self) -> Int[np.ndarray, " M"]:
        """Row positions within the split, each as often as it is shown; M is an epoch's length."""
        return np.repeat(np.arange(len(self.copies)), self.copies)

    @property
    def hash(self) -> str:
        """SHA-256 over the labels' hash, the split and the copies: what a training shows."""
        digest = sha256(f"{self.dataset_hash}\t{self.split}\n".encode())
        digest.update(self.copies.astype("<i8").tobytes())
        return digest.hexdigest()


def planned_counts(
    targets: Bool[np.ndarray, "N C"], copies: Int[np.ndarray, " N"]
) -> Int[np.ndarray, " C"]:
    """Count the positives of every class that an epoch of the plan shows.

    >>> planned_counts(np.array([[True, True], [False, True]]), np.array([3, 1])).tolist()
    [3, 4]
    """
    # Exact below 2**53 labels, and a floating-point product uses BLAS, an integer one does not.
    counts: np.ndarray = copies.astype(np.float64) @ targets.astype(np.float64)
    return counts.astype(np.int64)
