"""Whether what a process holds climbs: the rule by which the long soak passes or fails.

The first third is warm-up: caches fill, libraries load. Through the last two thirds goes a robust
line (Theil and Sen: the median of all slopes between two samples), which single peaks do not move;
what it rises from the first to the last of these samples is the rise.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SHARE = 0.05
"""Of the median: what memory may rise."""
LEAST_MIB = 8.0
"""What memory may rise however little there is of it."""
FILES = 2.0
"""How many open files the line may rise by."""


@dataclass(frozen=True, kw_only=True)
class Growth:
    """What one quantity did over the last two thirds of its samples.

    Attributes:
        rise: of the robust line, in the quantity's own unit.
        allowed: the highest rise that is no climb.
    """

    what: str
    unit: str
    first: float
    median: float
    last: float
    highest: float
    rise: float
    allowed: float

    @property
    def climbs(self) -> bool:
        return self.rise > self.allowed

    def __str__(self) -> str:
        verdict = "CLIMBS" if self.climbs else "flat"
        return (
            f"{self.what:40s} {self.unit:5s} first {self.first:7.1f}  median {self.median:7.1f}  "
            f"last {self.last:7.1f}  highest {self.highest:7.1f}  "
            f"rise {self.rise:+6.1f} of {self.allowed:.1f} allowed: {verdict}"
        )


def memory_growth(what: str, times: Sequence[float], mib: Sequence[float]) -> Growth:
    """Judge memory in MiB, sampled at `times`."""
    return _growth(what, "MiB", times, mib, share=SHARE, least=LEAST_MIB)


def files_growth(what: str, times: Sequence[float], files: Sequence[float]) -> Growth:
    """Judge numbers of open files, sampled at `times`."""
    return _growth(what, "files", times, files, share=0.0, least=FILES)


def _growth(
    what: str,
    unit: str,
    times: Sequence[float],
    values: Sequence[float],
    *,
    share: float,
    least: float,
) -> Growth:
    judged = len(times) // 3
    late, held = np.asarray(times[judged:]), np.asarray(values[judged:])
    median = float(np.median(held))
    return Growth(
        what=what,
        unit=unit,
        first=float(values[0]),
        median=median,
        last=float(held[-1]),
        highest=float(np.max(values)),
        rise=_slope(late, held) * float(late[-1] - late[0]),
        allowed=max(share * median, least),
    )


def _slope(times: np.ndarray, values: np.ndarray) -> float:
    """Return the median slope of all pairs of samples; 0 of a single one."""
    one, other = np.triu_indices(len(times), k=1)
    if not len(one):
        return 0.0
    return float(np.median((values[other] - values[one]) / (times[other] - times[one])))
