"""How far Krippendorff's alpha of one class would move with other samples of the same kind.

Axes: A annotators, U samples, B replicates. Samples are drawn anew, with all opinions on them. The
library gives the value; a replicate needs a weight for each sample, which it does not take, so the
nominal alpha of two values is written out here (a test holds it against the library).

References:
    Krippendorff: Computing Krippendorff's Alpha-Reliability, 2011, D (nominal data).
    Efron and Tibshirani: An Introduction to the Bootstrap, 1993 (percentile intervals).
"""

import numpy as np
from jaxtyping import Bool, Float, Float32

from hpa_core.intervals import ENDS, Interval

REPLICATES = 400
LEAST_DEFINED = 0.9
"""Share of the replicates in which a class must be seen and not seen for an interval to be told."""


def draw_samples(samples: int, *, seed: int = 0) -> Float32[np.ndarray, "B U"]:
    """Return how often each sample is drawn in every replicate; one drawing serves all classes."""
    if not samples:
        return np.zeros((REPLICATES, 0), dtype=np.float32)
    shares, rng = np.full(samples, 1 / samples), np.random.default_rng(seed)
    # Whole numbers whose sums stay below 2**24 are exact as 32-bit floats.
    return rng.multinomial(samples, shares, size=REPLICATES).astype(np.float32)


def alpha_interval(
    there: Bool[np.ndarray, "A U"],
    rated: Bool[np.ndarray, "A U"],
    weights: Float32[np.ndarray, "B U"],
) -> Interval | None:
    """Return a 95 % interval of alpha, or None where too few samples carry the class to tell.

    Args:
        there: who saw the class where.
        rated: who gave an opinion where; every sample has two or more.
        weights: of `draw_samples`.
    """
    alphas = weighted_alpha(there, rated, weights)
    defined = alphas[np.isfinite(alphas)]
    if len(defined) < LEAST_DEFINED * len(weights):
        return None
    return Interval(*np.quantile(defined, ENDS).tolist())


def weighted_alpha(
    there: Bool[np.ndarray, "A U"],
    rated: Bool[np.ndarray, "A U"],
    weights: Float[np.ndarray, "B U"] | Float32[np.ndarray, "B U"],
) -> Float[np.ndarray, " B"]:
    """Return alpha with every sample counted `weights` times; NaN where all opinions are alike."""
    opinions, seen = (cells.sum(axis=0, dtype=weights.dtype) for cells in (rated, there))
    unlike = 2 * seen * (opinions - seen) / np.maximum(opinions - 1, 1)
    total, positive = ((weights @ counts).astype(np.float64) for counts in (opinions, seen))
    expected = 2 * positive * (total - positive)
    with np.errstate(divide="ignore", invalid="ignore"):
        alphas: np.ndarray = 1 - (total - 1) * (weights @ unlike) / expected
    return np.where(expected > 0, alphas, np.nan)
