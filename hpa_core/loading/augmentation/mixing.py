"""Mixup and CutMix for several labels a sample: a partner gives a share of image and labels.

Axes: N positions of an epoch, B samples of a batch, C classes, S pixels a side.

Partners are neighbours in the epoch's order, two and two. So a partner is a function of the seed,
the epoch and the position; pairs lie in one batch where batches have an even size, and a batch that
cuts a pair reads one image more. At least half of every sample is its own, so that the copies of a
resampling plan stay mostly what they were copied for.

References:
    Zhang et al. (2018), mixup: beyond empirical risk minimization.
    Yun et al. (2019), CutMix: regularization strategy to train strong classifiers.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from hpa_core.config import TrainConfig
from hpa_core.loading.augmentation.rectangles import inside, rectangles
from hpa_core.loading.transfer import to_device


@dataclass(frozen=True, kw_only=True)
class Mixing:
    """How much of each sample is its own, and whose the rest is.

    Attributes:
        partners: position of the other sample; its own where nothing is mixed.
        shares: own share of every pixel, 1/2 to 1; 1 where nothing is blended.
        pastes: rectangle that is the partner's; without pixels where nothing is pasted.
    """

    partners: Int[np.ndarray, " N"]
    shares: Float[np.ndarray, " N"]
    pastes: Float[np.ndarray, "N 4"]

    def needed(self, positions: Int[np.ndarray, " B"]) -> Int[np.ndarray, " M"]:
        """Return `positions`, and behind them the partners that are not among them."""
        missing = np.setdiff1d(self.partners[positions], positions)
        return np.concatenate([positions, missing])

    def at(self, positions: Int[np.ndarray, " M"]) -> "Mixing":
        """Return the mixing among `positions`, partners counted within them.

        A sample whose partner is not there keeps itself: that is one that `needed` has added.
        """
        matches = self.partners[positions][:, None] == positions  # (M, M)
        own = np.arange(len(positions))
        return Mixing(
            partners=np.where(matches.any(1), matches.argmax(1), own),
            shares=self.shares[positions],
            pastes=self.pastes[positions],
        )

    def mix_images(self, images: Float[Tensor, "B 4 S S"]) -> Float[Tensor, "B 4 S S"]:
        """Blend or paste each image's partner."""
        shares, pastes = self._on(images.device)
        weights = shares[:, None, None, None] * ~inside(pastes, images.shape[-1])  # (B, 1, S, S)
        return torch.lerp(self._others(images), images, weights)

    def mix_targets(self, targets: Float[Tensor, "B C"], size: int) -> Float[Tensor, "B C"]:
        """Weigh targets as the images' pixels are weighed at `size` pixels a side."""
        shares, pastes = self._on(targets.device)
        own = shares * (1 - inside(pastes, size).float().mean((1, 2, 3)))  # (B,)
        return torch.lerp(self._others(targets), targets, own[:, None])

    def _others(self, values: Tensor) -> Tensor:
        return values[to_device(self.partners, values.device)]

    def _on(self, device: torch.device) -> tuple[Tensor, Tensor]:
        return (
            to_device(self.shares.astype(np.float32), device),
            to_device(self.pastes.astype(np.float32), device),
        )


def draw_mixing(
    rng: np.random.Generator, order: Int[np.ndarray, " N"], config: TrainConfig
) -> Mixing:
    """Draw who is mixed, how and how much, as `config` asks.

    Args:
        rng: of this epoch; the Beta numbers come last, as their count of draws is not fixed.
        order: of this epoch.
        config: `mixup` and `cutmix` are shares of the samples, `mix_alpha` is Beta's parameter.
    """
    chance = rng.random(len(order))
    uniform = rng.random((len(order), 3))
    draws = rng.beta(config.mix_alpha, config.mix_alpha, len(order))
    own = np.maximum(draws, 1 - draws)
    # From both ends, so that switching one off leaves the other as it was.
    blended, pasted = chance < config.mixup, chance >= 1 - config.cutmix
    partners = _pairs(order)
    return Mixing(
        partners=np.where(blended | pasted, partners, np.arange(len(order))),
        shares=np.where(blended, own, 1.0),
        pastes=rectangles(np.where(pasted, 1 - own, 0.0), uniform),
    )


def _pairs(order: Int[np.ndarray, " N"]) -> Int[np.ndarray, " N"]:
    """Return each position's neighbour in the order; a last one without takes the one before."""
    places = np.arange(len(order)) ^ 1
    places = np.where(places < len(order), places, max(len(order) - 2, 0))
    partners = np.empty_like(order)
    partners[order] = order[places]
    return partners
