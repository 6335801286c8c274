"""Which samples look alike to a network: nearest neighbours in its embedding.

Axes: N samples, E embedding features, k neighbours.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float, Int
from threadpoolctl import threadpool_info

from hpa_core.errors import ScoresError
from hpa_core.progress import Progress, quiet

CHUNK = 8192
"""Rows that are widened to 32 bits at a time: embeddings are kept in 16."""

ROWS_AT_ONCE = 2048
"""Rows that each thread compares with all others between two words of progress."""


@dataclass(frozen=True, eq=False)
class Neighbourhood:
    """Embeddings that are asked about one sample at a time, as `nearest_rows` compares them.

    Attributes:
        embeddings: any finite numbers; none of them is copied.
    """

    embeddings: Float[np.ndarray, "N E"]

    def nearest(self, row: int, k: int) -> tuple[Int[np.ndarray, " k"], Float[np.ndarray, " k"]]:
        """Return the k rows most like `row`, nearest first, and the cosine of each, in [-1, 1].

        Exact: every sample is compared, 113,446 of 256 features in about a tenth of a second after
        the first time, which takes one. Without the sample itself; all others where there are
        fewer than k. Of equals the first come first.
        """
        mean, scale = self._scales
        wanted = (self.embeddings[row].astype(np.float32) - mean) / scale
        products = self._products(wanted / scale) - np.float32(mean / scale @ wanted)
        cosines = products / np.maximum(self._lengths * self._lengths[row], 1e-12)
        cosines[row] = -np.inf
        order = np.argsort(-cosines, kind="stable")[: min(k, len(cosines) - 1)]
        return order, np.clip(cosines[order], -1, 1)

    @cached_property
    def _scales(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation of every feature."""
        mean = self.embeddings.mean(axis=0, dtype=np.float32)
        squares = np.zeros_like(mean)
        for start in range(0, len(self.embeddings), CHUNK):
            part = self.embeddings[start : start + CHUNK].astype(np.float32) - mean
            squares += (part**2).sum(axis=0)
        return mean, np.maximum(np.sqrt(squares / len(self.embeddings)), 1e-6)

    @cached_property
    def _lengths(self) -> Float[np.ndarray, " N"]:
        """Length of every sample's standardised features."""
        mean, scale = self._scales
        lengths = [
            np.linalg.norm((self.embeddings[start : start + CHUNK] - mean) / scale, axis=1)
            for start in range(0, len(self.embeddings), CHUNK)
        ]
        return np.concatenate(lengths)

    def _products(self, weights: Float[np.ndarray, " E"]) -> Float[np.ndarray, " N"]:
        parts = [
            self.embeddings[start : start + CHUNK].astype(np.float32) @ weights
            for start in range(0, len(self.embeddings), CHUNK)
        ]
        return np.concatenate(parts)


def nearest_rows(
    embeddings: Float[np.ndarray, "N E"],
    k: int,
    *,
    rows: Int[np.ndarray, " n"] | None = None,
    progress: Progress = quiet,
) -> Int[np.ndarray, "n k"]:
    """Return the k samples most like each of `rows`, nearest first, never the sample itself.

    Features are brought to mean 0 and variance 1 and compared by cosine, so that neither a
    feature's unit nor an image's brightness decides. Exact, n x N x E products (docs/errors.md says
    how long), in the memory of three copies of the embeddings in 32 bits at most.

    Args:
        embeddings: any finite numbers.
        k: at least 1; all others where there are fewer.
        rows: which samples are asked about; all by default.
        progress: told of samples.

    Raises:
        ScoresError: an embedding is not finite, or there are fewer than two samples.

    >>> nearest_rows(np.array([[0.0, 1.0], [0.1, 1.0], [1.0, 0.0]]), 1).ravel().tolist()
    [1, 0, 1]
    """
    if len(embeddings) < 2 or not np.isfinite(embeddings).all():
        raise ScoresError(
            f"Neighbours need finite embeddings of two samples or more; these are "
            f"{len(embeddings)} samples. Predict the split again."
        )
    from sklearn.neighbors import NearestNeighbors  # noqa: PLC0415 - a second to import

    asked = np.arange(len(embeddings)) if rows is None else rows
    points = _directions(embeddings)
    count = min(k + 1, len(points))
    search = NearestNeighbors(n_neighbors=count, algorithm="brute").fit(points)
    found, done = [], 0
    progress(done, len(asked), unit="samples")
    for part in _parts(asked):
        found.append(search.kneighbors(points[part], return_distance=False))
        done += len(part)
        progress(done, len(asked), unit="samples")
    return _without_self(np.concatenate(found), asked)


def _parts(rows: Int[np.ndarray, " n"]) -> list[Int[np.ndarray, " m"]]:
    """Cut rows so that a search of each part finds what one of all finds, equals among them.

    scikit-learn takes 256 rows at a time, whose products may differ by the last bit in another
    block, and searches in another order where a thread has four such blocks or fewer.
    """
    threads = [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "openmp"]
    at_once = ROWS_AT_ONCE * max(threads, default=1)
    return np.split(rows, range(at_once, len(rows) - at_once + 1, at_once))


def _directions(embeddings: Float[np.ndarray, "N E"]) -> Float[np.ndarray, "N E"]:
    """Standardise the features, then bring every sample to length 1."""
    wide = embeddings.astype(np.float32)
    mean, scale = wide.mean(axis=0), np.maximum(wide.std(axis=0), 1e-6)
    wide -= mean
    wide /= scale
    wide /= np.maximum(np.linalg.norm(wide, axis=1, keepdims=True), 1e-6)
    return wide


def _without_self(
    found: Int[np.ndarray, "n k+1"], rows: Int[np.ndarray, " n"]
) -> Int[np.ndarray, "n k"]:
    """Take each sample out of its own list, where its copies may stand before it or push it out."""
    own = found == rows[:, None]
    own[~own.any(axis=1), -1] = True
    return np.asarray(found[~own].reshape(len(rows), -1))
