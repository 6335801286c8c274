"""Search for alike hashes among all pairs of samples, in all eight orientations, losing none.

Axes: N samples, 4 channels, F frequencies, B samples a block.

The cosine of two hashes is a sum over the four parities of a frequency (u, v): both even, v odd, u
odd, both odd. Flipping rows changes the sign where u is odd, flipping columns where v is odd, so
the best of the four flips is max((ee + oo) + |eo + oe|, (ee - oo) + |eo - oe|): four matrix
products tell it for a block of pairs, and four more for the transposed images. Whole numbers below
2**24 make the products exact in single precision, whatever computes them.
"""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Float32, Int, Int8

from hpa_core.data.duplicates.hashing import QUARTER, TRANSPOSED, hash_likeness, laid_hashes
from hpa_core.data.duplicates.orientation import ORIENTATIONS
from hpa_core.data.duplicates.parallel import on_every_core
from hpa_core.progress import Progress, quiet

LEAST_LIKENESS = 0.7
"""Cosine from which a pair is looked at closely."""

MOST_PARTNERS = 20
"""So many later samples at most are kept for each, the most alike: a set of copies stays linear."""

_BLOCK = 256


@dataclass(frozen=True, eq=False)
class Candidates:
    """Pairs whose hashes are alike, M of them, ascending by rows.

    Attributes:
        first: row of one sample.
        second: row of the other, always the larger.
        orientation: how the second must be laid to look like the first.
        likeness: cosine of the hashes then, 0 to 1.
        dropped: pairs that were over `MOST_PARTNERS`.
    """

    first: Int[np.ndarray, " M"]
    second: Int[np.ndarray, " M"]
    orientation: Int[np.ndarray, " M"]
    likeness: Float[np.ndarray, " M"]
    dropped: int = 0


def candidate_pairs(
    hashes: Int8[np.ndarray, "N 4 F"],
    *,
    least: float = LEAST_LIKENESS,
    progress: Progress = quiet,
) -> Candidates:
    """Return every pair of samples whose hashes are at least so alike in some orientation.

    Args:
        hashes: as `hashing.image_hashes` makes them; rows of zeros are alike to nothing.
        least: cosine, over 0.
        progress: told the samples compared with all later ones.
    """
    blocks = _Blocks(hashes, least)
    found: list[Candidates] = []
    starts = range(0, len(hashes), _BLOCK)
    for start, part in zip(starts, on_every_core(blocks.compare, starts), strict=True):
        found.append(part)
        progress(min(start + _BLOCK, len(hashes)), len(hashes), unit="samples compared")
    return _joined(found)


def best_orientations(
    hashes: Int8[np.ndarray, "N 4 F"], first: Int[np.ndarray, " M"], second: Int[np.ndarray, " M"]
) -> Candidates:
    """Return given pairs of rows with the orientation in which their hashes are most alike."""
    likeness = np.stack(
        [
            hash_likeness(hashes[first], laid_hashes(hashes[second], orientation))
            for orientation in range(len(ORIENTATIONS))
        ]
    )
    return Candidates(first, second, likeness.argmax(axis=0), likeness.max(axis=0))


class _Blocks:
    """Compares a block of rows with itself and all later rows."""

    def __init__(self, hashes: Int8[np.ndarray, "N 4 F"], least: float) -> None:
        self._hashes = hashes
        squares = (hashes.astype(np.int64) ** 2).sum((1, 2))
        # Rows without contrast want an infinite product, so that nothing is alike to them.
        self._wanted = np.where(squares, np.sqrt(least * squares), np.inf)
        self._parts = _parities(hashes)
        self._transposed = _parities(hashes[..., TRANSPOSED])

    def compare(self, start: int) -> Candidates:
        rows = slice(start, start + _BLOCK)
        nothing = np.empty(0, dtype=np.int64)
        kept = _Hits(nothing, nothing, np.empty(0))
        for column in range(start, len(self._hashes), _BLOCK):
            hits = self._hits(rows, slice(column, column + _BLOCK))
            if len(hits.first):
                kept = _most_alike(kept, hits)
        pairs = best_orientations(self._hashes, kept.first, kept.second)
        return replace(pairs, dropped=kept.dropped)

    def _hits(self, rows: slice, columns: slice) -> "_Hits":
        best = self._best(self._parts, rows, columns)
        np.maximum(best, self._best(self._transposed, rows, columns), out=best)
        wanted = np.outer(self._wanted[rows], self._wanted[columns])
        first, second = np.nonzero(best >= wanted)
        above = best[first, second] / wanted[first, second]
        first, second = first + rows.start, second + columns.start
        later = first < second
        return _Hits(first[later], second[later], above[later])

    def _best(
        self, others: Float32[np.ndarray, "4 N Q"], rows: slice, columns: slice
    ) -> Float32[np.ndarray, "B1 B2"]:
        """The largest product over the four flips."""
        ee, eo, oe, oo = (
            part[rows] @ other[columns].T for part, other in zip(self._parts, others, strict=True)
        )
        best: np.ndarray = np.maximum(ee + oo + np.abs(eo + oe), ee - oo + np.abs(eo - oe))
        return best


@dataclass(frozen=True, eq=False)
class _Hits:
    """Pairs of rows, and how far above what is wanted each is."""

    first: Int[np.ndarray, " M"]
    second: Int[np.ndarray, " M"]
    above: Float[np.ndarray, " M"]
    dropped: int = 0


def _most_alike(kept: _Hits, more: _Hits) -> _Hits:
    """Keep of each first row the `MOST_PARTNERS` most alike ones, ascending by rows."""
    first, second, above = (
        np.concatenate([getattr(kept, name), getattr(more, name)])
        for name in ("first", "second", "above")
    )
    order = np.lexsort((second, -above, first))
    place = np.arange(len(order)) - np.searchsorted(first[order], first[order])
    chosen = order[place < MOST_PARTNERS]
    chosen = chosen[np.lexsort((second[chosen], first[chosen]))]
    dropped = kept.dropped + len(order) - len(chosen)
    return _Hits(first[chosen], second[chosen], above[chosen], dropped)


def _parities(hashes: Int8[np.ndarray, "N 4 F"]) -> Float32[np.ndarray, "4 N Q"]:
    parts = np.split(hashes, [QUARTER, 2 * QUARTER, 3 * QUARTER], axis=-1)
    return np.stack([part.reshape(len(hashes), -1) for part in parts]).astype(np.float32)


def _joined(parts: list[Candidates]) -> Candidates:
    first, second, orientation, likeness = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("first", "second", "orientation", "likeness")
    )
    dropped = sum(part.dropped for part in parts)
    return Candidates(first, second, orientation, likeness, dropped)
