"""What an epoch does to each of its samples, and doing it to a batch.

Axes: N positions of the plan, B samples a batch, 4 channels, S pixels a side.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor

from hpa_core.config import TrainConfig
from hpa_core.loading.augmentation.affine import affine_matrices, warp
from hpa_core.loading.augmentation.brightness import TABLE_SIZE, add_grain, scale, shift
from hpa_core.loading.augmentation.mixing import Mixing, draw_mixing
from hpa_core.loading.augmentation.rectangles import cut_out, rectangles
from hpa_core.loading.augmentation.turns import turn
from hpa_core.loading.order import AUGMENTATION, epoch_order, epoch_rng
from hpa_core.loading.transfer import to_device


@dataclass(frozen=True, kw_only=True)
class Draws:
    """What is done to each sample, in this order; None where nothing is.

    Attributes:
        turns: code of `turn`.
        gains: factor of each channel's brightness.
        affine: matrix of `warp`.
        offsets: background of each channel, share of full brightness.
        grain: photon noise of each channel, as `add_grain` takes it.
        holes: rectangle that is cut out.
        mixing: what comes from a partner.
    """

    turns: Int[np.ndarray, " N"] | None = None
    gains: Float[np.ndarray, "N 4"] | None = None
    affine: Float[np.ndarray, "N 2 3"] | None = None
    offsets: Float[np.ndarray, "N 4"] | None = None
    grain: Float[np.ndarray, "N 4 3"] | None = None
    holes: Float[np.ndarray, "N 4"] | None = None
    mixing: Mixing | None = None

    def needed(self, positions: Int[np.ndarray, " B"]) -> Int[np.ndarray, " M"]:
        """Return the positions whose images a batch needs: its own, then partners of theirs."""
        return self.mixing.needed(positions) if self.mixing else positions

    def at(self, positions: Int[np.ndarray, " M"]) -> "Draws":
        """Return the draws of some positions, as `needed` gives them for a batch."""
        taken = {
            name: None if value is None else value[positions]
            for name, value in vars(self).items()
            if name != "mixing"
        }
        return Draws(**taken, mixing=self.mixing.at(positions) if self.mixing else None)


def draw_augmentation(samples: int, config: TrainConfig, *, epoch: int) -> Draws:
    """Draw what one epoch does to each of its samples, as the help texts of `config` say."""
    rng = epoch_rng(config.seed, epoch, AUGMENTATION)
    # All are drawn always and in one order, so that switching one off leaves the others as they
    # were. What is new comes last, so that older runs resume as they began.
    codes = rng.integers(0, 8, samples)
    exponents = rng.uniform(-1, 1, (samples, 4))
    matrices = affine_matrices(rng.uniform(-1, 1, (samples, 4)) * config.affine)
    offsets = rng.uniform(-1, 1, (samples, 4)) * config.offset
    grain = rng.random((samples, 4, 3)) * (config.noise, TABLE_SIZE, TABLE_SIZE)
    holes = rectangles(rng.random(samples) * config.cutout, rng.random((samples, 3)))
    order = epoch_order(samples, seed=config.seed, epoch=epoch)
    mixing = draw_mixing(rng, order, config)
    return Draws(
        turns=codes if config.turns else None,
        gains=(1 + config.intensity) ** exponents if config.intensity else None,
        affine=matrices if config.affine else None,
        offsets=offsets if config.offset else None,
        grain=grain if config.noise else None,
        holes=holes if config.cutout else None,
        mixing=mixing if config.mixup or config.cutmix else None,
    )


def augment(images: UInt8[Tensor, "B 4 S S"], draws: Draws) -> Float[Tensor, "B 4 S S"]:
    """Do what was drawn; brightness stays on the scale of 0 to 255."""
    turned = images if draws.turns is None else turn(images, draws.turns)
    changed = turned.float()
    if draws.gains is not None:
        changed = scale(changed, _on(draws.gains, images.device))
    if draws.affine is not None:
        changed = warp(changed, _on(draws.affine, images.device))
    if draws.offsets is not None:
        changed = shift(changed, _on(draws.offsets, images.device))
    if draws.grain is not None:
        changed = add_grain(changed, _on(draws.grain, images.device))
    if draws.holes is not None:
        changed = cut_out(changed, _on(draws.holes, images.device))
    return draws.mixing.mix_images(changed) if draws.mixing else changed


def mix_targets(
    targets: Float[Tensor, "B C"], draws: Draws, *, image_size: int
) -> Float[Tensor, "B C"]:
    """Return the targets that belong to what `augment` makes of images of this size."""
    return draws.mixing.mix_targets(targets, image_size) if draws.mixing else targets


def _on(values: np.ndarray, device: torch.device) -> Tensor:
    return to_device(values.astype(np.float32), device)
