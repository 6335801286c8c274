"""Perceptual hashes of four-channel images: the lowest frequencies of every channel.

Axes: N samples, 4 channels, T pixels a side, F = 32 frequencies.

A hash is what the discrete cosine transform says of a channel's 32 lowest frequencies but the
constant one, divided by their norm, in whole numbers from -127 to 127: 128 bytes a sample. So
brightness and contrast of a channel do not count, nor does what is too fine to survive compression,
noise or scaling. Flipping or turning an image changes signs and order of these numbers and nothing
else. Sums stay whole and below 2**53, so that this holds exactly, and on every machine.

References:
    Zauner: Implementation and Benchmarking of Perceptual Image Hash Functions, 2010 (pHash).
"""

import numpy as np
from jaxtyping import Float, Int, Int8, UInt8

from hpa_core.data.duplicates.orientation import ORIENTATIONS

HIGHEST = 6
"""Frequencies (u, v) with u**2 + v**2 below the square of this."""

HALF_WEIGHT = 0.25
"""Grey levels (root mean square); a channel whose low frequencies have so much weighs half.

Real structure has 2 to 30, an empty channel's noise 0.1: it must not count like the others.
"""

LARGEST = 127
_COSINE_STEPS = 2**12
_MEAN_STEPS = 2**14
_CHUNK = 128


def _frequencies() -> list[tuple[int, int]]:
    """List (u, v): first both even, then v odd, then u odd in the mirrored order, then both odd."""
    disk = [
        (u, v) for u in range(HIGHEST) for v in range(HIGHEST) if 0 < u * u + v * v < HIGHEST**2
    ]
    even, odd_v, odd_both = ([f for f in disk if _parity(f) == kind] for kind in (0, 1, 3))
    return [*even, *odd_v, *((u, v) for v, u in odd_v), *odd_both]


def _parity(frequency: tuple[int, int]) -> int:
    u, v = frequency
    return 2 * (u % 2) + v % 2


FREQUENCIES = _frequencies()
QUARTER = len(FREQUENCIES) // 4
"""Each of the four parities has as many frequencies."""
TRANSPOSED: Int[np.ndarray, " F"] = np.array([FREQUENCIES.index((v, u)) for u, v in FREQUENCIES])
"""Where each frequency is found after rows and columns have changed places."""


def image_hashes(images: UInt8[np.ndarray, "N 4 T T"]) -> Int8[np.ndarray, "N 4 F"]:
    """Return the hash of every image.

    A channel has the norm 127, less where it has little contrast, and 32 zeros where it has none.

    Args:
        images: thumbnails, or images; 1 to 1,024 pixels a side.
    """
    basis = _cosines(images.shape[-1])
    hashes = np.empty((*images.shape[:2], len(FREQUENCIES)), dtype=np.int8)
    for start in range(0, len(images), _CHUNK):
        chunk = images[start : start + _CHUNK].astype(np.float64)
        hashes[start : start + _CHUNK] = _quantised(basis @ (chunk @ basis.T), chunk.shape[-1])
    return hashes


def laid_hashes(hashes: Int8[np.ndarray, "*N F"], orientation: int) -> Int8[np.ndarray, "*N F"]:
    """Return the hashes of the images laid as `orientation.laid` does."""
    transpose, flip_rows, flip_columns = ORIENTATIONS[orientation]
    turned = hashes[..., TRANSPOSED] if transpose else hashes
    negative = [(u * flip_rows + v * flip_columns) % 2 for u, v in FREQUENCIES]
    signed: np.ndarray = turned * np.where(negative, -1, 1).astype(np.int8)
    return signed


def hash_likeness(
    first: Int8[np.ndarray, "*N 4 F"], second: Int8[np.ndarray, "*N 4 F"]
) -> Float[np.ndarray, "*N"]:
    """Return the cosine between hashes, -1 to 1; 0 where one has no contrast in any channel."""
    a, b = (hashes.astype(np.float64) for hashes in (first, second))
    norms = np.sqrt((a * a).sum((-1, -2)) * (b * b).sum((-1, -2)))
    likeness: np.ndarray = (a * b).sum((-1, -2)) / np.maximum(norms, 1)
    return likeness


def _cosines(side: int) -> Float[np.ndarray, "K T"]:
    """Whole numbers near cos(pi (2n + 1) u / 2T), exactly odd or even about the middle."""
    pixels, u = np.arange(side), np.arange(HIGHEST)[:, None]
    left = np.rint(_COSINE_STEPS * np.cos(np.pi * (2 * pixels + 1) * u / (2 * side)))
    mirrored = left[:, ::-1] * np.where(u % 2, -1, 1)
    cosines: np.ndarray = np.where(pixels < side / 2, left, mirrored)
    return cosines


def _quantised(transformed: Float[np.ndarray, "N 4 K K"], side: int) -> Float[np.ndarray, "N 4 F"]:
    u, v = np.array(FREQUENCIES).T
    means = np.rint(transformed[..., u, v] * (_MEAN_STEPS / (_COSINE_STEPS * side) ** 2))
    # An orthogonal transform weighs constant rows and columns half: exact, unlike its square root.
    weights = np.where((u == 0) | (v == 0), 0.5, 1.0)
    norms = np.sqrt((means * means * weights).sum(axis=-1, keepdims=True))
    contrast = 2 * norms / _MEAN_STEPS
    scale = LARGEST / np.maximum(norms, 1) * contrast / (contrast + HALF_WEIGHT)
    quantised: np.ndarray = np.rint(means * np.sqrt(weights) * scale)
    return quantised
