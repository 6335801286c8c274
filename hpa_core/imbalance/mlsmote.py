"""MLSMOTE: synthetic rows for the rare classes, made in feature space; and plain copies.

Axes: N rows, E features, C classes, M rows made. A row is made from a seed, which carries a rare
class, and one of its k nearest neighbours in that class's bag (all rows that carry it): its
features lie on the segment between the two, its labels follow from those of seed and neighbours.

Where the paper leaves a choice: the bags hold real rows only, so the order of the classes does not
matter; one random number a row, not one a feature, so that a row lies on the segment; and of the
paper's two wordings of its ranking rule ("half or more" in the text, "more than half" in the
listing) the text's.

References:
    Charte, Rivera, del Jesus, Herrera: MLSMOTE: Approaching imbalanced multilabel learning through
    synthetic instance generation, Knowledge-Based Systems 89 (2015).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from hpa_core.errors import ConfigError
from hpa_core.imbalance.measures import class_counts, imbalance_ratios, mean_ratio

LABEL_RULES = {
    "ranking": "those that at least half of seed and neighbours carry",
    "union": "those that any of them carries",
    "intersection": "those that all of them carry",
}
"""How a synthetic row is labelled."""


@dataclass(frozen=True, kw_only=True)
class MadeRows:
    """Rows to add to a training set, and the rows they come from.

    Attributes:
        features: (M, E).
        targets: (M, C).
        seeds: the row that each was made from, (M,).
        neighbours: the row at the segment's other end, (M,); the seed itself for a copy.
    """

    features: Float[np.ndarray, "M E"]
    targets: Bool[np.ndarray, "M C"]
    seeds: Int[np.ndarray, " M"]
    neighbours: Int[np.ndarray, " M"]


def minority_classes(targets: Bool[np.ndarray, "N C"]) -> Int[np.ndarray, " m"]:
    """Return the classes that occur and whose IRLbl lies above MeanIR.

    >>> minority_classes(np.array([[1, 0], [1, 0], [1, 1]], dtype=bool)).tolist()
    [1]
    """
    ratios = imbalance_ratios(class_counts(targets))
    return np.flatnonzero((ratios > mean_ratio(ratios)) & np.isfinite(ratios))


def synthesise(  # noqa: PLR0913 - the method's own parameters
    features: Float[np.ndarray, "N E"],
    targets: Bool[np.ndarray, "N C"],
    *,
    k: int = 5,
    rule: str = "ranking",
    times: int = 1,
    seed: int = 0,
) -> MadeRows:
    """Make synthetic rows for every minority class.

    Every row of a bag is a seed `times` times; a row in two bags is a seed in both. A class with
    a single row has no neighbour to interpolate with and gets none.

    Args:
        features: on scales that may be compared: distances are Euclidean.
        targets: the labels.
        k: neighbours looked at, at least 1; all others of a bag that has fewer.
        rule: one of `LABEL_RULES`.
        times: rows made of every seed, at least 1; the paper makes one.
        seed: the same seed gives the same rows.

    Raises:
        ConfigError: `k` or `times` is below 1, or there is no such rule.
    """
    if rule not in LABEL_RULES:
        raise ConfigError(f"The label rule is one of {', '.join(LABEL_RULES)}; found {rule!r}.")
    if k < 1:
        raise ConfigError(f"{k} neighbours cannot be looked at; expected at least 1.")
    rng = np.random.default_rng(seed)
    made = [
        _interpolated(features, targets, bag, k=k, rule=rule, times=times, rng=rng)
        for bag in _bags(targets, times)
    ]
    return _joined(made, features, targets)


def copy_seeds(
    features: Float[np.ndarray, "N E"], targets: Bool[np.ndarray, "N C"], *, times: int = 1
) -> MadeRows:
    """Copy exactly the rows that `synthesise` would take as seeds, as often.

    What interpolation adds to mere weight is the difference between the two.

    Raises:
        ConfigError: `times` is below 1.
    """
    bags = [np.repeat(bag, times) for bag in _bags(targets, times)]
    seeds = np.concatenate([*bags, np.empty(0, dtype=np.int64)])
    return MadeRows(features=features[seeds], targets=targets[seeds], seeds=seeds, neighbours=seeds)


def _bags(targets: Bool[np.ndarray, "N C"], times: int) -> Iterator[Int[np.ndarray, " n"]]:
    """Yield the rows of every minority class that has at least two."""
    if times < 1:
        raise ConfigError(f"Rows cannot be made {times} times of a seed; expected at least 1.")
    for label in minority_classes(targets):
        bag = np.flatnonzero(targets[:, label])
        if len(bag) > 1:
            yield bag


def _interpolated(  # noqa: PLR0913 - as above
    features: Float[np.ndarray, "N E"],
    targets: Bool[np.ndarray, "N C"],
    bag: Int[np.ndarray, " n"],
    *,
    k: int,
    rule: str,
    times: int,
    rng: np.random.Generator,
) -> MadeRows:
    near = bag[_nearest(features[bag], min(k, len(bag) - 1))]  # (n, k)
    labels = _labels(targets[bag] + targets[near].sum(axis=1), near.shape[1] + 1, rule)
    places = np.repeat(np.arange(len(bag)), times)
    seeds = bag[places]
    neighbours = near[places, rng.integers(near.shape[1], size=len(places))]
    share = rng.random((len(places), 1))
    return MadeRows(
        features=features[seeds] + share * (features[neighbours] - features[seeds]),
        targets=labels[places],
        seeds=seeds,
        neighbours=neighbours,
    )


def _nearest(features: Float[np.ndarray, "n E"], k: int) -> Int[np.ndarray, "n k"]:
    """Return every row's k nearest other rows, the nearest first."""
    from sklearn.neighbors import NearestNeighbors  # noqa: PLC0415 - a second to import

    search = NearestNeighbors(n_neighbors=k).fit(features)
    near: np.ndarray = search.kneighbors(return_distance=False)  # Without a query: never itself.
    return near


def _labels(counts: Int[np.ndarray, "n C"], instances: int, rule: str) -> Bool[np.ndarray, "n C"]:
    """Apply the rule to how many of `instances` rows carry each class."""
    needed = {"ranking": instances / 2, "union": 1, "intersection": instances}[rule]
    carried: np.ndarray = counts >= needed
    return carried


def _joined(
    made: list[MadeRows], features: Float[np.ndarray, "N E"], targets: Bool[np.ndarray, "N C"]
) -> MadeRows:
    rows = np.empty(0, dtype=np.int64)
    none = MadeRows(features=features[rows], targets=targets[rows], seeds=rows, neighbours=rows)
    columns = {name: [vars(part)[name] for part in (none, *made)] for name in vars(none)}
    return MadeRows(**{name: np.concatenate(parts) for name, parts in columns.items()})
