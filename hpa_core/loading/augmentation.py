"""Augmentation on the device: what to do is drawn on the CPU, once an epoch, for every position.

Axes: N positions of the plan, B samples a batch, 4 channels, S pixels a side. What happens to a
sample is a function of the seed, the epoch and its position: the same on every device, for every
batch size, and after a resume. Copies of one sample are at different positions and differ.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample

from hpa_core.config import TrainConfig
from hpa_core.loading.order import AUGMENTATION, epoch_rng


@dataclass(frozen=True, kw_only=True)
class Draws:
    """What is done to each sample; None where nothing is.

    Attributes:
        turns: 0 to 7: quarter turns in the lowest two bits, a left-right flip first from 4 on.
        gains: factor of each channel's brightness.
        affine: where each output pixel looks, in coordinates from -1 to 1 (x, y, 1).
    """

    turns: Int[np.ndarray, " N"] | None = None
    gains: Float[np.ndarray, "N 4"] | None = None
    affine: Float[np.ndarray, "N 2 3"] | None = None

    def at(self, positions: Int[np.ndarray, " B"]) -> "Draws":
        """Return the draws of a batch."""
        taken = {name: None if v is None else v[positions] for name, v in vars(self).items()}
        return Draws(**taken)


def draw_augmentation(samples: int, config: TrainConfig, *, epoch: int) -> Draws:
    """Draw what one epoch does to each of its samples, as `config` asks.

    Brightness is multiplied by up to 1 + `intensity`, or divided by it; `affine` zooms by up to
    1 +- this, shifts by this share of half a side and rotates by this angle in radians.
    """
    rng = epoch_rng(config.seed, epoch, AUGMENTATION)
    # All are drawn always, so that switching one off leaves the others as they were.
    codes = rng.integers(0, 8, samples)
    exponents = rng.uniform(-1, 1, (samples, 4))
    matrices = _affine_matrices(rng.uniform(-1, 1, (samples, 4)) * config.affine)
    return Draws(
        turns=codes if config.turns else None,
        gains=(1 + config.intensity) ** exponents if config.intensity else None,
        affine=matrices if config.affine else None,
    )


def augment(images: UInt8[Tensor, "B 4 S S"], draws: Draws) -> Float[Tensor, "B 4 S S"]:
    """Apply the draws of a batch; brightness stays on the scale of 0 to 255."""
    turned = images if draws.turns is None else turn(images, draws.turns)
    changed = turned.float()
    if draws.gains is not None:
        changed *= _on(draws.gains, images.device)[:, :, None, None]
    if draws.affine is not None:
        grid = affine_grid(
            _on(draws.affine, images.device), list(changed.shape), align_corners=False
        )
        changed = grid_sample(changed, grid, padding_mode="reflection", align_corners=False)
    return changed


def turn(images: UInt8[Tensor, "B 4 S S"], codes: Int[np.ndarray, " B"]) -> Tensor:
    """Flip and turn each image by its code; no pixel's value changes."""
    turned = torch.empty_like(images)
    for code in np.unique(codes):
        chosen = torch.from_numpy(np.flatnonzero(codes == code)).to(images.device)
        picked = images[chosen]
        flipped = picked.flip(3) if code >= 4 else picked
        turned[chosen] = torch.rot90(flipped, int(code) % 4, (2, 3))
    return turned


def _affine_matrices(amounts: Float[np.ndarray, "N 4"]) -> Float[np.ndarray, "N 2 3"]:
    """Build matrices from zoom, angle, shift in x and shift in y, each an amount around 0."""
    zoom, angle, shift_x, shift_y = amounts.T  # (N,) each
    cosine, sine = (1 + zoom) * np.cos(angle), (1 + zoom) * np.sin(angle)
    rows = [[cosine, -sine, shift_x], [sine, cosine, shift_y]]
    return np.moveaxis(np.array(rows), 2, 0)  # (2, 3, N) -> (N, 2, 3)


def _on(values: np.ndarray, device: torch.device) -> Tensor:
    return torch.from_numpy(values.astype(np.float32)).to(device, non_blocking=True)
