"""The labels most worth a second look, in order, each with its reason.

Axes: N samples, C classes, n suspicious cells, k neighbours.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.special import expit

from hpa_core.evaluation.metrics import f1_from_counts
from hpa_core.evaluation.optimum import best_of_class
from hpa_core.evaluation.suspicious.evidence import error_log_odds

Order = Literal["gain", "suspicion"]
Kind = Literal["missing", "surplus"]
NEIGHBOURS = 10
LIMIT = 1_000
NEGLIGIBLE = 0.005
"""Below it nothing speaks against a label: at two decimals its suspicion would read 0.00."""

PARTNER_SUSPICION = 0.05
"""A cell is told as the other half of a mix-up from this suspicion on."""


@dataclass(frozen=True, kw_only=True)
class Suspicions:
    """Cells (sample, class) whose label is probably wrong, the first to look at first.

    Attributes:
        row: the sample's row in what was ranked, (n,).
        class_id: (n,).
        missing: whether the label is not there and should be; else it is there and should not.
        suspicion: probability that the label is wrong, as far as scores and neighbours tell, in
            [0, 1]; a network that is unsure of a class makes right labels suspicious too.
        gain: what macro F1 gains on average by correcting it, `suspicion` x the change if it is
            wrong. Negative where calls agree with the wrong label: they were rewarded for it.
        prob: the score.
        contradicted: whether the call of that score is not the label.
        rank: how many of the N samples score higher in the class, from 0.
        alike: how many other samples are with this label (or without it, where it is missing).
        beyond: how many of them have a score that contradicts it less.
        votes: how many of the `neighbours` carry the class; -1 without neighbours.
        partner: where this looks like one class in the place of another, the other one: the
            sample's most suspicious cell of the other kind. -1 where none is suspicious.
        samples: N.
        neighbours: k; 0 where none had a say.
    """

    row: Int[np.ndarray, " n"]
    class_id: Int[np.ndarray, " n"]
    missing: Bool[np.ndarray, " n"]
    suspicion: Float[np.ndarray, " n"]
    gain: Float[np.ndarray, " n"]
    prob: Float[np.ndarray, " n"]
    contradicted: Bool[np.ndarray, " n"]
    rank: Int[np.ndarray, " n"]
    alike: Int[np.ndarray, " n"]
    beyond: Int[np.ndarray, " n"]
    votes: Int[np.ndarray, " n"]
    partner: Int[np.ndarray, " n"]
    samples: int
    neighbours: int

    def kind(self, place: int) -> Kind:
        """Name what is wrong with the label at `place`."""
        return "missing" if self.missing[place] else "surplus"


def rank_suspicious(  # noqa: PLR0913 - the keyword-only choices of one ranking
    probs: Float[np.ndarray, "N C"],
    targets: Bool[np.ndarray, "N C"],
    nearest: Int[np.ndarray, "N k"] | None = None,
    *,
    against: Float[np.ndarray, "N C"] | None = None,
    calls: Bool[np.ndarray, "N C"] | None = None,
    among: Int[np.ndarray, " m"] | None = None,
    order: Order = "gain",
    least: float = 0,
    limit: int | None = LIMIT,
) -> Suspicions:
    """Rank the labels by how probably they are wrong, or by what correcting them gains.

    The scores must be of images that the network did not learn from (a validation split, or folds
    put together): a network believes the wrong labels that it has learnt.

    Args:
        probs: (N, C) in [0, 1].
        targets: the labels that are questioned.
        nearest: the rows most like each (`nearest_rows`), which then have a say.
        against: `error_log_odds` of these arrays, where that is known already: most of the work.
        calls: what the classes' F1 is of; by default each class's best calls on these samples.
        among: the rows whose labels are listed; all by default. Every label is evidence.
        order: `gain` puts first what changes macro F1 most, rare classes first among equals;
            `suspicion` what is most probably wrong.
        least: the suspicion from which on a label is listed, in [0, 1].
        limit: how many cells at most; all of them if None.

    Raises:
        ScoresError: a score is NaN or outside [0, 1], or there is no sample.
    """
    if against is None:
        against = error_log_odds(probs, targets, nearest)
    suspicion = expit(against)
    calls = _best_calls(probs, targets) if calls is None else calls
    gains = suspicion * correction_gains(targets, calls)
    asked = suspicion >= least
    if among is not None:
        asked &= np.isin(np.arange(len(probs)), among)[:, None]
    cells = _first(gains if order == "gain" else against, against, asked, limit)
    rows, classes = np.unravel_index(cells, probs.shape)
    alike, beyond = _alike(probs, targets, rows, classes)
    return Suspicions(
        row=rows,
        class_id=classes,
        missing=~targets[rows, classes],
        suspicion=suspicion[rows, classes],
        gain=gains[rows, classes],
        prob=probs[rows, classes],
        contradicted=(calls != targets)[rows, classes],
        rank=_ranks(probs, rows, classes),
        alike=alike,
        beyond=beyond,
        votes=_votes(targets, nearest, rows, classes),
        partner=_partners(suspicion, targets, rows, classes),
        samples=len(probs),
        neighbours=0 if nearest is None else nearest.shape[1],
    )


def order_samples(
    probs: Float[np.ndarray, "N C"],
    targets: Bool[np.ndarray, "N C"],
    nearest: Int[np.ndarray, "N k"] | None = None,
    *,
    calls: Bool[np.ndarray, "N C"] | None = None,
) -> Int[np.ndarray, " N"]:
    """Return all rows, each where `rank_suspicious` by gain would first list a label of it.

    Args:
        probs: as `rank_suspicious` takes it, and so the others.
        targets: the labels that are questioned.
        nearest: the rows most like each.
        calls: what the classes' F1 is of.

    Raises:
        ScoresError: a score is NaN or outside [0, 1], or there is no sample.
    """
    against = error_log_odds(probs, targets, nearest)
    calls = _best_calls(probs, targets) if calls is None else calls
    gains = expit(against) * correction_gains(targets, calls)
    most = gains.max(axis=1)
    ties = np.where(gains == most[:, None], against, -np.inf).max(axis=1)
    return np.asarray(np.lexsort((-ties, -most)))


def correction_gains(
    targets: Bool[np.ndarray, "N C"], calls: Bool[np.ndarray, "N C"]
) -> Float[np.ndarray, "N C"]:
    """Return what macro F1 gains if the label of one cell alone is turned round.

    >>> truth, calls = np.array([[True], [False]]), np.array([[True], [True]])
    >>> correction_gains(truth, calls).round(3).ravel().tolist()
    [-0.667, 0.333]
    """
    tp, positives, called = (cells.sum(axis=0) for cells in (targets & calls, targets, calls))
    now = f1_from_counts(tp, positives, called)
    turned = np.where(targets, -1, 1)
    then = f1_from_counts(tp + turned * calls, positives + turned, called)
    return np.asarray((then - now) / targets.shape[1])


def _best_calls(probs: np.ndarray, targets: np.ndarray) -> Bool[np.ndarray, "N C"]:
    """Return the calls of each class's best threshold on these very labels."""
    pairs = zip(probs.T, targets.T, strict=True)
    return np.asarray(probs > np.array([best_of_class(*pair)[0] for pair in pairs]))


