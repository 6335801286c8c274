"""The manifest of a new dataset: labels, groups of identical images, and the default split."""

from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Bool

from hpa_core.data.splits import stratified_holdout

VALIDATION_SHARE = 0.2
SPLIT_SEED = 0


def new_manifest(
    ids: np.ndarray, targets: Bool[np.ndarray, "N C"], hashes: list[str], *, source: str
) -> pd.DataFrame:
    """Return a manifest with the default split.

    A fifth of the labelled samples is `validation`, evenly in every class, with identical images on
    one side; the other labelled ones are `train`, and those without labels `test`.

    Args:
        ids: (N,) of str.
        targets: (N, 28).
        hashes: N times what `images.content_hash` says, or N times nothing.
        source: where the rows came from.
    """
    groups = _identical_images(ids, hashes)
    return pd.DataFrame(
        {
            "id": ids,
            "targets": target_lists(targets),
            "split": _default_split(targets, groups),
            "group": groups,
            "source": source,
            "sha256": hashes,
        }
    )


def target_lists(targets: Bool[np.ndarray, "N C"]) -> "pd.Series[Any]":
    """Return the class numbers of every row, ascending, as a manifest has them.

    >>> [row.tolist() for row in target_lists(np.array([[True, True], [False, False]]))]
    [[0, 1], []]
    """
    rows, classes = np.nonzero(targets)
    ends = np.searchsorted(rows, np.arange(1, len(targets)))
    return pd.Series(np.split(classes, ends), dtype=object)


def _identical_images(ids: np.ndarray, hashes: list[str]) -> np.ndarray:
    """Name the group of each sample: the first id that has the same pixels."""
    first: dict[str, str] = {}
    return np.array(
        [
            first.setdefault(image_hash, sample_id) if image_hash else sample_id
            for sample_id, image_hash in zip(ids, hashes, strict=True)
        ]
    )


def _default_split(targets: Bool[np.ndarray, "N C"], groups: np.ndarray) -> np.ndarray:
    split = np.full(len(targets), "train", dtype=object)
    labelled = targets.any(axis=1)
    split[~labelled] = "test"
    if len(np.unique(groups[labelled])) > 1:
        held_out = stratified_holdout(
            targets[labelled], VALIDATION_SHARE, seed=SPLIT_SEED, groups=groups[labelled]
        )
        split[np.flatnonzero(labelled)[held_out]] = "validation"
    return split
