"""Which class is called where another was missed: confusion for samples with several labels.

Axes: N samples, C classes. With T the true set of a sample and P the called one, T - P is missed
and P - T is false. Cell (a, b) counts the samples of which a is missed and b is false. A miss with
nothing false stands in a column of its own, a false call with nothing missed in a row of its own.
So every cell is a set of samples, and only what was missed and what was false are counted.

The published multi-label confusion matrix (`mlcm`) differs in the last point: where a set is found
whole and b is called beside it, it counts b against every true class, as if each was taken for b.

What chance gives: errors that know nothing of each other would leave (rate of missing a) x (rate of
calling b falsely) x (samples that carry a and not b) in a cell. But misses and false calls come
together on hard images, whatever the classes: so this is multiplied by how much oftener than that
they meet in all other cells. The factor has a Gamma(1, 1) prior, so a count is negative binomial.

References:
    Heydarian, Doyle, Samavi (2022), MLCM: Multi-Label Confusion Matrix, IEEE Access 10.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.stats import nbinom, norm

from hpa_core.evaluation.errors.chance import LEVEL, correct_for_many

TINY = np.finfo(float).tiny
"""Chances below this are told apart no further."""


@dataclass(frozen=True, kw_only=True)
class Confusions:
    """How often which class was false where which was missed.

    Attributes:
        swapped: samples of which a is missed and b is false, (C, C); the diagonal is 0.
        only_missed: samples of which a is missed and nothing is false, (C,).
        only_false: samples of which b is false and nothing is missed, (C,).
        found: samples that carry a and are called it, (C,).
        independent: `swapped` as it would be on average if each class were missed and false at
            its own rate, whatever else the sample carries and whatever goes wrong with it.
    """

    swapped: Int[np.ndarray, "C C"]
    only_missed: Int[np.ndarray, " C"]
    only_false: Int[np.ndarray, " C"]
    found: Int[np.ndarray, " C"]
    independent: Float[np.ndarray, "C C"]

    @property
    def expected(self) -> Float[np.ndarray, "C C"]:
        """What chance gives on average, learnt from all cells but the one it is of."""
        met, alone = self._elsewhere
        return np.asarray(self.independent * met / alone)

    @cached_property
    def residual(self) -> Float[np.ndarray, "C C"]:
        """How far from chance a cell is, in standard deviations of a normal with the same tails.

        Above 0 for more than chance gives, below for fewer; 0 for counts in the middle of chance,
        so that a single sample where little is expected does not outshine a hundred.
        """
        more = norm.isf(np.maximum(self._more, TINY))
        fewer = norm.isf(np.maximum(self._tail(nbinom.cdf, self.swapped), TINY))
        return np.asarray(np.maximum(more, 0) - np.maximum(fewer, 0))

    @cached_property
    def p(self) -> Float[np.ndarray, "C C"]:
        """How likely so many or more are by chance, over all cells together (Holm)."""
        return correct_for_many(self._more)

    @property
    def more(self) -> int:
        """In how many cells more are counted than in the middle of chance."""
        return int((self.residual > 0).sum())

    @property
    def beyond(self) -> int:
        """In how many cells more are counted than by chance, over all cells together."""
        return int((self.p < LEVEL).sum())

    def likeliest(self, limit: int) -> tuple[Int[np.ndarray, " n"], Int[np.ndarray, " n"]]:
        """Return the pairs counted more often than by chance, the least likely by it first.

        Returns:
            The missed class and the false one of each, at most `limit`.
        """
        order = np.argsort(-self.residual.ravel(), kind="stable")[: min(limit, self.more)]
        missed, false = np.unravel_index(order, self.independent.shape)
        return missed, false

    @property
    def _elsewhere(self) -> tuple[Float[np.ndarray, "C C"], Float[np.ndarray, "C C"]]:
        """The counts of all other cells, and what these would be by `independent`; one is added."""
        return (
            self.swapped.sum() - self.swapped + 1.0,
            self.independent.sum() - self.independent + 1.0,
        )

    @cached_property
    def _more(self) -> Float[np.ndarray, "C C"]:
        return self._tail(nbinom.sf, self.swapped - 1)

    def _tail(
        self, side: Callable[..., np.ndarray], count: Int[np.ndarray, "C C"]
    ) -> Float[np.ndarray, "C C"]:
        met, alone = self._elsewhere
        return np.asarray(side(count, met, alone / (alone + self.independent)))


def count_confusions(
    targets: Bool[np.ndarray, "N C"], calls: Bool[np.ndarray, "N C"]
) -> Confusions:
    """Count what was false where what was missed.

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
        independent=_independent(targets, missed, false),
    )


def confused_rows(
    targets: Bool[np.ndarray, "N C"],
    calls: Bool[np.ndarray, "N C"],
    *,
    missed: int | None,
    false: int | None,
) -> Int[np.ndarray, " n"]:
    """Return the samples of one cell, ascending; None stands for nothing missed, nothing false."""
    misses, falses = targets & ~calls, calls & ~targets
    lost = ~misses.any(axis=1) if missed is None else misses[:, missed]
    put = ~falses.any(axis=1) if false is None else falses[:, false]
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


def _independent(targets: np.ndarray, missed: np.ndarray, false: np.ndarray) -> np.ndarray:
    """Rate of missing a x rate of calling b falsely x the samples that carry a and not b."""
    carried, free = targets.sum(axis=0), (~targets).sum(axis=0)
    miss_rate = missed.sum(axis=0) / np.maximum(carried, 1)
    false_rate = false.sum(axis=0) / np.maximum(free, 1)
    return np.asarray(np.outer(miss_rate, false_rate) * _pairs(targets, ~targets))
