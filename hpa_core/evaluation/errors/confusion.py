"""Which class is said where another was missed: confusion for samples with several labels.

Axes: N samples, C classes. With T the true set of a sample and P the called one, T - P is missed
and P - T is said falsely. Cell (a, b) counts the samples that miss a and falsely say b. A miss with
nothing said falsely stands in a column of its own, a false call with nothing missed in a row of its
own. So every cell is a set of samples, and nothing is counted that was not both missed and said.

The published multi-label confusion matrix (`mlcm`) differs in the last point: where a set is found
whole and b is said beside it, it counts b against every true class, as if each was taken for b.

References:
    Heydarian, Doyle, Samavi (2022), MLCM: Multi-Label Confusion Matrix, IEEE Access 10.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.stats import poisson

from hpa_core.evaluation.errors.chance import correct_for_many


@dataclass(frozen=True, kw_only=True)
class Confusions:
    """How often which class was said where which was missed.

    Attributes:
        swapped: samples that miss a and falsely say b, (C, C); the diagonal is 0.
        only_missed: samples that miss a and falsely say nothing, (C,).
        only_false: samples that falsely say b and miss nothing, (C,).
        found: samples that carry a and say it, (C,).
        expected: `swapped` as it would be on average if each class were missed and said falsely at
            its own rate, whatever the other classes of the sample: what co-occurrence alone gives.
    """

    swapped: Int[np.ndarray, "C C"]
    only_missed: Int[np.ndarray, " C"]
    only_false: Int[np.ndarray, " C"]
    found: Int[np.ndarray, " C"]
    expected: Float[np.ndarray, "C C"]

    @property
    def residual(self) -> Float[np.ndarray, "C C"]:
        """(swapped - expected) / sqrt(expected): above about 2, a is taken for b beyond chance.

        0 where nothing is expected, and so nothing can be counted either.
        """
        spread = np.sqrt(np.where(self.expected > 0, self.expected, 1.0))
        return np.asarray((self.swapped - self.expected) / spread)

    @property
    def p(self) -> Float[np.ndarray, "C C"]:
        """How likely so many or more are by chance, over all cells together (Poisson, Holm)."""
        return correct_for_many(poisson.sf(self.swapped - 1, self.expected))

    def likeliest(self, limit: int) -> tuple[Int[np.ndarray, " n"], Int[np.ndarray, " n"]]:
        """Return the pairs counted more often than expected, the least likely by chance first.

        Returns:
            The class missed and the class said of each, at most `limit`.
        """
        order = np.lexsort((-self.residual.ravel(), self.p.ravel()))[:limit]
        missed, said = np.unravel_index(order, self.expected.shape)
        more = self.residual[missed, said] > 0
        return missed[more], said[more]


def count_confusions(
    targets: Bool[np.ndarray, "N C"], calls: Bool[np.ndarray, "N C"]
) -> Confusions:
    """Count what was said where what was missed.

    >>> truth = np.array([[True, False], [True, False], [True, True]])
    >>> found = count_confusions(truth, np.array([[False, True], [True, True], [True, False]]))
    >>> found.swapped.tolist(), found.only_missed.tolist(), found.only_false.tolist()
    ([[0, 1], [0, 0]], [0, 1], [0, 1])
    """
    missed, false = targets & ~calls, calls & ~targets
    return Confusions(
        swapped=_pairs(missed, false),
        only_missed=missed[~false.any(axis=1)].sum(axis=0),
        only_false=false[~missed.any(axis=1)].sum(axis=0),
        found=(targets & calls).sum(axis=0),
        expected=_expected(targets, missed, false),
    )


def confused_rows(
    targets: Bool[np.ndarray, "N C"],
    calls: Bool[np.ndarray, "N C"],
    *,
    missed: int | None,
    said: int | None,
) -> Int[np.ndarray, " n"]:
    """Return the samples of one cell, ascending; None stands for nothing missed, nothing said."""
    misses, falses = targets & ~calls, calls & ~targets
    lost = ~misses.any(axis=1) if missed is None else misses[:, missed]
    put = ~falses.any(axis=1) if said is None else falses[:, said]
    return np.flatnonzero(lost & put)


def mlcm(
    targets: Bool[np.ndarray, "N C"], calls: Bool[np.ndarray, "N C"]
) -> Int[np.ndarray, "C+1 C+1"]:
    """Return the matrix of Heydarian et al.: rows are true, the last one for samples with no label.

    The last column counts true labels in whose place nothing was called.
    """
    hits, missed, false = targets & calls, targets & ~calls, calls & ~targets
    blamed = np.where(missed.any(axis=1, keepdims=True), missed, targets)
    matrix = np.zeros((targets.shape[1] + 1,) * 2, dtype=np.int64)
    matrix[:-1, :-1] = _pairs(blamed, false) + np.diag(hits.sum(axis=0))
    matrix[:-1, -1] = missed[~false.any(axis=1)].sum(axis=0)
    unlabelled = ~targets.any(axis=1)
    matrix[-1, :-1] = calls[unlabelled].sum(axis=0)
    matrix[-1, -1] = (unlabelled & ~calls.any(axis=1)).sum()
    return matrix


def _pairs(first: Bool[np.ndarray, "N C"], second: Bool[np.ndarray, "N C"]) -> np.ndarray:
    """Count the samples that have both; float32 sums are exact below 2**24 samples."""
    counted = first.astype(np.float32).T @ second.astype(np.float32)
    return counted.astype(np.int64)


def _expected(targets: np.ndarray, missed: np.ndarray, false: np.ndarray) -> np.ndarray:
    """Rate of missing a x rate of saying b falsely x the samples that carry a and not b."""
    carried, free = targets.sum(axis=0), (~targets).sum(axis=0)
    miss_rate = missed.sum(axis=0) / np.maximum(carried, 1)
    false_rate = false.sum(axis=0) / np.maximum(free, 1)
    return np.asarray(np.outer(miss_rate, false_rate) * _pairs(targets, ~targets))
