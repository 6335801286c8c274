"""One step of learning, and the watch that stops a training whose numbers are lost."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn
from torch.nn.utils import clip_grads_with_norm_, get_total_norm

from hpa_core.config import TrainConfig
from hpa_core.errors import TrainingError
from hpa_core.loading.augmentation import Draws, augment, mix_targets
from hpa_core.loading.order import step_seed
from hpa_core.models.devices import autocast
from hpa_core.training.losses import Loss
from hpa_core.training.optimization import learning_rate
from hpa_core.training.ranks import Ranks
from hpa_core.training.state import TrainingState


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Samples of one step, on the device, and behind them those that are only mixed in.

    Attributes:
        targets: 0 or 1.
        draws: their augmentation.
        samples: B; the rest of M are partners from other batches.
        whole: samples of the batch over all processes.
    """

    images: UInt8[Tensor, "M 4 S S"]
    targets: Float[Tensor, "M C"]
    draws: Draws
    samples: int
    whole: int

    def augmented(self) -> Float[Tensor, "B 4 S S"]:
        """Return what the network sees."""
        return augment(self.images, self.draws)[: self.samples]

    def mixed_targets(self) -> Float[Tensor, "B C"]:
        """Return what it is to answer, from 0 to 1 where samples are mixed."""
        mixed = mix_targets(self.targets, self.draws, image_size=self.images.shape[-1])
        return mixed[: self.samples]


def train_step(  # noqa: PLR0913 - what a step works with
    state: TrainingState,
    config: TrainConfig,
    batch: Batch,
    *,
    loss: Loss,
    steps: int,
    network: nn.Module,
    ranks: Ranks,
) -> Float[Tensor, " 2"]:
    """Learn from one batch and add it to the tally.

    Args:
        state: changed in place.
        config: the settings.
        batch: what to learn from.
        loss: what to make small.
        steps: steps of an epoch.
        network: what `shared` has made of the state's network.
        ranks: the processes that share the batch.

    Returns:
        Loss and gradient norm, still on the device.
    """
    done = state.epoch * steps + state.step
    torch.manual_seed(step_seed(config.seed, done))
    ranks.batch = batch.whole
    with autocast(batch.images.device, config.precision):
        own = network(batch.augmented()).logits.float()
    logits = ranks.whole(own, batch.whole)
    value = loss(logits, ranks.whole(batch.mixed_targets(), batch.whole))
    state.optimizer.zero_grad()
    # The processes' gradients are averaged, and each is of its own rows alone.
    torch.autograd.backward(value * ranks.size)
    norm = _limit_gradients(state, config.clip_norm)
    rate = learning_rate(config, step=done, steps=steps * config.epochs)
    for group in state.optimizer.param_groups:
        group["lr"] = rate
    state.optimizer.step()
    if state.average:
        state.average.update(state.network, step=done)
    # Counted against each sample's own labels: F1 and accuracy know no halves.
    targets = ranks.whole(batch.targets[: batch.samples], batch.whole)
    state.tally.add(value.detach(), logits.detach(), targets)
    state.step += 1
    return torch.stack([value.detach(), norm])


class Watch:
    """Looks at loss and gradient norm of every step, some steps at once so that a GPU never waits.

    Args:
        ids: sample ids by position of the plan.
        interval: steps between two looks; 1 costs nothing where there is no queue of work (CPU).
    """

    def __init__(self, ids: np.ndarray, *, interval: int) -> None:
        self._ids, self._interval = ids, interval
        self._seen: list[tuple[Tensor, np.ndarray]] = []

    def add(self, health: Float[Tensor, " 2"], positions: np.ndarray) -> None:
        """Note a step, and look when it is time.

        Raises:
            TrainingError: as `look`.
        """
        self._seen.append((health, positions))
        if len(self._seen) >= self._interval:
            self.look()

    def look(self) -> None:
        """Check what was noted since the last look; to be called before anything is saved.

        Raises:
            TrainingError: a loss or gradient is not a finite number; names the samples.
        """
        if not self._seen:
            return
        values = torch.stack([health for health, _ in self._seen]).cpu()  # (steps, 2)
        bad = (~values.isfinite()).any(1).nonzero()
        if len(bad):
            first = int(bad[0])
            raise TrainingError(_sentence(values[first].tolist(), self._ids[self._seen[first][1]]))
        self._seen.clear()


def _sentence(health: Sequence[float], ids: Sequence[str]) -> str:
    named = ", ".join(map(str, ids[:5])) + (f" and {len(ids) - 5} more" if len(ids) > 5 else "")
    return (
        f"The loss became {health[0]:g} (gradient norm {health[1]:g}) in the batch of {named}; "
        "the last good checkpoint is kept. Lower the learning rate or set clip_norm, and look at "
        "these images."
    )


def _limit_gradients(state: TrainingState, clip_norm: float) -> Float[Tensor, ""]:
    parameters = [p for p in state.network.parameters() if p.grad is not None]
    norm = get_total_norm([p.grad for p in parameters if p.grad is not None])
    if clip_norm:
        clip_grads_with_norm_(parameters, clip_norm, norm)
    return norm
