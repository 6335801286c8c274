"""The batches of an epoch, on the device: cut into parts, and shared among the processes.

Axes: B samples of a part.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

import numpy as np
import torch

from hpa_core.loading.augmentation import Draws, draw_augmentation
from hpa_core.loading.order import batch_parts, epoch_batches
from hpa_core.loading.transfer import to_device
from hpa_core.training.preparation import Training
from hpa_core.training.steps import Batch


def steps_ahead(training: Training) -> Iterator[tuple[np.ndarray, Iterator[Batch]]]:
    """Yield the steps of the epoch that are not yet behind.

    Yields:
        The positions of the whole batch, and its parts, which are read as they are taken: take
        them all before the next step.
    """
    config, state, learnt, ranks = (
        training.config,
        training.state,
        training.learnt,
        training.ranks,
    )
    samples = len(learnt.ids)
    batches = epoch_batches(samples, config.batch_size, seed=config.seed, epoch=state.epoch)
    ahead = batches[state.step :]
    draws = draw_augmentation(samples, config, epoch=state.epoch)
    cuts = [batch_parts(positions, config.accumulate) for positions in ahead]
    parts = [part for cut in cuts for part in cut]
    needed = [draws.needed(part[ranks.share(len(part))]) for part in parts]
    stock = zip(parts, needed, learnt.source.batches(needed), strict=True)
    for positions, cut in zip(ahead, cuts, strict=True):
        taken = islice(stock, len(cut))
        yield positions, _parts(training, draws, taken, samples=len(positions))


def _parts(
    training: Training,
    draws: Draws,
    stock: Iterable[tuple[np.ndarray, np.ndarray, torch.Tensor]],
    *,
    samples: int,
) -> Iterator[Batch]:
    for part, read, images in stock:
        yield Batch(
            images=images,
            targets=training.learnt_targets[to_device(read, training.device)],
            draws=draws.at(read),
            samples=training.ranks.count(len(part)),
            whole=len(part),
            share=len(part) / samples,
        )
