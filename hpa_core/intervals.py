"""What an interval is everywhere: 95 %, whatever it is taken of."""

from typing import NamedTuple, Self

CONFIDENCE = 0.95
ENDS = (0.025, 0.975)
"""Share of the replicates below each end of a percentile interval."""
NORMAL_95 = 1.959963984540054
"""Standard deviations from the middle of a normal distribution to either end."""


class Interval(NamedTuple):
    """The two ends of a 95 % interval."""

    low: float
    high: float

    @classmethod
    def of_share(cls, value: float, margin: float) -> Self:
        """Return what lies within a margin of a share, and between 0 and 1.

        >>> Interval.of_share(0.75, 0.5)
        Interval(low=0.25, high=1.0)
        """
        return cls(max(value - margin, 0.0), min(value + margin, 1.0))
