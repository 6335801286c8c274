"""Augmentation against numpy, and its dependence on seed, epoch and position alone."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from hpa_core.config import TrainConfig
from hpa_core.loading.augmentation import Draws, augment, draw_augmentation, turn

ALL = TrainConfig(dataset="d", turns=True, intensity=0.5, affine=0.2)
NONE = TrainConfig(dataset="d", turns=False, intensity=0.0, affine=0.0)


def pixels(samples: int, size: int = 6) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (samples, 4, size, size), dtype=np.uint8)


def test_the_eight_codes_are_the_eight_symmetries_of_a_square() -> None:
    images = pixels(8)
    turned = turn(torch.from_numpy(images), np.arange(8)).numpy()
    for code in range(8):
        flipped = images[code][:, :, ::-1] if code >= 4 else images[code]
        np.testing.assert_array_equal(turned[code], np.rot90(flipped, code % 4, axes=(1, 2)))
    same = turn(torch.from_numpy(np.repeat(images[:1], 8, axis=0)), np.arange(8)).numpy()
    assert len({image.tobytes() for image in same}) == 8


def test_gains_multiply_each_channel() -> None:
    images, gains = pixels(3), np.random.default_rng(1).uniform(0.5, 2, (3, 4))
    changed = augment(torch.from_numpy(images), Draws(gains=gains)).numpy()
    np.testing.assert_allclose(changed, images * gains[:, :, None, None], rtol=1e-6)


def test_an_affine_map_that_shifts_by_whole_pixels_moves_them() -> None:
    images, size = pixels(1, 8), 8
    right_by_two = np.array([[[1.0, 0.0, 2 * 2 / size], [0.0, 1.0, 0.0]]])
    changed = augment(torch.from_numpy(images), Draws(affine=right_by_two)).numpy()
    np.testing.assert_allclose(changed[..., :-2], images[..., 2:], atol=1e-3)
    # Beyond the border the image is mirrored.
    np.testing.assert_allclose(changed[..., -2:], images[..., :-3:-1], atol=1e-3)


def test_an_affine_quarter_turn_is_numpys() -> None:
    images = pixels(1)
    quarter = np.array([[[0.0, -1.0, 0.0], [1.0, 0.0, 0.0]]])
    changed = augment(torch.from_numpy(images), Draws(affine=quarter)).numpy()
    np.testing.assert_allclose(changed, np.rot90(images, 1, axes=(2, 3)), atol=1e-3)


def test_without_augmentation_the_pixels_stay() -> None:
    images = pixels(5)
    draws = draw_augmentation(5, NONE, epoch=0)
    assert draws == Draws()
    np.testing.assert_array_equal(augment(torch.from_numpy(images), draws), images)


def test_what_happens_to_a_sample_does_not_depend_on_its_batch() -> None:
    images = torch.from_numpy(pixels(6))
    draws = draw_augmentation(6, ALL, epoch=3)
    together = augment(images, draws)
    order = np.array([4, 0, 5])
    np.testing.assert_array_equal(augment(images[order], draws.at(order)), together[order])


def test_seed_and_epoch_decide_the_draws() -> None:
    first = draw_augmentation(50, ALL, epoch=3)
    again = draw_augmentation(50, ALL, epoch=3)
    assert all(np.array_equal(vars(first)[name], vars(again)[name]) for name in vars(first))
    for other in (
        draw_augmentation(50, ALL, epoch=4),
        draw_augmentation(50, replace(ALL, seed=1), epoch=3),
    ):
        assert not any(np.array_equal(vars(first)[name], vars(other)[name]) for name in vars(first))


def test_switching_one_augmentation_off_leaves_the_others() -> None:
    both, turns = ALL, replace(ALL, intensity=0.0, affine=0.0)
    np.testing.assert_array_equal(
        draw_augmentation(50, both, epoch=0).turns, draw_augmentation(50, turns, epoch=0).turns
    )


@pytest.mark.parametrize("intensity", [0.1, 1.0])
def test_brightness_stays_within_the_limit_in_both_directions(intensity: float) -> None:
    config = replace(NONE, intensity=intensity)
    gains = draw_augmentation(1000, config, epoch=0).gains
    assert gains is not None
    assert 1 / (1 + intensity) <= gains.min() < 1 < gains.max() <= 1 + intensity
