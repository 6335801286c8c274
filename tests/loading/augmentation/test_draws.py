"""Augmentation against numpy, and its dependence on seed, epoch and position alone."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from hpa_core.config import TrainConfig
from hpa_core.loading.augmentation import Draws, augment, draw_augmentation, mix_targets
from hpa_core.loading.augmentation.turns import turn
from hpa_core.loading.order import epoch_batches

NONE = TrainConfig(dataset="d", turns=False)
ON: dict[str, Any] = {
    "turns": True,
    "intensity": 0.5,
    "affine": 0.2,
    "offset": 0.1,
    "noise": 0.1,
    "cutout": 0.3,
    "mixup": 0.3,
    "cutmix": 0.3,
}
ALL = replace(NONE, **ON)


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


def values(draws: Draws) -> dict[str, np.ndarray]:
    """Return every array of the draws by name."""
    named = vars(draws) | (vars(draws.mixing) if draws.mixing else {})
    return {name: value for name, value in named.items() if isinstance(value, np.ndarray)}


@given(batch_size=st.integers(2, 11), seed=st.integers(0, 5), epoch=st.integers(0, 5))
def test_what_happens_to_a_sample_does_not_depend_on_its_batch(
    batch_size: int, seed: int, epoch: int
) -> None:
    images, samples = torch.from_numpy(pixels(11)), 11
    targets = torch.eye(samples)
    draws = draw_augmentation(samples, replace(ALL, seed=seed), epoch=epoch)
    everything = np.arange(samples)
    whole = augment(images, draws.at(everything))
    whole_targets = mix_targets(targets, draws.at(everything), image_size=6)
    for batch in epoch_batches(samples, batch_size, seed=seed, epoch=epoch):
        read = draws.needed(batch)
        own = slice(len(batch))
        assert read[own].tolist() == batch.tolist()
        given_images = augment(images[read], draws.at(read))[own]
        given_targets = mix_targets(targets[read], draws.at(read), image_size=6)[own]
        np.testing.assert_array_equal(given_images, whole[batch])
        np.testing.assert_array_equal(given_targets, whole_targets[batch])


def test_seed_and_epoch_decide_the_draws() -> None:
    first, again = (values(draw_augmentation(50, ALL, epoch=3)) for _ in range(2))
    assert len(first) == 9
    assert all(np.array_equal(first[name], again[name]) for name in first)
    for other in (
        values(draw_augmentation(50, ALL, epoch=4)),
        values(draw_augmentation(50, replace(ALL, seed=1), epoch=3)),
    ):
        assert not any(np.array_equal(first[name], other[name]) for name in first)


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("turns", {"turns"}),
        ("intensity", {"gains"}),
        ("affine", {"affine"}),
        ("offset", {"offsets"}),
        ("noise", {"grain"}),
        ("cutout", {"holes"}),
        ("mixup", {"partners", "shares"}),
        ("cutmix", {"partners", "pastes"}),
    ],
)
def test_switching_one_augmentation_off_leaves_the_others(name: str, theirs: set[str]) -> None:
    before = values(draw_augmentation(200, ALL, epoch=0))
    after = values(draw_augmentation(200, replace(ALL, **{name: getattr(NONE, name)}), epoch=0))
    changed = {key for key in before if not np.array_equal(before[key], after.get(key))}
    assert changed == theirs


def test_copies_of_one_sample_differ() -> None:
    copies = torch.from_numpy(np.repeat(pixels(1), 6, axis=0))
    for name in ("turns", "intensity", "affine", "offset", "noise", "cutout"):
        config = replace(NONE, **{name: ON[name]})
        changed = augment(copies, draw_augmentation(6, config, epoch=0))
        assert len({image.numpy().tobytes() for image in changed}) > 1, name


@pytest.mark.parametrize("intensity", [0.1, 1.0])
def test_brightness_stays_within_the_limit_in_both_directions(intensity: float) -> None:
    config = replace(NONE, intensity=intensity)
    gains = draw_augmentation(1000, config, epoch=0).gains
    assert gains is not None
    assert 1 / (1 + intensity) <= gains.min() < 1 < gains.max() <= 1 + intensity
