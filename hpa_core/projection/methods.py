"""From features to a plane: t-SNE and PCA.

Axes: N samples, F features.

References:
    van der Maaten, Hinton (2008), Visualizing data using t-SNE.
    Linderman et al. (2019), Fast interpolation-based t-SNE, as openTSNE computes it.
    Kobak, Berens (2019), The art of using t-SNE (begin with PCA; a learning rate by N).
"""

import os
from collections.abc import Callable

import numpy as np
from jaxtyping import Float, Float32
from sklearn.decomposition import PCA

from hpa_core.errors import ScoresError
from hpa_core.progress import Progress, quiet
from hpa_core.projection.store import Method

COMPONENTS, PERPLEXITY = 50, 30
EARLY, LATER, TOLD_EVERY = 250, 500, 10
"""Iterations of t-SNE, and after how many progress is told."""

FEWEST = 4
FEW = 2000
"""Up to so many samples threads wait longer for each other than they work."""


def project(
    features: Float[np.ndarray, "N F"],
    method: Method,
    *,
    seed: int = 0,
    progress: Progress = quiet,
) -> Float32[np.ndarray, "N 2"]:
    """Place samples on a plane; the same seed gives the same points on one machine.

    Args:
        features: one row a sample.
        method: `tsne` or `pca`.
        seed: of everything drawn.
        progress: told of iterations.

    Returns:
        Points, centred, the wider axis from -1 to 1.

    Raises:
        ScoresError: there are too few samples to be placed.
    """
    if len(features) < FEWEST:
        raise ScoresError(
            f"A map needs at least {FEWEST} images; found {len(features)}. Choose another split."
        )
    reduced = _reduced(features.astype(np.float32), 2 if method == "pca" else COMPONENTS, seed)
    points = reduced[:, :2] if method == "pca" else _tsne(reduced, seed, progress)
    return _framed(points)


def _reduced(features: np.ndarray, components: int, seed: int) -> np.ndarray:
    """Keep the directions of most variance: distances hardly change, searches become quick."""
    wanted = min(components, *features.shape)
    reduced: np.ndarray = PCA(wanted, random_state=seed).fit_transform(features)
    return np.pad(reduced, ((0, 0), (0, max(2 - wanted, 0))))


def _tsne(features: np.ndarray, seed: int, progress: Progress) -> np.ndarray:
    # Threads that wait in a circle take the processor from each other: 81 s became 34 s on two busy
    # cores. OpenMP reads this when it is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from openTSNE import TSNE  # noqa: PLC0415 - the dashboard reads projections without it

    placed = TSNE(
        perplexity=min(PERPLEXITY, (len(features) - 1) / 3),
        early_exaggeration_iter=EARLY,
        n_iter=LATER,
        random_state=seed,
        n_jobs=(os.cpu_count() or 1) if len(features) > FEW else 1,
        callbacks=_counter(progress),
        callbacks_every_iters=TOLD_EVERY,
    ).fit(features)
    return np.asarray(placed)


def _counter(progress: Progress) -> Callable[[int, float, np.ndarray], None]:
    """Count iterations over both phases; openTSNE begins anew in the second."""
    calls = 0

    def tell(_iteration: int, _error: float, _points: np.ndarray) -> None:
        nonlocal calls
        calls += 1
        progress(min(calls * TOLD_EVERY, EARLY + LATER), EARLY + LATER, unit="iterations")

    return tell


def _framed(points: np.ndarray) -> Float32[np.ndarray, "N 2"]:
    low, high = points.min(axis=0), points.max(axis=0)
    reach = max(float((high - low).max()) / 2, 1e-12)
    framed: Float32[np.ndarray, "N 2"] = ((points - (low + high) / 2) / reach).astype(np.float32)
    return framed
