"""Predictions from a weights file: probabilities and embeddings of one split.

Axes: N samples, C classes (28), E embedding features.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from hpa_core.data.dataset import Dataset, open_dataset
from hpa_core.errors import CheckpointError
from hpa_core.imbalance.fold_runs import check_fold_predicted
from hpa_core.loading.order import plain_batches
from hpa_core.loading.source import Streamed
from hpa_core.models.devices import compute_device, place
from hpa_core.models.scoring import score
from hpa_core.models.weights import open_network
from hpa_core.progress import Progress, quiet
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.predictions import Predictions, write_predictions
from hpa_core.workspace import Workspace

Checkpoint = Literal["best", "last"]
BATCH_SIZE = 64


def predict(
    weights: Path,
    dataset: Dataset,
    split: str,
    *,
    device: str = "auto",
    progress: Progress = quiet,
) -> Predictions:
    """Predict one split of a dataset with the weights in a file.

    Args:
        weights: a weights file of ours; it says the network and the image size.
        dataset: with images.
        split: its name, or `all`.
        device: as in `TrainConfig`.
        progress: called after every batch.

    Returns:
        Predictions in the split's row order, with the dataset's labels as targets.

    Raises:
        CheckpointError: the weights are missing, damaged, unsafe or do not fit.
        DatasetError: the dataset has no such split or no images.
    """
    network, info = open_network(weights)
    target = compute_device(device)
    rows = dataset.rows(split)
    source = Streamed(dataset.images, rows, image_size=info.image_size, device=target)
    images = source.batches(plain_batches(np.arange(len(rows)), BATCH_SIZE))
    counted = _counted(images, total=len(rows), progress=progress)
    logits, embeddings = score(place(network, target), counted, precision="auto")
    return Predictions(
        ids=dataset.ids[rows],
        probs=torch.sigmoid(torch.from_numpy(logits)).numpy(),
        targets=dataset.targets[rows],
        embeddings=embeddings,
    )


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


def checkpoint_path(run: RunFolder, checkpoint: Checkpoint = "best") -> Path:
    """Return a run's weights file.

    Raises:
        CheckpointError: the run's scores were made elsewhere, or it has no such checkpoint yet.
    """
    path = run.checkpoints / f"{checkpoint}.safetensors"
    if path.is_file():
        return path
    if run.info.kind == "scores":
        raise CheckpointError(
            f"Run {run.id!r} has scores that were made elsewhere and no network to ask."
        )
    raise CheckpointError(
        f"Run {run.id!r} has no checkpoint {checkpoint!r} yet; train it for an epoch first."
    )


def _counted(images: Iterator[Tensor], *, total: int, progress: Progress) -> Iterator[Tensor]:
    done = 0
    for batch in images:
        yield batch
        done += len(batch)
        progress(done, total, unit="samples")
