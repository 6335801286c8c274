"""Leaks: samples of one split whose image also stands in another split.

A network that has learnt an image answers for its copy from memory, so the score of the copies'
split is too high.

Axes: C classes (28).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Int

from hpa_core.data.dataset import Dataset
from hpa_core.data.duplicates.known import Duplicates, known_duplicates
from hpa_core.data.folds import fold_split
from hpa_core.data.refusals import named_few
from hpa_core.errors import DatasetError

Kind = Literal["same", "exact", "near"]


@dataclass(frozen=True, kw_only=True)
class Leak:
    """One sample that has a copy on the other side.

    Attributes:
        scored: its id.
        learnt: the copy's id; its own where the sample itself is in both splits.
        kind: `same` sample, `exact` copy (image hash or pixels), or `near` (a search or a list).
    """

    scored: str
    learnt: str
    kind: Kind


@dataclass(frozen=True, kw_only=True, eq=False)
class Leaks:
    """What leaks from one split into another.

    Attributes:
        learnt: the split that is learnt from.
        scored: the split that is measured on.
        samples: how many the scored split has.
        leaks: those of them that leak, in row order.
        per_class: (28,) positives of the scored split that leak.
        positives: (28,) all positives of the scored split.
        searched: whether the images were searched for near copies; else only exact ones and those
            of imported lists are known.
    """

    learnt: str
    scored: str
    samples: int
    leaks: tuple[Leak, ...]
    per_class: Int[np.ndarray, " C"]
    positives: Int[np.ndarray, " C"]
    searched: bool

    @property
    def share(self) -> float:
        """Leaking samples over all samples of the scored split."""
        return len(self.leaks) / self.samples

    def of_kind(self, kind: Kind) -> tuple[Leak, ...]:
        """Return the leaks of one kind."""
        return tuple(leak for leak in self.leaks if leak.kind == kind)

    @property
    def sentence(self) -> str:
        """What must stand beside every score of the scored split; empty where nothing leaks."""
        own = len(self.of_kind("same"))
        copied = len(self.leaks) - own
        parts = []
        if own:
            parts.append(f"{own:,} of {self.samples:,} {self.scored} images were learnt from")
        if copied:
            have = "has" if copied == 1 else "have"
            images = f"{copied:,} of {self.samples:,} {self.scored} images"
            parts.append(f"{images} {have} a copy in {self.learnt}")
        return f"{' and '.join(parts)}: these scores are too high." if parts else ""


def find_leaks(known: Duplicates, learnt: str, scored: str) -> Leaks:
    """Tell which samples of the split `scored` have a copy in the split `learnt`.

    Args:
        known: the dataset's duplicates.
        learnt: a split, or `all`.
        scored: a split, or `all`.

    Raises:
        DatasetError: the dataset has no such split.
    """
    dataset = known.dataset
    rows, sources = dataset.rows(scored), dataset.rows(learnt)
    own = np.zeros(dataset.info.samples, dtype=bool)
    own[sources] = True
    leaking = {
        **_copies(known.grouping.group, rows, sources, kind="near"),
        **_copies(known.exact_grouping.group, rows, sources, kind="exact"),
        **{row: (row, "same") for row in rows[own[rows]].tolist()},
    }
    found = sorted(leaking)
    return Leaks(
        learnt=learnt,
        scored=scored,
        samples=len(rows),
        leaks=tuple(
            Leak(
                scored=str(dataset.ids[row]),
                learnt=str(dataset.ids[leaking[row][0]]),
                kind=leaking[row][1],
            )
            for row in found
        ),
        per_class=dataset.targets[found].sum(axis=0),
        positives=dataset.targets[rows].sum(axis=0),
        searched=known.search is not None,
    )


def check_leaks(dataset: Dataset, learnt: str, scored: str) -> Leaks:
    """Return what leaks, unless the very same image stands on both sides.

    Raises:
        DatasetError: an image of the split `scored` has an exact copy in `learnt`; or there is no
            such split.
    """
    leaks = find_leaks(known_duplicates(dataset), learnt, scored)
    if exact := leaks.of_kind("exact"):
        name = dataset.info.name
        pairs = named_few((f"{leak.scored} = {leak.learnt}" for leak in exact), limit=3)
        way = (
            f"`python -m hpa_core duplicates apply {name}` and deal the folds anew"
            if fold_split(learnt) or fold_split(scored)
            else f"`python -m hpa_core duplicates apply {name} --as {name}-split` and train on that"
        )
        raise DatasetError(
            f"{len(exact)} of {leaks.samples} images of split {scored!r} are in split {learnt!r} "
            f"of dataset {name!r} too ({pairs}), so their scores would be too high; run {way}."
        )
    return leaks


def _copies(
    group: Int[np.ndarray, " N"],
    rows: Int[np.ndarray, " n"],
    sources: Int[np.ndarray, " m"],
    *,
    kind: Kind,
) -> dict[int, tuple[int, Kind]]:
    """Give each row whose group has a source the first such source."""
    first = np.full(len(group), -1)
    first[group[sources[::-1]]] = sources[::-1]
    partners = first[group[rows]]
    found = partners >= 0
    return {
        row: (partner, kind)
        for row, partner in zip(rows[found].tolist(), partners[found].tolist(), strict=True)
    }
