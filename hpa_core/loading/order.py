"""Which samples an epoch takes in which order: a function of the seed and the epoch alone.

Nothing here has state, so a training that resumes in the middle of an epoch sees the same batches.
"""

import numpy as np
from jaxtyping import Int

ORDER, AUGMENTATION, STEP = 0, 1, 2
"""Streams of random numbers of one seed; each use has its own."""


def epoch_rng(seed: int, epoch: int, stream: int) -> np.random.Generator:
    """Return the generator of one use in one epoch."""
    return np.random.default_rng([seed, epoch, stream])


def epoch_order(samples: int, *, seed: int, epoch: int) -> Int[np.ndarray, " N"]:
    """Shuffle positions 0 to samples - 1."""
    return epoch_rng(seed, epoch, ORDER).permutation(samples)


def epoch_batches(
    samples: int, batch_size: int, *, seed: int, epoch: int
) -> list[Int[np.ndarray, " B"]]:
    """Cut an epoch's order into batches.

    A single sample left over joins the batch before it, as batch normalisation cannot learn from
    one alone: an epoch shows every position exactly once.
    """
    batches = plain_batches(epoch_order(samples, seed=seed, epoch=epoch), batch_size)
    if len(batches) > 1 and len(batches[-1]) == 1:
        batches[-2:] = [np.concatenate(batches[-2:])]
    return batches


def plain_batches(positions: Int[np.ndarray, " N"], batch_size: int) -> list[np.ndarray]:
    """Cut positions into batches in their order; the last may be smaller."""
    starts = range(0, len(positions), batch_size)
    return [positions[start : start + batch_size] for start in starts]


def batch_parts(positions: Int[np.ndarray, " B"], parts: int) -> list[np.ndarray]:
    """Cut a batch into parts that are learnt one after the other; fewer where one would be alone.

    >>> [part.tolist() for part in batch_parts(np.arange(5), 4)]
    [[0, 1, 2], [3, 4]]
    """
    return np.array_split(positions, max(1, min(parts, len(positions) // 2)))


def step_seed(seed: int, step: int) -> int:
    """Return the seed of the network's own draws (dropout) in the training's `step`."""
    return int(np.random.SeedSequence([seed, step, STEP]).generate_state(1, np.uint64)[0] >> 1)
