"""Which points lie inside an outline drawn by hand.

Axes: N points, K corners.
"""

import numpy as np
from jaxtyping import Bool, Float


def inside(points: Float[np.ndarray, "N 2"], outline: Float[np.ndarray, "K 2"]) -> np.ndarray:
    """Say of every point whether it lies inside, by the even-odd rule.

    Args:
        points: anywhere.
        outline: its corners in order; the last is joined to the first. It may cross itself.

    Returns:
        (N,) of bool.

    >>> square = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, 0.0]])
    >>> inside(np.array([[0.5, 0.5], [1.5, 0.5]]), square).tolist()
    [True, False]
    """
    within: Bool[np.ndarray, " N"] = np.zeros(len(points), dtype=bool)
    x, y = points[:, 0], points[:, 1]
    for (x0, y0), (x1, y1) in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        if y0 == y1:
            continue
        beside = (y0 > y) != (y1 > y)
        crossing = x0 + (y - y0) / (y1 - y0) * (x1 - x0)
        within ^= beside & (x < crossing)
    return within
