"""How far a plane can be trusted: are its neighbours neighbours?

Axes: N samples, F features, Q samples asked about.

References:
    Venna, Kaski (2001), Neighborhood preservation in nonlinear projection methods
    (trustworthiness); scikit-learn's is the oracle of the tests.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

NEIGHBOURS, QUERIES, BLOCK = 15, 1000, 64


@dataclass(frozen=True, kw_only=True)
class Quality:
    """Both from 0 to 1; 1 is best.

    Attributes:
        trustworthiness: falls by how far apart in truth the plane's neighbours are.
        neighbours_kept: share of the true neighbours that are neighbours on the plane.
    """

    trustworthiness: float
    neighbours_kept: float


def measure_quality(
    features: Float[np.ndarray, "N F"],
    points: Float[np.ndarray, "N 2"],
    *,
    neighbours: int = NEIGHBOURS,
    queries: int = QUERIES,
    seed: int = 0,
) -> Quality:
    """Compare the neighbourhoods of some samples before and after a projection.

    Args:
        features: what was projected.
        points: where it went.
        neighbours: how many count, fewer where there are less than twice as many samples.
        queries: at most so many samples are asked about, drawn by `seed`; among all others.
        seed: of the draw.

    Returns:
        The means over the samples asked about; 1 where there are too few to have neighbours.
    """
    count = len(features)
    nearest = min(neighbours, (count - 1) // 2)
    if nearest < 1:
        return Quality(trustworthiness=1.0, neighbours_kept=1.0)
    rng = np.random.default_rng(seed)
    asked = rng.choice(count, min(queries, count), replace=False)
    wide, flat = _Distances(features), _Distances(points)
    penalty, kept = 0, 0
    for start in range(0, len(asked), BLOCK):
        rows = asked[start : start + BLOCK]
        away, near = wide.of(rows), flat.of(rows)
        true = np.argpartition(away, nearest, axis=1)[:, :nearest]
        seen = np.argpartition(near, nearest, axis=1)[:, :nearest]
        for distances, truth, found in zip(away, true, seen, strict=True):
            kept += len(np.intersect1d(truth, found, assume_unique=True))
            ranks = 1 + np.searchsorted(np.sort(distances), distances[found])
            penalty += int(np.clip(ranks - nearest, 0, None).sum())
    decisions = len(asked) * nearest
    worst = (2 * count - 3 * nearest - 1) / 2
    return Quality(
        trustworthiness=1 - penalty / (decisions * worst), neighbours_kept=kept / decisions
    )


class _Distances:
    """Squared distances from some rows to all others; a row is infinitely far from itself."""

    def __init__(self, values: np.ndarray) -> None:
        self._values = values.astype(np.float64)
        self._squares = (self._values**2).sum(axis=1)

    def of(self, rows: np.ndarray) -> Float[np.ndarray, "Q N"]:
        found = self._squares - 2 * self._values[rows] @ self._values.T
        found += self._squares[rows][:, None]
        found[np.arange(len(rows)), rows] = np.inf
        return np.asarray(found)
