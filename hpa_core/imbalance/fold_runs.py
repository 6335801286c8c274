"""Training runs that rest on folds: what they learn from and are measured on stays what it was."""

import numpy as np

from hpa_core.config import TrainConfig
from hpa_core.data.dataset import Dataset
from hpa_core.data.folds import fold_split
from hpa_core.errors import DatasetError
from hpa_core.runs.folder import RunFolder


def check_folds(dataset: Dataset, config: TrainConfig) -> None:
    """Refuse settings by which a run would be measured on rows of a fold that it learnt from.

    Raises:
        DatasetError: both sides share samples, or name folds that cannot be used.
    """
    learnt, measured = config.train_split, config.validation_split
    if not (fold_split(learnt) or fold_split(measured)):
        return
    shared = np.intersect1d(dataset.rows(learnt), dataset.rows(measured))
    if shared.size:
        raise DatasetError(
            f"{shared.size:,} of the {len(dataset.rows(measured)):,} samples of {measured!r} are "
            f"also in {learnt!r}; learn from the other folds of the same set."
        )


def check_unchanged(run: RunFolder, dataset: Dataset) -> None:
    """Refuse a dataset, or folds of it, that are not those the run was made for.

    Raises:
        DatasetError: the one or the other have changed, or are gone.
    """
    config = TrainConfig.from_dict(run.info.settings)
    if dataset.content_hash(config.train_split, config.validation_split) != run.info.dataset_hash:
        raise DatasetError(
            f"Dataset {dataset.info.name!r}, or its folds, have changed since run {run.id!r} was "
            "made; start a new run."
        )


def check_fold_predicted(run: RunFolder, dataset: Dataset, split: str) -> None:
    """Refuse to predict a fold by a run that learnt from a set that was called the same.

    Raises:
        DatasetError: the folds have changed, so that the run may have learnt from these samples.
    """
    wanted, learnt = fold_split(split), fold_split(run.info.settings.get("train_split", ""))
    if wanted and learnt and wanted.folds == learnt.folds:
        check_unchanged(run, dataset)