def _first(
    keys: np.ndarray, against: np.ndarray, asked: np.ndarray, limit: int | None
) -> Int[np.ndarray, " n"]:
    """Return the cells of highest key; of equal ones the more suspicious first, then by place."""
    cells = np.flatnonzero(asked)
    if limit and limit < len(cells):
        held = keys.ravel()[cells]
        cells = cells[held >= np.partition(held, len(held) - limit)[len(held) - limit]]
    order = np.lexsort((-against.ravel()[cells], -keys.ravel()[cells]))
    return np.asarray(cells[order][:limit])


def _ranks(probs: np.ndarray, rows: np.ndarray, classes: np.ndarray) -> Int[np.ndarray, " n"]:
    """Count the samples that score higher in the class."""
    ranks = np.zeros(len(rows), dtype=np.int64)
    for number, mine in _by_class(classes):
        column = np.sort(probs[:, number])
        ranks[mine] = len(column) - np.searchsorted(column, probs[rows[mine], number], "right")
    return ranks


def _alike(
    probs: np.ndarray, targets: np.ndarray, rows: np.ndarray, classes: np.ndarray
) -> tuple[Int[np.ndarray, " n"], Int[np.ndarray, " n"]]:
    """Count the other samples that are labelled alike, and those whose score fits better."""
    others, beyond = np.zeros((2, len(rows)), dtype=np.int64)
    for number, mine in _by_class(classes):
        carried = targets[rows[mine], number]
        for held in (False, True):
            asked = mine[carried == held]
            alike = np.sort(probs[targets[:, number] == held, number])
            scores = probs[rows[asked], number]
            below = np.searchsorted(alike, scores, "left")
            above = len(alike) - np.searchsorted(alike, scores, "right")
            others[asked], beyond[asked] = len(alike) - 1, above if held else below
    return others, beyond


def _by_class(classes: Int[np.ndarray, " n"]) -> Iterator[tuple[int, Int[np.ndarray, " m"]]]:
    """Yield each class that occurs, with the places where it does."""
    order = np.argsort(classes, kind="stable")
    numbers, starts = np.unique(classes[order], return_index=True)
    parts = np.split(order, starts)[1:]  # What comes before the first class is empty.
    yield from zip(numbers.tolist(), parts, strict=True)


def _votes(
    targets: np.ndarray, nearest: np.ndarray | None, rows: np.ndarray, classes: np.ndarray
) -> Int[np.ndarray, " n"]:
    """Count the neighbours of each cell's sample that carry its class."""
    if nearest is None:
        return np.full(len(rows), -1)
    return np.asarray(targets[nearest[rows], classes[:, None]].sum(axis=1))


def _partners(
    suspicion: np.ndarray, targets: np.ndarray, rows: np.ndarray, classes: np.ndarray
) -> Int[np.ndarray, " n"]:
    """Return each cell's most suspicious counterpart in its sample, of the other kind."""
    by_kind = [np.where(carried, suspicion, 0) for carried in (targets, ~targets)]
    first = [_clearly_first(held) for held in by_kind]
    return np.asarray(np.where(targets[rows, classes], first[1][rows], first[0][rows]))


def _clearly_first(held: Float[np.ndarray, "N C"]) -> Int[np.ndarray, " N"]:
    """Return the most suspicious class of each sample; -1 where even that is hardly so."""
    return np.where(held.max(axis=1) >= PARTNER_SUSPICION, held.argmax(axis=1), -1)
