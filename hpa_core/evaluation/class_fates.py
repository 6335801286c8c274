"""What becomes of each class while a network learns: which fell behind, which was never called.

Axes: E epochs, C classes. Macro F1 can go on rising while a frequent class falls; the third of the
competition's systems stopped there, although the mean still gained.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

WINDOW = 3
"""Epochs that are averaged, so that one uneven epoch is no fate."""
LEAST_FALL = 0.03
"""What a class must have lost to be told: below, it is the ruggedness of the curve."""


@dataclass(frozen=True, kw_only=True)
class Fall:
    """A class that was better once, though macro F1 has not fallen since.

    Attributes:
        class_id: the class.
        peak: its highest F1, a mean over up to `WINDOW` epochs.
        epoch: the last of those epochs, from 0.
        now: the mean of its last epochs.
    """

    class_id: int
    peak: float
    epoch: int
    now: float

    @property
    def lost(self) -> float:
        """Peak minus now, above 0."""
        return self.peak - self.now


def fallen_classes(f1: Float[np.ndarray, "E C"]) -> list[Fall]:
    """Return the classes that fell while macro F1 did not, what lost most first.

    Args:
        f1: of each class after each epoch, on the same images.

    >>> f1 = np.array([[0.9, 0.1], [0.9, 0.3], [0.9, 0.5], [0.7, 0.7], [0.7, 0.9], [0.7, 0.9]])
    >>> [(fall.class_id, fall.epoch, round(fall.lost, 2)) for fall in fallen_classes(f1)]
    [(0, 2, 0.2)]
    """
    if not len(f1):
        return []
    smooth = _trailing_mean(f1)
    macro, now = smooth.mean(axis=1), smooth[-1]
    peaks = len(f1) - 1 - smooth[::-1].argmax(axis=0)  # the last of equal ones
    falls = [
        Fall(class_id=number, peak=float(smooth[peak, number]), epoch=peak, now=float(now[number]))
        for number, peak in enumerate(peaks.tolist())
        if macro[-1] >= macro[peak]
    ]
    told = [fall for fall in falls if fall.lost >= LEAST_FALL]
    return sorted(told, key=lambda fall: -fall.lost)


def uncalled_classes(f1: Float[np.ndarray, "E C"]) -> list[int]:
    """Return the classes of which no positive was ever found: F1 is 0 after every epoch."""
    return [] if not len(f1) else np.flatnonzero((f1 == 0).all(axis=0)).tolist()


def _trailing_mean(values: Float[np.ndarray, "E C"]) -> Float[np.ndarray, "E C"]:
    sums = np.cumsum(np.vstack([np.zeros((1, values.shape[1])), values]), axis=0)
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(ends - WINDOW, 0)
    mean: np.ndarray = (sums[ends] - sums[starts]) / (ends - starts)[:, None]
    return mean
