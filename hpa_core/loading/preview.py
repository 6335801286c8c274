"""What a training would make of one sample, epoch by epoch: drawn and done by the code that trains.

Axes: N positions of an epoch, M images of a batch.
"""

import numpy as np
import torch
from jaxtyping import Int, UInt8
from torch import Tensor

from hpa_core.config import TrainConfig
from hpa_core.data.dataset import Dataset
from hpa_core.data.previews import Picture, Preview
from hpa_core.errors import DatasetError, PlanError
from hpa_core.imbalance.plan_files import read_plan
from hpa_core.loading.augmentation import augment, draw_augmentation, mix_targets
from hpa_core.loading.source import Streamed
from hpa_core.progress import Progress, quiet


def render_preview(  # noqa: PLR0913 - what to show, and how much of it
    dataset: Dataset,
    config: TrainConfig,
    sample: str,
    *,
    epochs: int,
    copies: int = 1,
    progress: Progress = quiet,
) -> Preview:
    """Render a sample as the first epochs of a training with these settings show it.

    Args:
        dataset: it has images.
        config: settings of the training; its plan, where it names one, is followed.
        sample: id, of the split to learn from.
        epochs: how many epochs to render; each shows the sample as often as it is copied.
        copies: how often an epoch shows it at least, as a resampling plan would have it.
        progress: called after every epoch.

    Raises:
        DatasetError: the split does not hold the sample, or there are no images.
        PlanError: the plan cannot be used, or leaves the sample out.
    """
    images = dataset.images  # Refused first where there are none.
    rows, places = _epoch_rows(dataset, config, sample, copies)
    album = _Album(dataset, config, rows, images)
    album.add_stored(int(places[0]))
    for epoch in range(epochs):
        album.add_epoch(epoch, places)
        progress(epoch + 1, epochs, unit="epochs")
    for position in album.partners.values():
        album.add_stored(position)
    return Preview(
        dataset=dataset.info.name,
        dataset_hash=dataset.info.hash,
        sample=sample,
        settings=config.to_dict(),
        epochs=epochs,
        copies=len(places),
        pictures=tuple(album.pictures),
        images=torch.cat(album.images).numpy(),
    )


class _Album:
    """Pictures of one training's epochs, as they are made.

    Attributes:
        partners: positions of the samples that were mixed in, by id.
    """

    def __init__(
        self,
        dataset: Dataset,
        config: TrainConfig,
        rows: Int[np.ndarray, " N"],
        images: UInt8[np.ndarray, "K 4 P P"],
    ) -> None:
        size, device = config.image_size, torch.device("cpu")
        self._source = Streamed(images, rows, image_size=size, device=device)
        self._config = config
        self._ids, self._targets = dataset.ids[rows], dataset.targets[rows]
        self.pictures: list[Picture] = []
        self.images: list[Tensor] = []
        self.partners: dict[str, int] = {}

    def add_stored(self, position: int) -> None:
        """Add a sample as it is stored."""
        (image,) = self._source.batches([np.array([position])])
        targets = tuple(self._targets[position].astype(float).tolist())
        self.pictures.append(Picture(sample=str(self._ids[position]), targets=targets))
        self.images.append(image)

    def add_epoch(self, epoch: int, places: Int[np.ndarray, " P"]) -> None:
        """Add what an epoch makes of the samples at `places`."""
        config = self._config
        draws = draw_augmentation(len(self._ids), config, epoch=epoch)
        read = draws.needed(places)
        chosen = draws.at(read)
        (batch,) = self._source.batches([read])  # (M, 4, S, S)
        changed = augment(batch, chosen)[: len(places)]
        self.images.append(changed.round().clamp(0, 255).byte())
        given = torch.from_numpy(self._targets[read]).float()
        targets = mix_targets(given, chosen, image_size=config.image_size)
        # Mixing each sample's own row of ones tells its share by the same arithmetic.
        shares = mix_targets(torch.eye(len(read)), chosen, image_size=config.image_size).diagonal()
        for copy in range(len(places)):
            other = int(chosen.mixing.partners[copy]) if chosen.mixing else copy
            if partner := str(self._ids[read[other]]) if other != copy else "":
                self.partners.setdefault(partner, int(read[other]))
            self.pictures.append(
                Picture(
                    sample=str(self._ids[read[copy]]),
                    targets=tuple(targets[copy].tolist()),
                    epoch=epoch + 1,
                    copy=copy + 1,
                    partner=partner,
                    own_share=float(shares[copy]),
                    pasted=bool(chosen.mixing and chosen.mixing.shares[copy] == 1 and partner),
                )
            )


def _epoch_rows(
    dataset: Dataset, config: TrainConfig, sample: str, copies: int
) -> tuple[Int[np.ndarray, " N"], Int[np.ndarray, " P"]]:
    """Return the rows of an epoch, and the positions in it at which the sample stands."""
    rows = dataset.rows(config.train_split)
    own = np.flatnonzero(dataset.ids[rows] == sample)
    if not own.size:
        raise DatasetError(
            f"Split {config.train_split!r} of dataset {dataset.info.name!r} has no sample "
            f"{sample[:80]!r}; choose one that the training learns from."
        )
    times = np.ones(len(rows), dtype=int)
    if config.plan:
        times = read_plan(dataset, config.plan, split=config.train_split).copies
    if not times[own[0]]:
        raise PlanError(
            f"The plan {config.plan!r} leaves the sample {sample!r} out; choose another sample."
        )
    wanted = np.where(np.arange(len(rows)) == own[0], np.maximum(times, copies), times)
    positions = np.repeat(np.arange(len(rows)), wanted)
    return rows[positions], np.flatnonzero(positions == own[0])
