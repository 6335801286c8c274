"""The ids of samples, with what follows from them alone; shared by every threshold set's samples.

Axes: N samples in any order.
"""

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Int

ATLAS_ID = re.compile(r"([0-9]+)_([0-9]+)_([A-Z]+[0-9]+)_([0-9]+).*")
"""An id of the Human Protein Atlas: antibody, plate, well, image."""


@dataclass(frozen=True, eq=False)
class Identities:
    """Sample ids, (N,) of str; what follows from them is worked out once."""

    ids: np.ndarray

    @cached_property
    def rank(self) -> Int[np.ndarray, " N"]:
        """Each one's place in the order of the ids."""
        rank = np.empty(len(self.ids), dtype=np.int64)
        rank[np.argsort(self.ids, kind="stable")] = np.arange(len(self.ids))
        return rank

    @cached_property
    def place_of(self) -> dict[str, int]:
        """The place of each id among the samples."""
        return {sample_id: place for place, sample_id in enumerate(self.ids.tolist())}

    @cached_property
    def lowered(self) -> np.ndarray:
        """The ids in lower case."""
        return np.char.lower(self.ids)

    @cached_property
    def atlas_parts(self) -> np.ndarray:
        """Antibody and plate that each id of the atlas names, (N, 2) of str; else both empty."""
        parts = [atlas_parts(sample_id) for sample_id in self.ids.tolist()]
        return np.array(parts, dtype=str).reshape(-1, 2)

    @cached_property
    def antibodies(self) -> tuple[str, ...]:
        """Those that the ids of the atlas name, each once, by number."""
        return _named(self.atlas_parts[:, 0])

    @cached_property
    def plates(self) -> tuple[str, ...]:
        """Those that the ids of the atlas name, each once, by number."""
        return _named(self.atlas_parts[:, 1])


def _named(numbers: np.ndarray) -> tuple[str, ...]:
    return tuple(sorted(filter(None, np.unique(numbers).tolist()), key=int))


def atlas_parts(sample_id: str) -> tuple[str, str]:
    """Return the antibody and the plate that an id of the atlas names; else both empty.

    >>> atlas_parts("10005_921_B9_2"), atlas_parts("demo-01203")
    (('10005', '921'), ('', ''))
    """
    match = ATLAS_ID.fullmatch(sample_id)
    return (match[1], match[2]) if match else ("", "")
