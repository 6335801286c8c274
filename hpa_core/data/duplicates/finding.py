"""Finding a dataset's duplicates by their pixels: hashes, candidates, then a closer look.

Axes: N samples, M pairs.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int, Int8

from hpa_core.data.dataset import Dataset
from hpa_core.data.duplicates.alignment import similarities
from hpa_core.data.duplicates.hashing import image_hashes
from hpa_core.data.duplicates.orientation import ORIENTATIONS, laid
from hpa_core.data.duplicates.parallel import on_every_core
from hpa_core.data.duplicates.search import Candidates, best_orientations, candidate_pairs
from hpa_core.progress import Progress, quiet

LEAST_SIMILARITY = 0.85
"""From here a pair counts as near copies.

Copies of the competition's images that were turned, compressed, blurred, cut or shifted by 5 % have
0.91 or more; the most similar of 1,770 pairs of different ones has 0.41, of 2 million pairs of
rendered ones 0.58 (`python -m benchmarks.duplicates`).
"""

SAME_PIXELS = 0.999
"""Only pairs at least so similar are compared pixel by pixel."""

_SAMPLES, _PAIRS = 256, 64


@dataclass(frozen=True, eq=False)
class FoundPairs:
    """Pairs of rows that show the same image, ascending.

    Attributes:
        first: row of one sample.
        second: row of the other, always the larger.
        orientation: how the second must be laid to look like the first.
        similarity: 0 to 1, as `alignment.similarities` says.
        exact: whether the packed pixels are the same, as they are.
        samples: how many were compared with each other.
        looked_at: how many pairs had hashes so alike that they were looked at.
        blank: rows without any contrast, which look like nothing.
        dropped: pairs left out because a sample had too many.
    """

    first: Int[np.ndarray, " M"]
    second: Int[np.ndarray, " M"]
    orientation: Int[np.ndarray, " M"]
    similarity: Float[np.ndarray, " M"]
    exact: Bool[np.ndarray, " M"]
    samples: int
    looked_at: int
    blank: Int[np.ndarray, " B"]
    dropped: int


def find_pairs(
    dataset: Dataset, *, least: float = LEAST_SIMILARITY, progress: Progress = quiet
) -> FoundPairs:
    """Compare every image of a dataset with every other one.

    Of samples with one image hash only the first is compared: the others are known copies of it.

    Args:
        dataset: with images.
        least: similarity from which a pair counts.
        progress: told the samples hashed, the samples compared, then the pairs looked at.

    Raises:
        DatasetError: the dataset holds labels only.
    """
    rows = _different(dataset)
    hashes = _hashes(dataset, rows, progress)
    candidates = candidate_pairs(hashes, progress=progress)
    similarity = _similarities(dataset, rows, candidates, progress)
    kept = np.flatnonzero(similarity >= least)
    first, second = rows[candidates.first[kept]], rows[candidates.second[kept]]
    orientation = candidates.orientation[kept]
    return FoundPairs(
        first=first,
        second=second,
        orientation=orientation,
        similarity=similarity[kept],
        exact=_same_pixels(
            dataset, first, second, (similarity[kept] >= SAME_PIXELS) & (orientation == 0)
        ),
        samples=len(rows),
        looked_at=len(similarity),
        blank=rows[~hashes.any(axis=(1, 2))],
        dropped=candidates.dropped,
    )


def compare_pairs(
    dataset: Dataset, first: Int[np.ndarray, " M"], second: Int[np.ndarray, " M"]
) -> tuple[Int[np.ndarray, " M"], Float[np.ndarray, " M"]]:
    """Return orientation and similarity of given pairs of rows."""
    rows, numbers = np.unique(np.stack([first, second]), return_inverse=True)
    a, b = numbers.reshape(2, -1)
    pairs = best_orientations(_hashes(dataset, rows, quiet), a, b)
    return pairs.orientation, _similarities(dataset, rows, pairs, quiet)


def _different(dataset: Dataset) -> Int[np.ndarray, " n"]:
    """Rows without those whose image hash an earlier row has."""
    hashes = dataset.manifest["sha256"]
    different: np.ndarray = np.flatnonzero(~hashes.duplicated() | (hashes == ""))
    return different


def _hashes(
    dataset: Dataset, rows: Int[np.ndarray, " n"], progress: Progress
) -> Int8[np.ndarray, "n 4 F"]:
    thumbnails = dataset.thumbnails
    parts = []
    chunks = list(_chunks(rows, _SAMPLES))
    for part in on_every_core(lambda chunk: image_hashes(thumbnails[chunk]), chunks):
        parts.append(part)
        progress(min(len(parts) * _SAMPLES, len(rows)), len(rows), unit="samples hashed")
    return np.concatenate(parts)


def _similarities(
    dataset: Dataset, rows: Int[np.ndarray, " n"], pairs: Candidates, progress: Progress
) -> Float[np.ndarray, " M"]:
    thumbnails = dataset.thumbnails

    def compare(chunk: Int[np.ndarray, " m"]) -> Float[np.ndarray, " m"]:
        seconds = np.array(thumbnails[rows[pairs.second[chunk]]])
        for orientation in range(len(ORIENTATIONS)):
            here = pairs.orientation[chunk] == orientation
            seconds[here] = laid(seconds[here], orientation)
        return similarities(thumbnails[rows[pairs.first[chunk]]], seconds)

    parts = [np.empty(0)]
    done = 0
    for part in on_every_core(compare, list(_chunks(np.arange(len(pairs.first)), _PAIRS))):
        parts.append(part)
        done += len(part)
        progress(done, len(pairs.first), unit="pairs looked at")
    return np.concatenate(parts)


def _same_pixels(
    dataset: Dataset,
    first: Int[np.ndarray, " M"],
    second: Int[np.ndarray, " M"],
    asked: Bool[np.ndarray, " M"],
) -> Bool[np.ndarray, " M"]:
    same = np.zeros(len(first), dtype=bool)
    for pair in np.flatnonzero(asked):
        same[pair] = np.array_equal(dataset.images[first[pair]], dataset.images[second[pair]])
    return same


def _chunks(rows: Int[np.ndarray, " n"], size: int) -> Iterator[Int[np.ndarray, " m"]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
