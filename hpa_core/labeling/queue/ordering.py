"""In which order samples are worth a person's time. Arrays and ids in, ids out, best first.

Axes: N samples, C classes (28).
"""

from collections.abc import Callable, Mapping
from hashlib import sha256

import numpy as np
from jaxtyping import Bool, Float

from hpa_core.labeling.events import Labels, Place
from hpa_core.labeling.state import SampleState


def by_uncertainty(
    ids: np.ndarray, probs: Float[np.ndarray, "N C"], calls: Bool[np.ndarray, "N C"]
) -> list[str]:
    """Put first where the model expects most of its calls to be wrong.

    A call is wrong with probability 1 - p where it is positive and p where it is not, if the
    probabilities are calibrated; these are summed over the classes.

    >>> ids, probs = np.array(["sure", "torn"]), np.array([[0.9, 0.1], [0.5, 0.4]])
    >>> by_uncertainty(ids, probs, probs >= 0.5)
    ['torn', 'sure']
    """
    wrong = np.where(calls, 1 - probs, probs).sum(axis=1)
    return _descending(ids, wrong)


def by_rarity(
    ids: np.ndarray, chances: Float[np.ndarray, "N C"], targets: Bool[np.ndarray, "N C"]
) -> list[str]:
    """Put first what is likely to add most to the positives of rare classes.

    Each class is worth one part of the positives that it has; a sample is worth the sum over its
    classes, each by its chance.

    Args:
        ids: (N,) of str.
        chances: probabilities of a model, or the labels as 0 and 1.
        targets: the labels in force, to count positives.

    >>> targets = np.array([[True, False], [True, False], [False, True]])
    >>> by_rarity(np.array(["a", "b", "c"]), targets.astype(float), targets)
    ['c', 'a', 'b']
    """
    worth = 1 / (targets.sum(axis=0) + 1)
    return _descending(ids, chances @ worth)


def by_disagreement(opinions: Mapping[Place, SampleState]) -> list[str]:
    """Return the samples that people see differently, most differing classes first.

    A sample that a reviewer has settled is not among them.
    """
    differing = {
        sample: len(set().union(*parts)) - len(parts[0].intersection(*parts))
        for sample, parts in _label_sets(opinions).items()
    }
    unlike = [(count, sample) for sample, count in differing.items() if count]
    return [sample for _, sample in sorted(unlike, key=lambda item: (-item[0], item[1]))]


def at_random(ids: np.ndarray, *, seed: int) -> list[str]:
    """Return a random order that depends on nothing but the ids and the seed."""
    draw = draws(seed)
    return sorted(map(str, ids), key=draw)


def draws(seed: int) -> Callable[[str], float]:
    """Return a function that gives every text a number of its own, uniform in [0, 1)."""

    def draw(text: str) -> float:
        digest = sha256(f"{seed}\t{text}".encode()).digest()
        return int.from_bytes(digest[:7], "big") / 2**56

    return draw


def _label_sets(opinions: Mapping[Place, SampleState]) -> dict[str, list[set[int]]]:
    settled = {sample for (sample, _), state in opinions.items() if state.decision == "adjudicate"}
    sets: dict[str, list[set[int]]] = {}
    for (sample, _), state in opinions.items():
        labels: Labels | None = state.labels
        if labels is not None and sample not in settled:
            sets.setdefault(sample, []).append(set(labels))
    return sets


def _descending(ids: np.ndarray, values: Float[np.ndarray, " N"]) -> list[str]:
    order = np.argsort(-values, kind="stable")
    return [str(sample) for sample in ids[order]]
