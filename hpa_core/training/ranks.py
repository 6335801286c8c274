"""The processes of one training: who takes which samples of a batch, and what they tell each other.

torchrun starts them. Every process reads the same order, draws and learning rate, which are
functions of seed and step, and takes a share of each batch. Logits and targets of the whole batch
are put together before the loss, so that every loss, figure and refusal is that of one process;
the gradients are added up by DistributedDataParallel.

Axes: B samples of a batch, C columns.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import torch
from jaxtyping import Float, Shaped
from torch import Tensor
from torch import distributed as dist

from hpa_core.errors import ConfigError, TrainingError

TIMEOUT_VARIABLE = "HPA_RANK_SECONDS"
"""How long a process waits for the others before it gives the training up (300)."""


@dataclass
class Ranks:
    """The processes of a training, seen from one of them; alone unless torchrun says otherwise.

    Attributes:
        rank: number of this process; 0 alone writes.
        size: how many there are.
        batch: samples of the batch that is being learnt from, over all processes.
    """

    rank: int = 0
    size: int = 1
    batch: int = 0

    @property
    def first(self) -> bool:
        """Whether this is the process that writes."""
        return self.rank == 0

    def share(self, samples: int) -> slice:
        """Return which of `samples` are this process's; shares differ by one at most."""
        return slice(samples * self.rank // self.size, samples * (self.rank + 1) // self.size)

    def count(self, samples: int) -> int:
        """Return how many of `samples` are this process's."""
        return len(range(samples)[self.share(samples)])

    def whole(self, own: Float[Tensor, "b C"], samples: int) -> Float[Tensor, "B C"]:
        """Put the rows of all processes together; gradients flow into the own rows."""
        if self.size == 1:
            return own
        part = self.share(samples)
        rows = own.new_zeros((samples, own.shape[1]))
        rows[part] = own.detach()
        dist.all_reduce(rows)
        return torch.cat([rows[: part.start], own, rows[part.stop :]])

    def joined(self, own: Shaped[np.ndarray, "n ..."]) -> Shaped[np.ndarray, "N ..."]:
        """Put arrays of all processes together, in the order of the processes."""
        if self.size == 1:
            return own
        parts: list[np.ndarray] = [own] * self.size
        dist.all_gather_object(parts, own)
        return np.concatenate(parts)

    def any(self, asked: bool) -> bool:
        """Return whether any process says yes; all of them must ask."""
        if self.size == 1:
            return asked
        flag = torch.tensor(int(asked))
        dist.all_reduce(flag, dist.ReduceOp.MAX)
        return bool(flag)

    @contextmanager
    def first_alone(self) -> Iterator[None]:
        """Let the first process finish the block before the others begin it."""
        if not self.first:
            dist.barrier()
        yield
        if self.first and self.size > 1:
            dist.barrier()

    def check_smallest(self, samples: int, *, what: str) -> None:
        """Refuse to share what is too small.

        Raises:
            ConfigError: a process would be left with nothing.
        """
        if samples < self.size:
            raise ConfigError(
                f"{what} has {samples} samples, too few for {self.size} processes; train with "
                "fewer."
            )


def is_first() -> bool:
    """Return whether this process writes, before the others are known."""
    return os.environ.get("RANK", "0") == "0"


@contextmanager
def joined_ranks() -> Iterator[Ranks]:
    """Join the processes that torchrun has started, or be alone.

    Raises:
        TrainingError: another process was lost, or did not answer in time.
        ConfigError: `HPA_RANK_SECONDS` is not a number of seconds.
    """
    if "LOCAL_RANK" not in os.environ:
        yield Ranks()
        return
    seconds = _timeout_seconds()
    has_gpu = torch.cuda.is_available()
    if has_gpu:
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    try:
        # Flags and scores go by gloo, which makes no GPU wait.
        dist.init_process_group(
            "cpu:gloo,cuda:nccl" if has_gpu else "gloo", timeout=timedelta(seconds=seconds)
        )
        yield Ranks(rank=dist.get_rank(), size=dist.get_world_size())
        # None goes before the first has written its last file.
        dist.barrier()
        dist.destroy_process_group()
    except RuntimeError as error:
        if not _is_loss(error):
            raise
        raise TrainingError(
            f"Another process of this training was lost, or did not answer within {seconds} "
            "seconds; resume the run to go on from its last checkpoint."
        ) from None


def _is_loss(error: RuntimeError) -> bool:
    """Return whether a collective failed; gloo has no error of its own."""
    return isinstance(error, dist.DistError) or "gloo" in str(error)


def _timeout_seconds() -> int:
    text = os.environ.get(TIMEOUT_VARIABLE, "300")
    if not text.isdecimal() or text == "0":
        raise ConfigError(f"{TIMEOUT_VARIABLE} must be a whole number of seconds; found {text!r}.")
    return int(text)
