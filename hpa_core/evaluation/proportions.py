"""What a share that was measured on few samples can mean.

References:
    Wilson (1927), Probable inference, the law of succession, and statistical inference.
    Brown, Cai and DasGupta (2001), Interval estimation for a binomial proportion: it keeps its
    95 % on average down to a handful of trials, where the usual interval fails; so does Jeffreys's,
    which comes closer where hardly any trial hits, or hardly any misses.
"""

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.special import betaincinv

from hpa_core.intervals import ENDS, NORMAL_95

WIDEST = 0.4
"""A class is called too rare to be validated if a recall of one half is known less exactly."""


def wilson_interval(
    hits: Float[np.ndarray, " n"] | Int[np.ndarray, " n"], trials: Int[np.ndarray, " n"]
) -> tuple[Float[np.ndarray, " n"], Float[np.ndarray, " n"]]:
    """Return the ends of the 95 % Wilson interval of `hits / trials`; 0 and 1 without a trial.

    >>> low, high = wilson_interval(np.array([1, 0]), np.array([2, 0]))
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.095, 0.0], [0.905, 1.0])
    """
    squared = NORMAL_95**2
    middle = (hits + squared / 2) / (trials + squared)
    share = hits / np.maximum(trials, 1)
    spread = NORMAL_95 * np.sqrt(trials * share * (1 - share) + squared / 4) / (trials + squared)
    return np.maximum(middle - spread, 0), np.minimum(middle + spread, 1)


def jeffreys_interval(
    hits: Int[np.ndarray, " n"], trials: Int[np.ndarray, " n"]
) -> tuple[Float[np.ndarray, " n"], Float[np.ndarray, " n"]]:
    """Return the ends of the 95 % Jeffreys interval of `hits / trials`; 0 and 1 without a trial.

    The posterior is Beta(hits + 1/2, misses + 1/2). Where nothing hits the lower end is 0, where
    everything does the upper one is 1.

    >>> low, high = jeffreys_interval(np.array([0, 10]), np.array([10, 10]))
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.0, 0.783], [0.217, 1.0])
    """
    misses = trials - hits
    low, high = (betaincinv(hits + 0.5, misses + 0.5, end) for end in ENDS)
    return np.where(hits > 0, low, 0.0), np.where(misses > 0, high, 1.0)


def recall_interval(
    positives: Int[np.ndarray, " n"],
) -> tuple[Float[np.ndarray, " n"], Float[np.ndarray, " n"]]:
    """Return what a recall of one half may be in truth, measured on so many positives: 95 %."""
    return wilson_interval(positives / 2, positives)


def too_few_positives(positives: Int[np.ndarray, " n"]) -> Bool[np.ndarray, " n"]:
    """Return where there are so few that the 95 % interval of a recall is wider than `WIDEST`.

    >>> too_few_positives(np.array([20, 21])).tolist()
    [True, False]
    """
    low, high = recall_interval(positives)
    wide: Bool[np.ndarray, " n"] = high - low > WIDEST
    return wide
