"""Predictions from a weights file: probabilities and embeddings of some rows of a dataset.

Axes: N samples, C classes (28), E embedding features.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float16, Float32, Int
from torch import Tensor

from hpa_core.data.dataset import Dataset, open_dataset
from hpa_core.imbalance.fold_runs import check_fold_predicted
from hpa_core.inference.members import Checkpoint, checkpoint_path
from hpa_core.inference.turned import Views, with_views
from hpa_core.loading.order import plain_batches
from hpa_core.loading.source import Streamed
from hpa_core.models.devices import compute_device, place
from hpa_core.models.scoring import score
from hpa_core.models.weights import open_network
from hpa_core.progress import Progress, quiet
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.predictions import Predictions, write_predictions
from hpa_core.workspace import Workspace

BATCH_SIZE = 64


def predict(  # noqa: PLR0913 - keyword-only options
    weights: Path,
    dataset: Dataset,
    split: str,
    *,
    views: Views = Views(),  # noqa: B008 - frozen
    device: str = "auto",
    progress: Progress = quiet,
) -> Predictions:
    """Predict one split of a dataset with the weights in a file.

    Args:
        weights: a weights file of ours; it says the network and the image size.
        dataset: with images.
        split: its name, or `all`.
        views: test-time augmentation.
        device: as in `TrainConfig`.
        progress: called after every batch.

    Returns:
        Predictions in the split's row order, with the dataset's labels as targets.

    Raises:
        CheckpointError: the weights are missing, damaged, unsafe or do not fit.
        DatasetError: the dataset has no such split or no images.
    """
    rows = dataset.rows(split)
    probs, embeddings = score_rows(
        weights, dataset, rows, views=views, device=device, progress=progress
    )
    return Predictions(
        ids=dataset.ids[rows], probs=probs, targets=truth(dataset, rows), embeddings=embeddings
    )


def score_rows(  # noqa: PLR0913 - keyword-only options
    weights: Path,
    dataset: Dataset,
    rows: Int[np.ndarray, " N"],
    *,
    views: Views,
    device: str = "auto",
    progress: Progress = quiet,
) -> tuple[Float32[np.ndarray, "N C"], Float16[np.ndarray, "N E"]]:
    """Return probabilities and embeddings of some rows of a dataset (see `predict`)."""
    network, info = open_network(weights)
    target = compute_device(device)
    source = Streamed(dataset.images, rows, image_size=info.image_size, device=target)
    images = source.batches(plain_batches(np.arange(len(rows)), BATCH_SIZE))
    counted = _counted(images, total=len(rows), progress=progress)
    seeing = with_views(place(network, target), views)
    logits, embeddings = score(seeing, counted, precision="auto")
    return torch.sigmoid(torch.from_numpy(logits)).numpy(), embeddings


def predict_dataset(
    workspace: Workspace,
    run: RunFolder,
    split: str,
    *,
    checkpoint: Checkpoint = "best",
    progress: Progress = quiet,
) -> Predictions:
    """Predict one split of a run's dataset with one of its checkpoints, and write it to the run.

    Raises:
        CheckpointError: the run has no such checkpoint, or it is damaged.
        DatasetError: the dataset is missing, or has no such split or no images; or the split is a
            fold of a set that has changed since the run learnt from it.
        WorkspaceError: the run folder cannot be written.
    """
    weights = checkpoint_path(run, checkpoint)
    dataset = open_dataset(workspace, run.info.dataset)
    check_fold_predicted(run, dataset, split)
    predictions = predict(weights, dataset, split, progress=progress)
    write_predictions(run, split, predictions)
    return predictions


def truth(dataset: Dataset, rows: Int[np.ndarray, " N"]) -> np.ndarray | None:
    """Return the labels of rows, None where not one has a label: then nobody knows them."""
    targets = dataset.targets[rows]
    return targets if targets.any() else None


def _counted(images: Iterator[Tensor], *, total: int, progress: Progress) -> Iterator[Tensor]:
    done = 0
    for batch in images:
        yield batch
        done += len(batch)
        progress(done, total, unit="samples")
