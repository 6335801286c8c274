"""F1 of multi-label calls: macro, micro, by sample, and every count behind them.

Axes: N samples, C classes. A ratio 0 / 0 (a class with neither positives nor calls) counts as 0.

References:
    scikit-learn `f1_score(..., zero_division=0)`, the oracle of the tests.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int


@dataclass(frozen=True, kw_only=True)
class PerClass:
    """Counts and ratios of each class, all (C,).

    Attributes:
        tp: positives that were called.
        fp: calls that are no positives.
        fn: positives that were not called.
        support: positives, `tp + fn`.
    """

    tp: Int[np.ndarray, " C"]
    fp: Int[np.ndarray, " C"]
    fn: Int[np.ndarray, " C"]
    precision: Float[np.ndarray, " C"]
    recall: Float[np.ndarray, " C"]
    f1: Float[np.ndarray, " C"]
    support: Int[np.ndarray, " C"]


@dataclass(frozen=True, kw_only=True)
class Scores:
    """How well calls meet the truth.

    Attributes:
        macro_f1: mean of the classes' F1; the competition's measure.
        micro_f1: F1 over all N x C decisions at once.
        samples_f1: mean of the samples' F1.
    """

    macro_f1: float
    micro_f1: float
    samples_f1: float
    per_class: PerClass


def evaluate(targets: Bool[np.ndarray, "N C"], calls: Bool[np.ndarray, "N C"]) -> Scores:
    """Score calls against the truth.

    Raises:
        ValueError: the two are not boolean matrices of one shape.

    >>> truth = np.array([[True, False], [True, True]])
    >>> evaluate(truth, np.array([[True, False], [False, True]])).per_class.f1.round(3).tolist()
    [0.667, 1.0]
    """
    if targets.dtype != np.bool_ or calls.dtype != np.bool_ or targets.shape != calls.shape:
        raise ValueError(
            f"expected bool of one shape: {targets.dtype} {targets.shape}, "
            f"{calls.dtype} {calls.shape}"
        )
    hits = targets & calls
    per_class = _per_class(hits.sum(axis=0), targets.sum(axis=0), calls.sum(axis=0))
    by_sample = f1_from_counts(hits.sum(axis=1), targets.sum(axis=1), calls.sum(axis=1))
    return Scores(
        macro_f1=float(per_class.f1.mean()),
        micro_f1=float(f1_from_counts(hits.sum(), targets.sum(), calls.sum())),
        samples_f1=float(by_sample.mean()) if len(by_sample) else 0.0,
        per_class=per_class,
    )


def f1_by_class(
    targets: Bool[np.ndarray, "N C"], calls: Bool[np.ndarray, "N C"]
) -> Float[np.ndarray, " C"]:
    """F1 of each class, 0 where there is neither a positive nor a call.

    >>> f1_by_class(np.array([[True, False], [True, True]]), np.array([[True, True]] * 2)).round(2)
    array([1.  , 0.67])
    """
    return f1_from_counts((targets & calls).sum(axis=0), targets.sum(axis=0), calls.sum(axis=0))


def f1_from_counts(
    tp: np.ndarray | int, positives: np.ndarray | int, called: np.ndarray | int
) -> np.ndarray:
    """F1 = 2 tp / (positives + called), elementwise, 0 where there is neither.

    >>> f1_from_counts(np.array([1, 0]), np.array([2, 0]), np.array([2, 0])).tolist()
    [0.5, 0.0]
    """
    return _ratio(2 * np.asarray(tp), np.asarray(positives) + np.asarray(called))


def _per_class(tp: np.ndarray, positives: np.ndarray, called: np.ndarray) -> PerClass:
    return PerClass(
        tp=tp,
        fp=called - tp,
        fn=positives - tp,
        precision=_ratio(tp, called),
        recall=_ratio(tp, positives),
        f1=f1_from_counts(tp, positives, called),
        support=positives,
    )


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    # The whole is 0 only where the part is, so dividing by 1 there gives the 0 that is meant.
    return np.asarray(part / np.maximum(whole, 1))
