"""Histograms and auto contrast under Node, on images whose answer is known."""

import numpy as np

from tests.components.channel_viewer.conftest import Javascript

LIMITS = "core.autoLimits(core.steadyHistogram(Uint8Array.from(input), Math.sqrt(input.length)))"


def limits(javascript: Javascript, plane: np.ndarray) -> tuple[int, int]:
    found = javascript(LIMITS, plane.ravel().tolist())
    return found["lo"], found["hi"]


def test_the_histogram_counts_every_level(javascript: Javascript) -> None:
    plane = np.random.default_rng(0).integers(0, 256, (64, 64), dtype=np.uint8)
    counts = javascript(
        "Array.from(core.histogram(Uint8Array.from(input)))", plane.ravel().tolist()
    )
    assert counts == np.bincount(plane.ravel(), minlength=256).tolist()


def test_the_steady_histogram_cuts_each_pixel_to_its_brightest_neighbour(
    javascript: Javascript,
) -> None:
    plane = np.random.default_rng(1).integers(0, 256, (20, 20), dtype=np.uint8)
    framed = np.pad(plane, 1)
    around = [framed[:-2, 1:-1], framed[2:, 1:-1], framed[1:-1, :-2], framed[1:-1, 2:]]
    expected = np.bincount(np.minimum(plane, np.max(around, axis=0)).ravel(), minlength=256)
    expression = "Array.from(core.steadyHistogram(Uint8Array.from(input), 20))"
    assert javascript(expression, plane.ravel().tolist()) == expected.tolist()


def test_hot_pixels_do_not_decide_the_limits(javascript: Javascript) -> None:
    rng = np.random.default_rng(2)
    clean = np.clip(rng.normal(40, 10, (128, 128)), 0, 80).astype(np.uint8)
    hot = clean.copy()
    hot[2::8, 3::8] = 255
    assert (hot == 255).sum() == 256
    assert abs(limits(javascript, hot)[1] - limits(javascript, clean)[1]) <= 3


def test_a_dim_channel_is_not_stretched_until_its_noise_looks_like_signal(
    javascript: Javascript,
) -> None:
    noise = np.random.default_rng(3).integers(0, 5, (64, 64), dtype=np.uint8)
    lo, hi = limits(javascript, noise)
    assert lo == 0
    assert hi >= 32


def test_small_bright_structures_on_a_dark_ground_keep_half_their_range(
    javascript: Javascript,
) -> None:
    plane = np.full((256, 256), 10, dtype=np.uint8)
    for row in range(20, 240, 60):
        plane[row : row + 3, 50:53] = 200
    assert limits(javascript, plane)[1] == 100


def test_limits_always_rise_whatever_the_image(javascript: Javascript) -> None:
    for level in (0, 128, 250, 255):
        lo, hi = limits(javascript, np.full((8, 8), level, dtype=np.uint8))
        assert 0 <= lo < hi <= 255


def test_one_odd_image_does_not_set_the_limits_of_all(javascript: Javascript) -> None:
    own = [{"lo": 2, "hi": 100}, {"lo": 3, "hi": 110}, {"lo": 1, "hi": 90}, {"lo": 2, "hi": 95}]
    odd = [{"lo": 200, "hi": 255}]
    shared = javascript("core.sharedLimits(input)", own + odd)
    assert shared["hi"] <= 110
    assert shared["lo"] <= 3


def test_cut_is_what_lies_beyond_either_limit(javascript: Javascript) -> None:
    counts = [0] * 256
    counts[3], counts[10], counts[99], counts[100], counts[255] = 20, 70, 4, 5, 1
    expression = "core.cutShares(Uint32Array.from(input), { lo: 10, hi: 100 })"
    assert javascript(expression, counts) == {"below": 0.2, "above": 0.01}
