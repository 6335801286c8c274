"""The eight ways to lay a square image: turned by quarter turns, flipped, both.

Each is a transposition or none, then a flip of the rows or none, then one of the columns or none.
"""

import numpy as np

ORIENTATIONS = (
    (False, False, False),
    (False, False, True),
    (False, True, False),
    (False, True, True),
    (True, False, False),
    (True, False, True),
    (True, True, False),
    (True, True, True),
)
"""Whether to transpose, to flip the rows (top to bottom), to flip the columns (left to right)."""

NAMES = (
    "as it is",
    "flipped left to right",
    "flipped top to bottom",
    "turned by 180°",
    "flipped along the diagonal",
    "turned right by 90°",
    "turned left by 90°",
    "flipped along the other diagonal",
)
"""What each of `ORIENTATIONS` does, in words."""

INVERSE = (0, 1, 2, 3, 4, 6, 5, 7)
"""Which orientation undoes each."""


def laid(images: np.ndarray, orientation: int) -> np.ndarray:
    """Return images (..., S, S) laid as `ORIENTATIONS[orientation]` says; a view, no copy.

    >>> laid(np.array([[1, 2], [3, 4]]), 5).tolist()
    [[3, 1], [4, 2]]
    """
    transpose, flip_rows, flip_columns = ORIENTATIONS[orientation]
    if transpose:
        images = images.swapaxes(-1, -2)
    if flip_rows:
        images = images[..., ::-1, :]
    return images[..., ::-1] if flip_columns else images


def composed(first: int, then: int) -> int:
    """Return the orientation that lays an image as `first` does and what comes out as `then` does.

    >>> NAMES[composed(5, 5)]
    'turned by 180°'
    """
    corners = np.arange(4).reshape(2, 2)
    both = laid(laid(corners, first), then)
    return next(
        orientation
        for orientation in range(len(ORIENTATIONS))
        if np.array_equal(laid(corners, orientation), both)
    )
