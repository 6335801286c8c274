"""Deals the samples of a dataset to folds.

Axes: N rows of the dataset, K folds, C classes.
"""

import numpy as np
from jaxtyping import Int

from hpa_core.data.dataset import Dataset
from hpa_core.data.folds import MOST_FOLDS, NO_FOLD
from hpa_core.data.splits import stratified_folds
from hpa_core.errors import ConfigError, DatasetError

DEALT = ("train", "validation")


def deal_folds(
    dataset: Dataset, folds: int, *, seed: int = 0, grouped: bool = True
) -> Int[np.ndarray, " N"]:
    """Return the fold of every row, or `NO_FOLD`; nothing is written.

    The labelled samples of train and validation are dealt. A test split, or one of shifted images,
    is for measuring what was trained on the folds, and stays out of them.

    Args:
        dataset: whose samples.
        folds: 2 to `MOST_FOLDS`.
        seed: as for `splits.stratified_folds`.
        grouped: keep the manifest's groups (identical and duplicate images) on one side.

    Raises:
        ConfigError: there are too few or too many folds.
        DatasetError: no sample can be dealt.
    """
    if folds > MOST_FOLDS:
        raise ConfigError(f"{folds} folds are too many; expected 2 to {MOST_FOLDS}.")
    rows = dealt_rows(dataset)
    groups = dataset.manifest["group"].to_numpy(dtype=str)[rows] if grouped else None
    fold = np.full(dataset.info.samples, NO_FOLD)
    fold[rows] = stratified_folds(dataset.targets[rows], folds, seed=seed, groups=groups)
    return fold


def dealt_rows(dataset: Dataset) -> Int[np.ndarray, " n"]:
    """Return the rows that are dealt to folds.

    Raises:
        DatasetError: there is none.
    """
    wanted = dataset.manifest["split"].isin(DEALT).to_numpy() & dataset.targets.any(axis=1)
    rows: np.ndarray = np.flatnonzero(wanted)
    if not rows.size:
        raise DatasetError(
            f"Dataset {dataset.info.name!r} has no labelled sample in {' or '.join(DEALT)}, and "
            "only those are dealt to folds."
        )
    return rows
