"""Explanations of a run's images, made where they are not in the run already."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
import torch

from hpa_core.data.dataset import Dataset, open_dataset
from hpa_core.errors import DatasetError
from hpa_core.inference.heat_maps import class_maps, place_offset, scores_without
from hpa_core.loading.source import Streamed
from hpa_core.models.devices import compute_device, place
from hpa_core.models.weights import open_network
from hpa_core.progress import Progress, quiet
from hpa_core.runs.explanations import (
    Explanation,
    Method,
    explanation_key,
    read_explanation,
    write_explanation,
)
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.networks import network_of
from hpa_core.workspace import Workspace


def explain(
    workspace: Workspace,
    run: RunFolder,
    ids: Sequence[str],
    *,
    method: Method = "hirescam",
    progress: Progress = quiet,
) -> list[Explanation]:
    """Explain what a run's network says of some images; the run keeps every explanation.

    Args:
        workspace: where.
        run: of one network.
        ids: of samples of its dataset.
        method: how the heat maps are made.
        progress: told of every image.

    Returns:
        One explanation an id, in their order.

    Raises:
        CheckpointError: no one network gave its scores (`network_of`), or it is damaged.
        DatasetError: the dataset is missing, has no images, or does not hold one of the ids.
        WorkspaceError: the run folder cannot be written.
    """
    weights, dataset = network_of(run), open_dataset(workspace, run.info.dataset)
    digest = sha256(weights.read_bytes()).hexdigest()
    rows = _rows(dataset, ids)
    hashes = dataset.manifest["sha256"]
    keys = [
        explanation_key(digest, str(dataset.ids[row]), str(hashes[row]), method) for row in rows
    ]
    explained: list[Explanation] = []
    images: _Images | None = None
    for row, key in zip(rows, keys, strict=True):
        progress(len(explained), len(rows), unit="images")
        one = read_explanation(run, method, key)
        if one is None:
            images = images or _Images(dataset, weights)
            one = images.explain(int(row), method, key)
            write_explanation(run, one)
        explained.append(one)
    progress(len(rows), len(rows), unit="images")
    return explained


def _rows(dataset: Dataset, ids: Sequence[str]) -> list[int]:
    if missing := [sample_id for sample_id in ids if sample_id not in dataset.row_of]:
        raise DatasetError(f"Dataset {dataset.info.name!r} has no sample {missing[0][:80]!r}.")
    return [dataset.row_of[sample_id] for sample_id in ids]


class _Images:
    """A dataset's images before a network."""

    def __init__(self, dataset: Dataset, weights: Path) -> None:
        network, info = open_network(weights)
        self._dataset, self._image_size = dataset, info.image_size
        self._device = compute_device("auto")
        self._network = place(network, self._device)
        self._offset = _numpy(place_offset(self._network, info.image_size))

    def explain(self, row: int, method: Method, key: str) -> Explanation:
        source = Streamed(
            self._dataset.images,
            np.array([row]),
            image_size=self._image_size,
            device=self._device,
        )
        images = next(source.batches([np.array([0])]))
        probs, without = scores_without(self._network, images[0])
        maps = class_maps(self._network, images, method)[0]
        return Explanation(
            id=str(self._dataset.ids[row]),
            method=method,
            key=key,
            maps=_numpy(maps),
            offset=np.zeros_like(self._offset) if method == "occlusion" else self._offset,
            probs=_numpy(probs),
            without=_numpy(without),
        )


def _numpy(values: torch.Tensor) -> np.ndarray:
    return values.float().cpu().numpy()
