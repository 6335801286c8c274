"""Hashes do what the images do when these are turned, and look over brightness."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.fft import dctn

from hpa_core.data.duplicates.hashing import (
    FREQUENCIES,
    HALF_WEIGHT,
    hash_likeness,
    image_hashes,
    laid_hashes,
)
from hpa_core.data.duplicates.orientation import INVERSE, ORIENTATIONS, laid

TURNS = range(len(ORIENTATIONS))


def random_images(side: int, seed: int, *, samples: int = 3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (samples, 4, side, side), dtype=np.uint8)


@given(side=st.integers(1, 96), seed=st.integers(0, 2**32 - 1), orientation=st.sampled_from(TURNS))
def test_the_hash_of_a_turned_image_is_the_turned_hash_exactly(
    side: int, seed: int, orientation: int
) -> None:
    images = random_images(side, seed)
    expected = laid_hashes(image_hashes(images), orientation)
    assert np.array_equal(image_hashes(laid(images, orientation)), expected)


@pytest.mark.parametrize("orientation", TURNS)
def test_the_eight_orientations_differ_and_each_has_an_inverse(orientation: int) -> None:
    image = np.arange(9).reshape(3, 3)
    others = [laid(image, other) for other in TURNS if other != orientation]
    assert not any(np.array_equal(laid(image, orientation), other) for other in others)
    assert np.array_equal(laid(laid(image, orientation), INVERSE[orientation]), image)


def test_turning_right_is_what_numpy_calls_so() -> None:
    image = np.arange(9).reshape(3, 3)
    assert np.array_equal(laid(image, 5), np.rot90(image, -1))
    assert np.array_equal(laid(image, 6), np.rot90(image, 1))


def test_a_hash_is_scipys_cosine_transform_of_the_lowest_frequencies() -> None:
    image = random_images(96, 7, samples=1)
    image[0] //= np.array([1, 2, 3, 9], dtype=np.uint8)[:, None, None]
    u, v = np.array(FREQUENCIES).T
    low = dctn(image[0].astype(float), axes=(1, 2), norm="ortho")[:, u, v]
    contrast = np.sqrt((low**2).sum(axis=1, keepdims=True)) / 96
    expected = 127 * low / (96 * contrast) * contrast / (contrast + HALF_WEIGHT)
    assert np.abs(image_hashes(image)[0] - expected).max() <= 0.6  # half of it is rounding


def test_brightness_and_contrast_of_a_channel_do_not_count() -> None:
    image = random_images(64, 3, samples=1) // 2
    changed = image + np.array([3, 60, 100, 0], dtype=np.uint8)[:, None, None]
    assert np.array_equal(image_hashes(image), image_hashes(changed))
    assert hash_likeness(image_hashes(image), image_hashes(image // 2 * 2)) > 0.99


def test_an_image_without_contrast_is_alike_to_nothing_not_even_itself() -> None:
    blank = image_hashes(np.full((1, 4, 32, 32), 7, dtype=np.uint8))
    assert not blank.any()
    assert hash_likeness(blank, blank) == 0


def test_an_empty_channels_noise_hardly_counts() -> None:
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:96, :96]
    field = 60 * (1 + np.sin(x / 9) * np.cos(y / 14))
    planes = np.stack([field, field.T, field[::-1], np.zeros_like(field)])
    one, other = (
        np.clip(planes + rng.normal(0, 1, planes.shape), 0, 255).astype(np.uint8)[None]
        for _ in "ab"
    )
    assert hash_likeness(image_hashes(one), image_hashes(other)) > 0.98
