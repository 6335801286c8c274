"""What a step of a resampling plan is: copies per row in, copies per row out.

Axes: N rows of a split, C classes.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Bool, Float, Int

from hpa_core.settings import check_settings

Copies = Int[np.ndarray, " N"]
Targets = Bool[np.ndarray, "N C"]


@dataclass(frozen=True, kw_only=True)
class Step(ABC):
    """One step; its fields are declared by `setting` and checked at construction.

    Attributes:
        kind: its name in files, forms and on the command line.
        description: one sentence on what it does.

    Raises:
        ConfigError: at construction, naming the field, what it takes and what was found.
    """

    kind: ClassVar[str]
    description: ClassVar[str]

    def __post_init__(self) -> None:
        check_settings(self)

    @abstractmethod
    def apply(self, copies: Copies, targets: Targets, *, rng: np.random.Generator) -> Copies:
        """Return how often each row is shown after this step.

        Args:
            copies: how often each is shown before it, at least 0; left as they are.
            targets: the rows' labels.
            rng: of everything that is drawn.
        """

    def to_dict(self) -> dict[str, Any]:
        """Return `step`, the kind, and the fields as values that JSON has."""
        values = {name: _jsonable(value) for name, value in asdict(self).items()}
        return {"step": self.kind, **values}


def round_by_lot(wanted: Float[np.ndarray, " N"], rng: np.random.Generator) -> Copies:
    """Round each number down or up, up with the chance of its fraction.

    One systematic draw over the rows in random order, equal fractions together: the rows with one
    fraction get their expected sum to within one, where separate throws would scatter it.
    """
    wanted = wanted.round(9)  # 1.1 * 10 is 11, not a little more
    rounded: np.ndarray = np.floor(wanted).astype(np.int64)
    rows = rng.permutation(np.flatnonzero(wanted > rounded))
    fractions = wanted[rows] - rounded[rows]
    order = np.argsort(fractions, kind="stable")
    reached = np.floor(np.cumsum(fractions[order]) + rng.random())
    rounded[rows[order]] += np.diff(reached, prepend=0).astype(np.int64)
    return rounded


def largest_of_row(
    targets: Targets, values: Mapping[int, float], *, default: float
) -> Float[np.ndarray, " N"]:
    """Return the largest value of the classes that each row carries; `default` if it has none."""
    largest = np.full(len(targets), default)
    for number, value in sorted(values.items(), key=lambda item: item[1]):
        largest[targets[:, number]] = value
    return largest


def alone(targets: Targets) -> Bool[np.ndarray, " N"]:
    """Return which rows carry one label only."""
    only: np.ndarray = np.count_nonzero(targets, axis=1) == 1
    return only


def _jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): item for key, item in value.items()}
    return value
