"""Background and photon noise against their formulas."""

import numpy as np
import pytest
import torch

from hpa_core.config import TrainConfig
from hpa_core.loading.augmentation import Draws, augment, draw_augmentation


def test_a_background_is_added_to_each_channel_and_never_falls_below_black() -> None:
    images = torch.tensor([0, 100], dtype=torch.uint8).expand(1, 4, 2, 2).contiguous()
    offsets = np.array([[0.2, -0.2, 0.0, -0.5]])
    changed = augment(images, Draws(offsets=offsets))[0, :, 0].numpy()
    np.testing.assert_allclose(changed, [[51, 151], [0, 49], [0, 100], [0, 0]], rtol=1e-6)


@pytest.mark.parametrize("brightness", [64, 255])
def test_the_variance_of_the_noise_is_proportional_to_the_brightness(brightness: int) -> None:
    images = torch.full((1, 4, 128, 128), brightness, dtype=torch.uint8)
    grain = np.array([[[0.0, 0, 0], [0.05, 1000, 10], [0.1, 5, 900], [0.05, 300, 300]]])
    added = augment(images, Draws(grain=grain))[0].double() - brightness
    expected = 255 * np.array([0, 0.05, 0.1, 0.05]) * np.sqrt(brightness / 255)
    # 16,384 deviates: their standard deviation is known to 0.6 %.
    np.testing.assert_allclose(added.std((1, 2)), expected, rtol=0.03)
    np.testing.assert_allclose(added.mean((1, 2)), np.zeros(4), atol=0.03 * expected.max())


def test_channels_have_noise_of_their_own_and_black_stays_black() -> None:
    config = TrainConfig(dataset="d", turns=False, noise=0.1)
    draws = draw_augmentation(2, config, epoch=0)
    images = torch.full((2, 4, 16, 16), 200, dtype=torch.uint8)
    images[:, :, 0] = 0
    changed = augment(images, draws)
    assert (changed[:, :, 0] == 0).all()
    assert len({channel.numpy().tobytes() for channel in changed.flatten(0, 1)}) == 8
