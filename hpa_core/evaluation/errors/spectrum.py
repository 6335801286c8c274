"""One class's score axis: how many lie where, and which samples show each stretch of it.

Axes: N samples, B bins. Bins are even in the score, in its log-odds or in its rank: most scores of
a rare class crowd at 0, where an axis of scores shows nothing.
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
        edges: of the bins on the axis, ascending, (B + 1,).
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
    low, high = float(places.min()), float(places.max())
    edges = np.linspace(low, high if high > low else low + 1, bins + 1)
    of_each = np.clip(np.searchsorted(edges, places, side="right") - 1, 0, bins - 1)
    counts = [np.bincount(of_each[held], minlength=bins) for held in (targets, ~targets)]
    return Spectrum(
        edges=edges,
        scores=_scores_at(edges, ordered, scale),
        bins=of_each,
        places=places,
        threshold=float(_place(np.array([threshold]), ordered, scale)[0]),
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
