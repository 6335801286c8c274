"""One step of learning, and the watch that stops a training whose numbers are lost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn
from torch.amp import GradScaler
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

ADVICE = (
    "the last good checkpoint is kept. Lower the learning rate or set clip_norm, and look at these "
    "images."
)


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Samples of one step, or of a part of it, and behind them those that are only mixed in.

    Attributes:
        images: on the device, as the others are.
        targets: 0 or 1.
        draws: their augmentation.
        samples: B; the rest of M are partners from other batches.
        whole: samples of the part over all processes.
        share: of the step's samples that these are, over all processes.
    """

    images: UInt8[Tensor, "M 4 S S"]
    targets: Float[Tensor, "M C"]
    draws: Draws
    samples: int
    whole: int
    share: float = 1.0

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
    parts: Iterable[Batch],
    *,
    loss: Loss,
    steps: int,
    network: nn.Module,
    ranks: Ranks,
) -> Float[Tensor, " 2"]:
    """Learn from one batch and add it to the tally.

    Gradients of the parts are added up, each weighed by its share of the samples. Batch norm, and
    losses that compare samples (soft F1), look at a part at a time.

    Args:
        state: changed in place.
        config: the settings.
        parts: what to learn from; one is on the device at a time.
        loss: a mean over samples, to make small.
        steps: steps of an epoch.
        network: what `shared` has made of the state's network.
        ranks: the processes that share the batch.

    Returns:
        Loss and gradient norm, still on the device.
    """
    done = state.epoch * steps + state.step
    torch.manual_seed(step_seed(config.seed, done))
    state.optimizer.zero_grad()
    values = [
        _learn(state, config, part, loss=loss, network=network, ranks=ranks) for part in parts
    ]
    state.scaler.unscale_(state.optimizer)
    norm = _limit_gradients(state, config.clip_norm)
    rate = learning_rate(config, step=done, steps=steps * config.epochs)
    for group in state.optimizer.param_groups:
        group["lr"] = rate
    health = torch.stack([torch.stack(values).sum(), _excused(norm, state.scaler)])
    state.scaler.step(state.optimizer)
    state.scaler.update()
    if state.average:
        state.average.update(state.network, step=done)
    state.step += 1
    return health


def _learn(  # noqa: PLR0913 - as its caller
    state: TrainingState,
    config: TrainConfig,
    part: Batch,
    *,
    loss: Loss,
    network: nn.Module,
    ranks: Ranks,
) -> Float[Tensor, ""]:
    """Add a part's gradients to what is there; return its share of the step's loss."""
    ranks.batch = part.whole
    with autocast(part.images.device, config.precision):
        own = network(part.augmented()).logits.float()
    logits = ranks.whole(own, part.whole)
    value = loss(logits, ranks.whole(part.mixed_targets(), part.whole))
    # The processes' gradients are averaged, and each is of its own rows alone.
    torch.autograd.backward(state.scaler.scale(value * (ranks.size * part.share)))
    # Counted against each sample's own labels: F1 and accuracy know no halves.
    targets = ranks.whole(part.targets[: part.samples], part.whole)
    state.tally.add(value.detach(), logits.detach(), targets)
    return value.detach() * part.share


def _excused(norm: Float[Tensor, ""], scaler: GradScaler) -> Float[Tensor, ""]:
    """Return the gradient norm, or 0 where fp16 ran over: that step is left out, the scale halved.

    A scale that has come down to 1 excuses nothing more: the gradients themselves are lost.
    """
    if not scaler.is_enabled() or scaler.get_scale() <= 1:
        return norm
    return norm.nan_to_num(0.0, posinf=0.0)


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


def check_scores(logits: Float[np.ndarray, "N C"], ids: np.ndarray) -> None:
    """Refuse scores of the validation split that an epoch's last step has spoilt.

    Raises:
        TrainingError: one is not a finite number; names the samples.
    """
    if not (whole := np.isfinite(logits).all(axis=1)).all():
        raise TrainingError(f"The network's scores are lost for {_named(ids[~whole])}; {ADVICE}")


def _sentence(health: Sequence[float], ids: Sequence[str]) -> str:
    return (
        f"The loss became {health[0]:g} (gradient norm {health[1]:g}) in the batch of "
        f"{_named(ids)}; {ADVICE}"
    )


def _named(ids: Sequence[str]) -> str:
    return ", ".join(map(str, ids[:5])) + (f" and {len(ids) - 5} more" if len(ids) > 5 else "")


def _limit_gradients(state: TrainingState, clip_norm: float) -> Float[Tensor, ""]:
    parameters = [p for p in state.network.parameters() if p.grad is not None]
    norm = get_total_norm([p.grad for p in parameters if p.grad is not None])
    if clip_norm:
        clip_grads_with_norm_(parameters, clip_norm, norm)
    return norm
