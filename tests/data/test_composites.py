"""Small pictures and brightness, pixel by pixel."""

from io import BytesIO

import numpy as np
from PIL import Image

from hpa_core.data.composites import COLOURS, compose, encode_jpeg
from hpa_core.data.intensities import BLOCK, mean_intensities


def test_each_channel_is_stretched_by_itself_and_added_in_its_colour() -> None:
    images = np.zeros((1, 4, 10, 10), dtype=np.uint8)
    images[0, 1, :5], images[0, 2, :, :5] = 80, 200  # Protein above, nucleus to the left.
    found = compose(images)[0]
    green, blue = (255 * COLOURS[channel] for channel in (1, 2))
    assert np.abs(found[0, 9] - green).max() <= 1
    assert np.abs(found[9, 0] - blue).max() <= 1
    assert np.abs(found[0, 0] - (green + blue)).max() <= 1
    assert found[9, 9].tolist() == [0, 0, 0]


def test_noise_is_not_stretched_until_it_looks_like_signal() -> None:
    images = np.random.default_rng(0).integers(0, 3, (1, 4, 16, 16), dtype=np.uint8)
    assert compose(images).max() <= 3 * 255 / 32 + 1


def test_a_picture_is_a_jpeg_of_the_side_asked_for() -> None:
    picture = np.full((20, 20, 3), 120, dtype=np.uint8)
    read = Image.open(BytesIO(encode_jpeg(picture, side=48)))
    assert (read.format, read.size) == ("JPEG", (48, 48))


def test_brightness_is_the_mean_of_each_channel_over_more_than_one_block() -> None:
    levels = np.random.default_rng(1).integers(0, 256, (BLOCK + 3, 4), dtype=np.uint8)
    images = np.broadcast_to(levels[:, :, None, None], (*levels.shape, 2, 2))
    rows = np.arange(len(levels))[::-1]
    assert np.array_equal(mean_intensities(images, rows), levels[rows])
    assert mean_intensities(images, rows[:0]).shape == (0, 4)
