"""One class's score axis: how many lie where, and which samples show each stretch of it.

Axes: N samples, B bins. Bins are even in the score, in its log-odds or in its rank: most scores of
a rare class crowd at 0, where an axis of scores shows nothing. They are so on either side of the
threshold, which is an edge: whatever lies in one bin is called, or is not.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from jaxtyping import Bool, Float, Int

from hpa_core.evaluation.recalibration import log_odds

Scale = Literal["log-odds", "score", "rank"]
SCALES: tuple[Scale, ...] = get_args(Scale)


@dataclass(frozen=True, kw_only=True)
class Spectrum:
    """The axis of one class.

    Attributes:
        edges: of the bins on the axis, ascending, (B + 1,); the threshold is one of them, unless
            all or none are called.
        scores: the scores that the edges stand for, (B + 1,).
        bins: of each sample, (N,).
        places: of each sample on the axis, (N,).
        threshold: its place on the axis; a call is a sample beyond it.
        positives, negatives: samples of each bin, (B,).
    """

    edges: Float[np.ndarray, " B+1"]
    scores: Float[np.ndarray, " B+1"]
    bins: Int[np.ndarray, " N"]
    places: Float[np.ndarray, " N"]
    threshold: float
    positives: Int[np.ndarray, " B"]
    negatives: Int[np.ndarray, " B"]


def lay_out_scores(
    scores: Float[np.ndarray, " N"],
    targets: Bool[np.ndarray, " N"],
    threshold: float,
    *,
    scale: Scale = "log-odds",
    bins: int = 24,
) -> Spectrum:
    """Lay the samples along one class's axis.

    Args:
        scores: of the class, in [0, 1], N at least 1.
        targets: who carries it.
        threshold: of its calls.
        scale: what the axis is even in.
        bins: how many stretches it is cut into.
    """
    ordered = np.sort(scores.astype(np.float64))
    places = _place(scores, ordered, scale)
    bound = float(_place(np.array([threshold]), ordered, scale)[0])
    called = scores.astype(np.float64) > threshold
    edges, cut = _edges(places, called, bound, bins)
    of_each = np.clip(np.searchsorted(edges, places, side="right") - 1, 0, bins - 1)
    # Who scores the threshold itself is not called, nor may rounding carry anyone across it.
    of_each = np.where(called, np.maximum(of_each, cut), np.minimum(of_each, cut - 1))
    counts = [np.bincount(of_each[held], minlength=bins) for held in (targets, ~targets)]
    return Spectrum(
        edges=edges,
        scores=_scores_at(edges, ordered, scale),
        bins=of_each,
        places=places,
        threshold=bound,
        positives=counts[0],
        negatives=counts[1],
    )


def pick_along(
    spectrum: Spectrum, among: Bool[np.ndarray, " N"], *, each: int = 1
) -> Int[np.ndarray, " n"]:
    """Choose up to `each` samples of every bin, those nearest its middle, in order of place."""
    middles = (spectrum.edges[1:] + spectrum.edges[:-1]) / 2
    held = np.flatnonzero(among)
    away = np.abs(spectrum.places[held] - middles[spectrum.bins[held]])
    nearest = held[np.lexsort((away, spectrum.bins[held]))]
    starts = np.searchsorted(spectrum.bins[nearest], spectrum.bins[nearest])
    chosen = nearest[np.arange(len(nearest)) - starts < each]
    return np.asarray(chosen[np.argsort(spectrum.places[chosen], kind="stable")])


def _edges(
    places: Float[np.ndarray, " N"], called: Bool[np.ndarray, " N"], bound: float, bins: int
) -> tuple[Float[np.ndarray, " B+1"], int]:
    """Cut the axis into bins, and return where those of called samples begin."""
    low, high = float(places.min()), float(places.max())
    high = high if high > low else low + 1
    if called.all() or not called.any():
        return np.linspace(low, high, bins + 1), 0 if called.all() else bins
    if bound <= low:  # Some score no more than the threshold: they get a bin before it.
        low = bound - (high - bound) / bins
    below = min(max(round(bins * (bound - low) / (high - low)), 1), bins - 1)
    before = np.linspace(low, bound, below + 1)
    return np.append(before[:-1], np.linspace(bound, high, bins - below + 1)), below


def _place(
    scores: Float[np.ndarray, " n"], ordered: Float[np.ndarray, " N"], scale: Scale
) -> Float[np.ndarray, " n"]:
    """Where scores lie on the axis; as a rank, the share of all samples that score no higher."""
    match scale:
        case "score":
            return scores.astype(np.float64)
        case "log-odds":
            return log_odds(np.clip(scores.astype(np.float64), 1e-6, 1 - 1e-6))
        case "rank":
            return np.asarray(np.searchsorted(ordered, scores, side="right") / len(ordered))


def _scores_at(
    edges: Float[np.ndarray, " E"], ordered: Float[np.ndarray, " N"], scale: Scale
) -> Float[np.ndarray, " E"]:
    match scale:
        case "score":
            return edges
        case "log-odds":
            return np.asarray(1 / (1 + np.exp(-edges)))
        case "rank":
            places = np.ceil(np.clip(edges, 0, 1) * len(ordered)).astype(int) - 1
            return np.asarray(ordered[np.maximum(places, 0)])
