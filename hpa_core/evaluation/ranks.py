"""Scores as ranks: every class on one scale, and the cuts worth trying along it.

Axes: N samples, C classes, K cuts; a bin is what lies between one cut and the next. What one
model calls 0.02 another calls 0.6; the share of samples ranked above is the same in both. So
what is learnt of one class's positives can be used for another's.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.special import logit, ndtri

from hpa_core.evaluation.optimum import between

EACH_UP_TO = 60
"""So many of the highest scores are cuts of their own; below, cuts lie 3 % of their rank apart."""

STEP = 1.03


@dataclass(frozen=True, kw_only=True)
class RankedScores:
    """Every class's scores, highest first, and its positives counted between cuts.

    Attributes:
        ordered: the scores of each class, highest first, (N, C).
        cuts: a cut k calls the k highest scores, (K,), ascending, the last one all N.
        called: calls of each class at each cut, tied scores included, (C, K).
        sizes: samples in each bin, (K,).
        found: positives in each bin; tied scores share their middle rank, (C, K).
        positives: positives of each class, (C,).
        z: the normal score -ndtri(rank / N) at the middle of each bin, (K,).
        z_cut: the same at each cut, (K,); minus infinity at the last.
        log_odds: mean log-odds of the scores in each bin, (C, K).
    """

    ordered: Float[np.ndarray, "N C"]
    cuts: Int[np.ndarray, " K"]
    called: Int[np.ndarray, "C K"]
    sizes: Int[np.ndarray, " K"]
    found: Float[np.ndarray, "C K"]
    positives: Int[np.ndarray, " C"]
    z: Float[np.ndarray, " K"]
    z_cut: Float[np.ndarray, " K"]
    log_odds: Float[np.ndarray, "C K"]

    def thresholds(self, places: Int[np.ndarray, " C"]) -> Float[np.ndarray, " C"]:
        """Return the threshold of each class that calls as `called` says at its place."""
        found = []
        for class_id, place in enumerate(places.tolist()):
            column, calls = self.ordered[:, class_id], int(self.called[class_id, place])
            lower = float(column[calls]) if calls < len(column) else 0.0
            found.append(between(lower, float(column[calls - 1])))
        return np.array(found)

    def with_ties(self, curves: Float[np.ndarray, "C K"]) -> Float[np.ndarray, "C K"]:
        """Read curves over `cuts` at the calls that ties really make."""
        pairs = zip(self.called, curves, strict=True)
        return np.array([np.interp(called, self.cuts, curve) for called, curve in pairs])


def rank_scores(probs: Float[np.ndarray, "N C"], targets: Bool[np.ndarray, "N C"]) -> RankedScores:
    """Sort every class once and count its positives along the ranks.

    Args:
        probs: (N, C) in [0, 1], N at least 1.
        targets: the truth, (N, C).
    """
    samples = len(probs)
    cuts = rank_cuts(samples)
    ordered, truth = _highest_first(probs, targets)
    columns = [_count_ties(*pair, cuts=cuts) for pair in zip(ordered, truth, strict=True)]
    edges = np.append(0, cuts)
    return RankedScores(
        ordered=ordered.T,
        cuts=cuts,
        called=np.array([called for called, _ in columns]),
        sizes=np.diff(edges),
        found=np.array([found for _, found in columns]),
        positives=targets.sum(axis=0),
        z=-ndtri((edges[1:] + edges[:-1]) / 2 / samples),
        z_cut=-ndtri(cuts / samples),
        log_odds=_bin_means(_log_odds(ordered), edges),
    )


def rank_cuts(samples: int) -> Int[np.ndarray, " K"]:
    """Return the numbers of calls that are tried, ascending.

    >>> rank_cuts(70).tolist()[-4:]
    [65, 66, 68, 70]
    """
    each = np.arange(1, min(samples, EACH_UP_TO) + 1)
    if samples <= EACH_UP_TO:
        return each
    steps = int(np.ceil(np.log(samples / EACH_UP_TO) / np.log(STEP)))
    steps = min(steps, samples - EACH_UP_TO)
    apart = np.round(np.geomspace(EACH_UP_TO, samples, steps + 1)).astype(np.int64)
    return np.unique(np.concatenate([each, apart]))


def _highest_first(
    probs: Float[np.ndarray, "N C"], targets: Bool[np.ndarray, "N C"]
) -> tuple[Float[np.ndarray, "C N"], Bool[np.ndarray, "C N"]]:
    """Sort every class's scores with their truth, which rides below the last bit of the score.

    Non-negative floats are ordered as their bits are; their sign makes room for the truth. That
    takes a quarter of the time of sorting places. Adding 0 turns -0.0 into 0.0.
    """
    scores = np.ascontiguousarray(probs.T) + probs.dtype.type(0)
    keys = scores.view(f"u{probs.itemsize}") << 1 | targets.T
    keys.sort(axis=1)
    keys = keys[:, ::-1]
    return (keys >> 1).view(probs.dtype), (keys & 1).astype(bool)


def _count_ties(
    scores: Float[np.ndarray, " N"], truth: Bool[np.ndarray, " N"], *, cuts: Int[np.ndarray, " K"]
) -> tuple[Int[np.ndarray, " K"], Float[np.ndarray, " K"]]:
    """Return the calls at each cut and the positives in each bin of one class."""
    starts = np.flatnonzero(np.append(True, scores[1:] != scores[:-1]))
    ends = np.append(starts[1:], len(scores))
    tie = np.repeat(np.arange(len(starts)), ends - starts)
    middle = (starts + ends) / 2
    bins = np.searchsorted(cuts, middle[tie[truth]])
    return ends[tie[cuts - 1]], np.bincount(bins, minlength=len(cuts)).astype(np.float64)


def _bin_means(
    values: Float[np.ndarray, "C N"], edges: Int[np.ndarray, " K+1"]
) -> Float[np.ndarray, "C K"]:
    return np.asarray(np.add.reduceat(values, edges[:-1], axis=1) / np.diff(edges))


def _log_odds(scores: Float[np.ndarray, "C N"]) -> Float[np.ndarray, "C N"]:
    return np.asarray(logit(np.clip(scores.astype(np.float64), 1e-9, 1 - 1e-9)))
