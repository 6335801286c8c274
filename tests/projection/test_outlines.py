"""Points inside an outline, against the triangle's own test and shapes known beforehand."""

import numpy as np

from hpa_core.projection.outlines import inside


def left_of(points: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    along, away = end - start, points - start
    return along[0] * away[:, 1] - along[1] * away[:, 0] > 0


def test_inside_a_triangle_is_on_one_side_of_all_its_edges() -> None:
    rng = np.random.default_rng(0)
    points = rng.uniform(-1, 1, (500, 2))
    for corners in rng.uniform(-1, 1, (20, 3, 2)):
        sides = [left_of(points, corners[edge], corners[(edge + 1) % 3]) for edge in range(3)]
        expected = np.all(sides, axis=0) | ~np.any(sides, axis=0)
        np.testing.assert_array_equal(inside(points, corners), expected)


def test_a_line_that_crosses_itself_leaves_its_middle_out() -> None:
    turns = 2 * np.pi * 2 * np.arange(5) / 5  # A pentagram.
    star = np.stack([np.cos(turns), np.sin(turns)], axis=1)
    assert inside(np.array([[0.0, 0.0], [0.8, 0.0], [-0.9, 0.0]]), star).tolist() == [
        False,
        True,
        False,
    ]


def test_an_outline_without_area_holds_nothing() -> None:
    points = np.random.default_rng(1).uniform(-1, 1, (50, 2))
    assert not inside(points, np.array([[-1.0, 0.2], [1.0, 0.2], [0.0, 0.2]])).any()
