"""The second, exacter look at a pair: how similar two images are once they lie on each other.

Axes: M pairs, 4 channels, T pixels a side of a thumbnail, S of a level (24, then 48).

The shift and zoom that best lay one thumbnail on the other are found by Gauss-Newton steps on the
squared difference of the channels, each brought to zero mean and unit norm where both images are.
The coarse level decides most pairs: what is not similar there is not looked at again.

References:
    Baker, Matthews: Lucas-Kanade 20 Years On: A Unifying Framework, IJCV 2004.
"""

import numpy as np
from jaxtyping import Float, Float32, UInt8

LEVELS = ((24, 6), (48, 3))
"""Pixels a side, and Gauss-Newton steps."""

COARSE_LEAST = 0.6
"""Pairs that are less similar on the coarse level keep that similarity."""

FARTHEST = np.array([0.12, 0.1, 0.1], dtype=np.float32)
"""Largest logarithm of the zoom, and largest shifts as shares of the side."""

LEAST_CONTRAST = 0.5
"""Grey levels (standard deviation); a channel with less in either image has no vote."""

_DAMPING = 1e-3
_CHUNK = 64


def similarities(
    first: UInt8[np.ndarray, "M 4 T T"], second: UInt8[np.ndarray, "M 4 T T"]
) -> Float[np.ndarray, " M"]:
    """Return how similar the images of each pair are, 0 to 1.

    It is the correlation of the two images, channel by channel, after the second is shifted (up to
    a tenth of the side) and zoomed (up to 12 %) to lie on the first; the mean over the channels
    that have contrast in both. 1: the same but for brightness and contrast.

    Args:
        first: thumbnails.
        second: thumbnails, laid like the first ones (`orientation.laid`).
    """
    parts = [
        _similarities(first[start : start + _CHUNK], second[start : start + _CHUNK])
        for start in range(0, len(first), _CHUNK)
    ]
    return np.concatenate(parts or [np.empty(0)])


def _similarities(
    first: UInt8[np.ndarray, "M 4 T T"], second: UInt8[np.ndarray, "M 4 T T"]
) -> Float[np.ndarray, " M"]:
    voting = np.minimum(first.std((2, 3)), second.std((2, 3))) >= LEAST_CONTRAST
    place = np.zeros((len(first), 3), dtype=np.float32)
    similarity = np.zeros(len(first))
    left = np.flatnonzero(voting.any(axis=1))
    for side, steps in LEVELS:
        if not left.size:
            break
        votes = voting[left]
        levels = _Levels(_shrunk(first[left], side), _shrunk(second[left], side), votes)
        for _ in range(steps):
            place[left] = levels.improved(place[left])
        similarity[left] = levels.correlations(place[left]).sum(axis=1) / votes.sum(axis=1)
        left = left[similarity[left] >= COARSE_LEAST]
    return np.clip(similarity, 0, 1)


class _Levels:
    """Pairs on one level; a place is (logarithm of the zoom, shift down, shift right)."""

    def __init__(
        self,
        first: Float32[np.ndarray, "M 4 S S"],
        second: Float32[np.ndarray, "M 4 S S"],
        votes: np.ndarray,
    ) -> None:
        self._first = first * votes[:, :, None, None]
        self._second = second * votes[:, :, None, None]
        self._pixels = _pixel_places(first.shape[-1])

    def improved(self, place: Float32[np.ndarray, "M 3"]) -> Float32[np.ndarray, "M 3"]:
        """Take one damped Gauss-Newton step."""
        first, second, inside = self._laid_over(place)
        down, right = np.gradient(second, 1 / second.shape[-1], axis=(2, 3))
        zoom = down * self._pixels[:, None] + right * self._pixels
        slopes = (np.stack([zoom, down, right], axis=-1) * inside[..., None]).reshape(
            len(place), -1, 3
        )
        normal = slopes.swapaxes(1, 2) @ slopes
        normal += _DAMPING * np.eye(3) * (np.trace(normal, axis1=1, axis2=2)[:, None, None] + 1e-6)
        wanted = slopes.swapaxes(1, 2) @ (first - second).reshape(len(place), -1, 1)
        step = np.linalg.solve(normal, wanted)[..., 0]
        moved: np.ndarray = np.clip(place + step, -FARTHEST, FARTHEST).astype(np.float32)
        return moved

    def correlations(self, place: Float32[np.ndarray, "M 3"]) -> Float32[np.ndarray, "M 4"]:
        first, second, _ = self._laid_over(place)
        correlations: np.ndarray = (first * second).sum(axis=(2, 3))
        return correlations

    def _laid_over(
        self, place: Float32[np.ndarray, "M 3"]
    ) -> tuple[
        Float32[np.ndarray, "M 4 S S"],
        Float32[np.ndarray, "M 4 S S"],
        Float32[np.ndarray, "M 1 S S"],
    ]:
        """Return both images where both are, each channel normalised, and where that is."""
        side = self._first.shape[-1]
        middles = self._pixels * np.exp(place[:, :1]) + 0.5
        rows, columns = ((middles + place[:, axis, None]) * side - 0.5 for axis in (1, 2))
        moved = _sampled(_sampled(self._second, rows).swapaxes(2, 3), columns).swapaxes(2, 3)
        inside = [(places >= 0) & (places <= side - 1) for places in (rows, columns)]
        both = (inside[0][:, None, :, None] & inside[1][:, None, None, :]).astype(np.float32)
        return _normalised(self._first, both), _normalised(moved, both), both


def _sampled(
    images: Float32[np.ndarray, "M 4 S S"], rows: Float32[np.ndarray, "M S"]
) -> Float32[np.ndarray, "M 4 S S"]:
    """Interpolate linearly between rows; beyond the edge the last row goes on."""
    last = images.shape[2] - 1
    above = np.clip(np.floor(rows), 0, max(last - 1, 0)).astype(np.int64)[:, None, :, None]
    share = np.clip(rows[:, None, :, None] - above, 0, 1)
    below = np.minimum(above + 1, last)
    upper, lower = (np.take_along_axis(images, rows, 2) for rows in (above, below))
    sampled: np.ndarray = (1 - share) * upper + share * lower
    return sampled


def _normalised(
    images: Float32[np.ndarray, "M 4 S S"], inside: Float32[np.ndarray, "M 1 S S"]
) -> Float32[np.ndarray, "M 4 S S"]:
    pixels = inside.sum(axis=(2, 3), keepdims=True)
    means = (images * inside).sum(axis=(2, 3), keepdims=True) / pixels
    centred = (images - means) * inside
    norms = np.sqrt((centred * centred).sum(axis=(2, 3), keepdims=True))
    normalised: np.ndarray = centred / np.maximum(norms, 1e-3)
    return normalised


def _shrunk(images: UInt8[np.ndarray, "M 4 T T"], side: int) -> Float32[np.ndarray, "M 4 S S"]:
    """Average the area that each new pixel covers."""
    edges = np.linspace(0, images.shape[-1], side + 1)
    pixels = np.arange(images.shape[-1])
    covered = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
    shares = np.clip(covered, 0, None) * (side / images.shape[-1])
    shrunk: np.ndarray = (shares @ images @ shares.T).astype(np.float32)
    return shrunk


def _pixel_places(side: int) -> Float32[np.ndarray, " S"]:
    """Where the middles of the pixels are, as shares of the side from the image's middle."""
    return ((np.arange(side) + 0.5) / side - 0.5).astype(np.float32)
