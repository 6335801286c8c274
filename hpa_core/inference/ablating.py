"""What a network reads: its scores of a split with each channel taken away.

Axes: B samples a batch, N samples, C classes (28), 4 channels, S pixels a side.
"""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Int, UInt8
from torch import Tensor

from hpa_core.classes import CHANNELS
from hpa_core.data.dataset import Dataset, open_dataset
from hpa_core.errors import DatasetError
from hpa_core.inference.predicting import BATCH_SIZE
from hpa_core.loading.order import plain_batches
from hpa_core.loading.source import Streamed
from hpa_core.models.devices import compute_device, place
from hpa_core.models.scoring import score
from hpa_core.models.weights import open_network
from hpa_core.progress import Progress, quiet
from hpa_core.runs.ablations import Ablation, AblationSettings, read_ablation, write_ablation
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.networks import network_of
from hpa_core.workspace import Workspace


def ablate_channels(
    weights: Path,
    dataset: Dataset,
    split: str,
    *,
    settings: AblationSettings,
    progress: Progress = quiet,
) -> Ablation:
    """Score a split as it is, then without red, green, blue and yellow.

    A network that reads the protein loses its scores without green. One that learnt from the
    nucleus which classes are frequent keeps them, and loses them without blue.

    Args:
        weights: a weights file of ours.
        dataset: with images.
        split: its name, or `all`.
        settings: how channels are taken away.
        progress: told of every batch; five passes over the images are made.

    Raises:
        CheckpointError: the weights are missing, damaged, unsafe or do not fit.
        DatasetError: no such split, no images, or a single image, which has none to swap with.
    """
    network, info = open_network(weights)
    device = compute_device("auto")
    place(network, device)
    rows = _drawn_rows(dataset, split, settings)
    source = Streamed(dataset.images, rows, image_size=info.image_size, device=device)
    removal = _Removal(source, rows, dataset, settings)
    tell = _Counter(progress, total=(1 + len(CHANNELS)) * len(rows))
    passes = [
        score(network, tell.through(removal.batches(channel)), precision="auto")[0]
        for channel in (None, *range(len(CHANNELS)))
    ]
    probs = torch.sigmoid(torch.from_numpy(np.stack(passes))).numpy()
    return Ablation(
        split=split,
        fill=settings.fill,
        weights=_digest(weights),
        content=dataset.content_hash(split),
        key=ablation_key(weights, dataset, split, settings),
        ids=dataset.ids[rows],
        targets=dataset.targets[rows],
        probs=probs[0],
        without=probs[1:],
    )


def ablate_run(
    workspace: Workspace,
    run: RunFolder,
    split: str,
    *,
    settings: AblationSettings,
    progress: Progress = quiet,
) -> Ablation:
    """Do so with a run's network and keep it in the run; what is there already is read.

    Raises:
        CheckpointError: no one network gave its scores (`network_of`), or it is damaged.
        DatasetError: the dataset is missing, or has no such split or no images.
        WorkspaceError: the run folder cannot be written.
    """
    weights, dataset = network_of(run), open_dataset(workspace, run.info.dataset)
    known = read_ablation(run, split, settings.fill)
    if known is not None and known.key == ablation_key(weights, dataset, split, settings):
        return known
    ablation = ablate_channels(weights, dataset, split, settings=settings, progress=progress)
    write_ablation(run, ablation)
    return ablation


def ablation_key(weights: Path, dataset: Dataset, split: str, settings: AblationSettings) -> str:
    """Return a hash of everything that an ablation depends on."""
    words = (_digest(weights), dataset.content_hash(split), split, settings)
    return sha256(repr(words).encode()).hexdigest()


class _Removal:
    """Batches of a source's images without one of their channels."""

    def __init__(
        self, source: Streamed, rows: np.ndarray, dataset: Dataset, settings: AblationSettings
    ) -> None:
        count, self._source, self._fill = len(rows), source, settings.fill
        self._plan = plain_batches(np.arange(count), BATCH_SIZE)
        if settings.fill == "swap":
            lent = partners(count, seed=settings.seed)
            self._partners = plain_batches(lent, BATCH_SIZE)
        self._values = mean_brightness(dataset, rows) if settings.fill == "mean" else [0] * 4

    def batches(self, channel: int | None) -> Iterator[UInt8[Tensor, "B 4 S S"]]:
        """Yield every batch; None leaves all channels in place."""
        images = self._source.batches(self._plan)
        if channel is None:
            yield from images
        elif self._fill == "swap":
            for batch, other in zip(images, self._source.batches(self._partners), strict=True):
                batch[:, channel] = other[:, channel]
                yield batch
        else:
            for batch in images:
                batch[:, channel] = self._values[channel]
                yield batch


class _Counter:
    """Tells a progress of the images of several passes."""

    def __init__(self, progress: Progress, *, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def through(self, batches: Iterator[Tensor]) -> Iterator[Tensor]:
        for batch in batches:
            yield batch
            self._done += len(batch)
            self._progress(self._done, self._total, unit="scored images")


def partners(count: int, *, seed: int) -> Int[np.ndarray, " N"]:
    """Give every position another one, each once: nobody lends a channel to itself.

    Raises:
        DatasetError: there is one position alone.

    >>> lent = partners(5, seed=0)
    >>> sorted(lent.tolist()), (lent == np.arange(5)).any().item()
    ([0, 1, 2, 3, 4], False)
    """
    if count < 2:
        raise DatasetError("One image alone has no other to swap with; use the fill zero or mean.")
    order = np.random.default_rng(seed).permutation(count)
    lent = np.empty(count, dtype=np.int64)
    lent[order] = np.roll(order, 1)
    return lent


def mean_brightness(dataset: Dataset, rows: np.ndarray) -> list[int]:
    """Return the mean of each channel over some images, 0 to 255; thumbnails have the same."""
    means = [dataset.thumbnails[row].mean(axis=(1, 2)) for row in rows]
    return [round(value) for value in np.mean(means, axis=0).tolist()]


def _drawn_rows(dataset: Dataset, split: str, settings: AblationSettings) -> np.ndarray:
    rows = dataset.rows(split)
    if settings.samples is None or settings.samples >= len(rows):
        return rows
    chosen = np.random.default_rng(settings.seed).choice(rows, settings.samples, replace=False)
    return np.sort(chosen)


def _digest(weights: Path) -> str:
    return sha256(weights.read_bytes()).hexdigest()
