"""Macro F1 as some thresholds move together: the report's experiments R-12 and R-13.

Axes: N samples, C classes, K values of the moved threshold.

The report read its figures from Kaggle's private leaderboard, whose images nobody else has. A
sweep on other images can agree with it in shape, not in height.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from hpa_core.evaluation.bootstrap import macro_f1_intervals
from hpa_core.evaluation.calls import apply_thresholds
from hpa_core.evaluation.metrics import evaluate
from hpa_core.runs.thresholds import Fallback

COMMON = {0.1: 0.471, 0.15: 0.4924, 0.2: 0.4895, 0.25: 0.4825, 0.35: 0.464, 0.45: 0.442}
"""R-12: one threshold for all classes -> macro F1 on the private leaderboard."""

LARGEST = {0.15: 0.4924, 0.2: 0.4939, 0.25: 0.49418, 0.35: 0.49425, 0.4: 0.49212}
"""R-13: all at 0.15, classes 0 and 25 moved -> macro F1 on the private leaderboard."""

LARGEST_CLASSES = (0, 25)
GRID = tuple(np.round(np.arange(0.05, 0.96, 0.05), 2).tolist())


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """Macro F1 at each value of the moved threshold.

    Attributes:
        values: ascending, (K,).
        macro_f1: (K,).
        low, high: 95 % bootstrap interval of each, (K,).
    """

    values: Float[np.ndarray, " K"]
    macro_f1: Float[np.ndarray, " K"]
    low: Float[np.ndarray, " K"]
    high: Float[np.ndarray, " K"]

    @property
    def best(self) -> float:
        """The value of highest macro F1, on these very samples; of several the lowest."""
        return float(self.values[self.macro_f1.argmax()])


def sweep_threshold(  # noqa: PLR0913 - what is moved, from where, over which values
    probs: Float[np.ndarray, "N C"],
    targets: Bool[np.ndarray, "N C"],
    *,
    classes: Sequence[int] | None = None,
    base: Float[np.ndarray, " C"] | float = 0.5,
    values: Sequence[float] = GRID,
    fallback: Fallback = "none",
) -> Sweep:
    """Move the threshold of some classes together and score every step.

    Args:
        probs: (N, C) in [0, 1].
        targets: the truth, (N, C).
        classes: those that move; all if None.
        base: where the others stand, (C,) or one number.
        values: of the moved threshold, in [0, 1].
        fallback: as for `apply_thresholds`.

    Raises:
        ScoresError: a score is NaN or outside [0, 1].
    """
    moved = list(range(probs.shape[1])) if classes is None else list(classes)
    ordered = np.unique(np.asarray(values, dtype=np.float64))
    steps = [
        apply_thresholds(probs, _moved(base, moved, value, probs.shape[1]), fallback=fallback)
        for value in ordered
    ]
    low, high = np.array(macro_f1_intervals(targets, steps)).T
    macro_f1 = np.array([evaluate(targets, calls).macro_f1 for calls in steps])
    return Sweep(values=ordered, macro_f1=macro_f1, low=low, high=high)


def _moved(
    base: Float[np.ndarray, " C"] | float, moved: list[int], value: float, classes: int
) -> Float[np.ndarray, " C"]:
    thresholds = np.array(np.broadcast_to(base, classes), dtype=np.float64)
    thresholds[moved] = value
    return thresholds
