"""Named ways to choose thresholds from scores and their truth.

Axes: N samples, C classes. None wins everywhere: `honesty` tells what each would get on new data.
A new strategy is one function and one entry of `STRATEGIES`.

References:
    Yang (2001), A study of thresholding strategies for text categorization (`exact` is his SCut,
    `prevalence` his PCut).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from hpa_core.errors import ConfigError
from hpa_core.evaluation.contract import check_truth
from hpa_core.evaluation.curves import best_thresholds
from hpa_core.evaluation.metrics import f1_from_counts
from hpa_core.evaluation.optimum import NO_CALL, between

Probs = Float[np.ndarray, "N C"]
Targets = Bool[np.ndarray, "N C"]
Thresholds = Float[np.ndarray, " C"]

SHRINKAGE_POSITIVES = 10.0
"""Positives at which `shrunk` trusts a class's own optimum as much as the common threshold."""


@dataclass(frozen=True, kw_only=True)
class Strategy:
    """One way to choose thresholds.

    Attributes:
        name: what the command line, the pages and saved sets call it.
        summary: what it does, in one line.
        fit: scores and truth in, thresholds (C,) in [0, 1] out.
    """

    name: str
    summary: str
    fit: Callable[[Probs, Targets], Thresholds]


def strategy_named(name: str) -> Strategy:
    """Return the strategy of that name.

    Raises:
        ConfigError: there is none.
    """
    if name not in STRATEGIES:
        raise ConfigError(
            f"There is no threshold strategy {name!r}; there is: {', '.join(STRATEGIES)}."
        )
    return STRATEGIES[name]


def single_threshold(probs: Probs, targets: Targets) -> Thresholds:
    """Return the one threshold of highest macro F1, for every class.

    Exact: as for one class, the optimum lies just below some positive's score, so macro F1 is
    taken at all of them. Of several optima the highest threshold is taken.
    """
    check_truth(probs, targets)
    candidates = np.unique(probs[targets & (probs > 0)])
    if not candidates.size:
        return np.full(probs.shape[1], NO_CALL)
    macro = np.zeros(len(candidates))
    for scores, truth in zip(probs.T, targets.T, strict=True):
        called = len(scores) - np.searchsorted(np.sort(scores), candidates)
        tp = truth.sum() - np.searchsorted(np.sort(scores[truth]), candidates)
        macro += f1_from_counts(tp, truth.sum(), called)
    best = candidates[len(macro) - 1 - macro[::-1].argmax()]
    lower = probs.max(where=probs < best, initial=0)
    return np.full(probs.shape[1], between(float(lower), float(best)))


def matching_prevalence(probs: Probs, targets: Targets) -> Thresholds:
    """Return thresholds that call each class as often as it is present.

    Scores tied with the first one too many stay uncalled. A class that is absent calls nothing.
    """
    check_truth(probs, targets)
    ordered = np.sort(probs.astype(np.float64), axis=0)[::-1]
    padded = np.vstack([ordered, np.zeros(probs.shape[1])])
    columns = zip(padded.T, targets.sum(axis=0).tolist(), strict=True)
    return np.array([between(column[p], column[p - 1]) if p else NO_CALL for column, p in columns])


def shrunk_thresholds(probs: Probs, targets: Targets) -> Thresholds:
    """Pull each class's optimum towards the common threshold, the more the fewer positives it has.

    The mean is taken over log-odds, weighted P : `SHRINKAGE_POSITIVES` for P positives.
    """
    optima = best_thresholds(probs, targets)
    positives = np.where(optima.undetermined, 0, targets.sum(axis=0))
    own = positives / (positives + SHRINKAGE_POSITIVES)
    log_odds = own * _logit(optima.thresholds)
    log_odds += (1 - own) * _logit(single_threshold(probs, targets))
    return np.asarray(1 / (1 + np.exp(-log_odds)))


def _fixed(threshold: float) -> Strategy:
    return Strategy(
        name=f"fixed-{threshold}",
        summary=f"{threshold} for every class, whatever the scores are",
        fit=lambda probs, _targets: np.full(probs.shape[1], threshold),
    )


def _logit(probs: np.ndarray) -> np.ndarray:
    inside = np.clip(probs, 1e-9, 1 - 1e-9)
    return np.asarray(np.log(inside / (1 - inside)))


STRATEGIES: dict[str, Strategy] = {
    strategy.name: strategy
    for strategy in (
        _fixed(0.5),
        _fixed(0.15),
        Strategy(
            name="single",
            summary="the one threshold for all classes that has the highest macro F1",
            fit=single_threshold,
        ),
        Strategy(
            name="exact",
            summary="each class's own threshold of highest F1",
            fit=lambda probs, targets: best_thresholds(probs, targets).thresholds,
        ),
        Strategy(
            name="prevalence",
            summary="each class is called as often as it is present",
            fit=matching_prevalence,
        ),
        Strategy(
            name="shrunk",
            summary="each class's own optimum, pulled to the common one where positives are few",
            fit=shrunk_thresholds,
        ),
    )
}
"""Every strategy by its name, simplest first."""
