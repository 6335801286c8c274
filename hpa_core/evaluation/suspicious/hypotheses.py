"""What may be wrong with the labels of one sample: one lost, one set by mistake, or two swapped.

Axes: N samples, C classes. Each mistake is weighed against the labels being right, by Bayes' rule:
how often it is made, times how much likelier it makes the label set. Two things are learnt from the
label sets themselves. How many labels samples carry: where none is without one, a sample's only
label cannot have been set by mistake, only in the place of another. And how often that happens: a
sample with one label either shows its class among all others as its scores say, or carries it
at random. Scores that confuse two classes would look like swapped labels, so how much they
are worth in this choice is fitted beside it.

References:
    Northcutt, Jiang, Chuang (2021), Confident learning: estimating uncertainty in dataset labels
    (noise that depends on the class).
    Dempster, Laird, Rubin (1977), Maximum likelihood from incomplete data via the EM algorithm.
"""

import numpy as np
from jaxtyping import Bool, Float
from scipy.optimize import minimize_scalar
from scipy.special import expit, log_softmax

from hpa_core.evaluation.suspicious.calibration import ErrorRates, usual_shares

MOST_LABELS = 6
"""Samples with more labels count as with so many."""

UNSEEN_SHARE = 0.01
"""A number of labels that no sample has counts as if a hundredth of a sample had it."""

FIRST_SWAPPED, LEAST_SWAPPED = 0.03, 0.0005
ROUNDS = 40
MOST_ASKED = 4_000
FEWEST_ASKED = 30
SHARPNESS = (0.2, 2.0)


def mistake_log_odds(
    presence: Float[np.ndarray, "N C"], targets: Bool[np.ndarray, "N C"], rates: ErrorRates
) -> Float[np.ndarray, "N C"]:
    """Return the log-odds that each cell is wrong: by itself, or as one half of a swap.

    Args:
        presence: log-odds of the class being there, whatever the labels say.
        targets: the labels.
        rates: how often labels are lost and set by mistake.
    """
    usual = np.log(usual_shares(targets))
    more, fewer = size_steps(presence, targets)
    lost = presence + more[:, None] + np.log(rates.lost)
    mistaken = usual - presence + fewer[:, None] + np.log(rates.mistaken)
    gone = np.where(targets, log_softmax(usual) - presence, -np.inf)
    come = np.where(targets, -np.inf, presence)
    half, others = np.where(targets, gone, come), np.where(targets, _total(come), _total(gone))
    often = np.log(swapped_share(presence, targets) / np.maximum(targets.sum(axis=1), 1))
    alone = np.where(targets, mistaken, lost)
    return np.asarray(np.logaddexp(alone, often[:, None] + half + others))


def size_steps(
    presence: Float[np.ndarray, "N C"], targets: Bool[np.ndarray, "N C"]
) -> tuple[Float[np.ndarray, " N"], Float[np.ndarray, " N"]]:
    """Return how much likelier one label more, and one fewer, is than classes by themselves say.

    Samples with so many labels are counted, and how many there would be if each class came and
    went without regard to the others.

    Returns:
        Log ratios, both (N,).
    """
    sizes = np.minimum(targets.sum(axis=1), MOST_LABELS)
    seen = np.bincount(sizes, minlength=MOST_LABELS + 1)
    expected = _size_shares(expit(presence)).sum(axis=1)
    excess = np.log((seen + UNSEEN_SHARE) / (expected + 1))
    excess[0] = min(excess[0], 0)  # More samples without a label than expected: some lost theirs.
    more = excess[np.minimum(sizes + 1, MOST_LABELS)] - excess[sizes]
    fewer = excess[np.maximum(sizes - 1, 0)] - excess[sizes]
    return more, fewer


def swapped_share(presence: Float[np.ndarray, "N C"], targets: Bool[np.ndarray, "N C"]) -> float:
    """Return the share of the samples with one label that carry it in the place of another.

    Where only a few samples have one label the least share is returned, which hardly speaks.
    """
    rows = np.flatnonzero(targets.sum(axis=1) == 1)
    if len(rows) < FEWEST_ASKED:
        return LEAST_SWAPPED
    rows = rows[:: len(rows) // MOST_ASKED + 1]
    carried = targets[rows].argmax(axis=1)
    usual = usual_shares(targets)
    chance = (usual / usual.sum())[carried]

    def told(sharpness: float) -> Float[np.ndarray, " n"]:
        found = log_softmax(sharpness * presence[rows], axis=1)
        return np.asarray(np.exp(found[np.arange(len(rows)), carried]))

    def loss(sharpness: float) -> float:
        own = told(sharpness)
        share = _random_share(own, chance)
        return -float(np.log((1 - share) * own + share * chance).mean())

    best = minimize_scalar(loss, bounds=SHARPNESS, method="bounded", options={"xatol": 0.01})
    return max(_random_share(told(best.x), chance), LEAST_SWAPPED)


def _random_share(own: Float[np.ndarray, " n"], chance: Float[np.ndarray, " n"]) -> float:
    share = FIRST_SWAPPED
    for _ in range(ROUNDS):
        random = share * chance
        share = float((random / (random + (1 - share) * own)).mean())
    return share


def _size_shares(probs: Float[np.ndarray, "N C"]) -> Float[np.ndarray, "K N"]:
    """Return how probable each number of labels is, of classes that know nothing of each other."""
    shares = np.zeros((MOST_LABELS + 1, len(probs)))
    shares[0] = 1
    for there in probs.T:
        raised = shares[:-1] * there
        shares[:-1] -= raised
        shares[1:] += raised
    return shares


def _total(log_odds: Float[np.ndarray, "N C"]) -> Float[np.ndarray, "N 1"]:
    """Return the logarithm of their sum; `logaddexp.reduce` takes six times as long."""
    most = log_odds.max(axis=1, keepdims=True)
    most[np.isneginf(most)] = 0
    with np.errstate(divide="ignore"):  # Where all are -inf, so is their sum.
        return np.asarray(most + np.log(np.exp(log_odds - most).sum(axis=1, keepdims=True)))
