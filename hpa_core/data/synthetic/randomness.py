"""Random numbers of one sample: integers from a hash of its id, the same on every machine."""

from collections.abc import Sequence
from hashlib import sha256
from math import prod

import numpy as np
from jaxtyping import Float32, Float64, Int64, UInt64

RECIPE = "hpa-synthetic-1"
"""Part of every seed: a change of the recipe that changes bytes gets a new name."""

_BYTES = np.uint64(0x00FF00FF00FF00FF)
_PAIRS = np.uint64(0x0000FFFF0000FFFF)
_SUM_MEAN = 4 * 127.5
_SUM_DEVIATION = 147.8  # sqrt(4 (256^2 - 1) / 12), rounded: its last digits are a choice


class RandomStream:
    """The random numbers of one sample for one purpose.

    Streams of two purposes are independent, so painting one pattern more leaves the cells, the
    other patterns and the camera noise of the image as they were.

    Only raw Philox integers are used: NumPy keeps those stable, its samplers it may improve.
    """

    def __init__(self, sample_id: str, purpose: str) -> None:
        digest = sha256(f"{RECIPE}/{sample_id}/{purpose}".encode()).digest()
        key = np.frombuffer(digest, dtype="<u8", count=2).astype(np.uint64)
        self._bits = np.random.Philox(key=key)

    def raw(self, count: int) -> UInt64[np.ndarray, " n"]:
        """Draw `count` integers of 64 bits."""
        return np.asarray(self._bits.random_raw(count), dtype=np.uint64)

    def uniform(self, low: float, high: float, *shape: int) -> Float64[np.ndarray, "..."]:
        """Draw an array of numbers in [low, high)."""
        unit = (self.raw(prod(shape)) >> np.uint64(11)).astype(np.float64) * 2.0**-53
        return (low + (high - low) * unit).reshape(shape)

    def number(self, low: float, high: float) -> float:
        """Draw one number in [low, high)."""
        return low + (high - low) * ((int(self.raw(1)[0]) >> 11) * 2.0**-53)

    def integer(self, low: int, high: int) -> int:
        """Draw one integer in [low, high]."""
        return low + int(self.raw(1)[0]) % (high - low + 1)

    def integers(self, low: int, high: int, count: int) -> Int64[np.ndarray, " n"]:
        """Draw `count` integers in [low, high]."""
        return low + (self.raw(count) % np.uint64(high - low + 1)).astype(np.int64)

    def normal(self, *shape: int) -> Float32[np.ndarray, "..."]:
        """Draw sums of four bytes, scaled to mean 0 and deviation 1; the tails end at 3.5."""
        count = prod(shape)
        raw = self.raw((count + 1) // 2)
        pairs = (raw & _BYTES) + ((raw >> np.uint64(8)) & _BYTES)
        fours = (pairs & _PAIRS) + ((pairs >> np.uint64(16)) & _PAIRS)
        sums = fours.astype("<u8").view("<u4")[:count].astype(np.float32)
        return ((sums - np.float32(_SUM_MEAN)) / np.float32(_SUM_DEVIATION)).reshape(shape)

    def directions(self, count: int) -> Float64[np.ndarray, "n 2"]:
        """Draw unit vectors, every direction alike (a near-normal pair, scaled to length 1)."""
        pairs = self.normal(count, 2).astype(np.float64)
        x, y = pairs[:, 0] + 1e-6, pairs[:, 1]
        return np.stack([x, y], axis=1) / np.sqrt(x * x + y * y)[:, None]

    def weighted(self, cumulative: Sequence[float]) -> int:
        """Draw an index; `cumulative` are the running sums of the weights."""
        value = self.number(0.0, cumulative[-1])
        return next(index for index, edge in enumerate(cumulative) if value < edge)
