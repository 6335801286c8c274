"""ML-ROS and ML-RUS: clone samples of minority labels, delete samples of majority labels.

Axes: N rows of a split, C classes. A label is a minority where its IRLbl lies above MeanIR, a
majority where it lies below. Both go round the labels, one sample each, measure that label's
IRLbl again after its turn, and leave the label alone once it has reached the MeanIR of the start.

References:
    Charte, Rivera, del Jesus, Herrera: Addressing imbalance in multilabel classification,
    Neurocomputing 163 (2015), algorithms ML-ROS and ML-RUS.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from hpa_core.imbalance.measures import group_label_sets, imbalance_ratios, mean_ratio
from hpa_core.imbalance.plan import planned_counts
from hpa_core.imbalance.steps.step import Copies, Step, Targets
from hpa_core.settings import setting

CHUNK = 4096
"""Clones worked out at once; one label reaching MeanIR throws the rest of a chunk away."""


@dataclass(frozen=True, kw_only=True)
class MlRos(Step):
    """Clone random samples of the minority labels, round by round.

    Each turn draws from the samples that the label had at the start. It ends after `percent` % of
    the samples shown were cloned, to the sample, or when no label is a minority any more.
    """

    kind = "ml-ros"
    description = "ML-ROS: clone random samples of the labels that are rarer than the mean ratio."

    percent: float = setting(10.0, help="Clones, in % of the samples shown", low=0.1, high=500.0)

    def apply(self, copies: Copies, targets: Targets, *, rng: np.random.Generator) -> Copies:
        counts = planned_counts(targets, copies)
        irlbl = imbalance_ratios(counts)
        mean_ir = mean_ratio(irlbl)
        minority = np.flatnonzero((irlbl > mean_ir) & np.isfinite(irlbl))
        bags = [np.repeat(np.arange(len(copies)), copies * targets[:, one]) for one in minority]
        lots = rng.random(int(copies.sum() * self.percent / 100))
        cloned = _clone(targets, counts, dict(zip(minority, bags, strict=True)), lots, mean_ir)
        return copies + np.bincount(cloned, minlength=len(copies))


def _clone(
    targets: Targets,
    counts: Int[np.ndarray, " C"],
    bags: dict[int, np.ndarray],
    lots: Float[np.ndarray, " K"],
    mean_ir: float,
) -> Int[np.ndarray, " clones"]:
    """Return the rows cloned, one for each lot in turn until no bag is left.

    A run of turns is worked out at once, its counts by a running sum, up to the first turn that
    brings its label to `mean_ir`.
    """
    active, cloned = list(bags), [np.zeros(0, dtype=np.int64)]
    while active and len(lots):
        turns = np.arange(min(CHUNK, len(lots)))
        labels = np.array(active)[turns % len(active)]
        rows = _drawn(bags, labels, lots[turns])
        running = counts + np.cumsum(targets[rows], axis=0)  # (turns, C)
        reached = running.max(axis=1) / running[turns, labels] <= mean_ir
        done = int(reached.argmax()) + 1 if reached.any() else len(turns)
        cloned.append(rows[:done])
        counts, lots = running[done - 1], lots[done:]
        next_turn = done % len(active)
        active = active[next_turn:] + active[:next_turn]
        if reached.any():
            active.pop()  # The label whose turn was last.
    return np.concatenate(cloned)


def _drawn(
    bags: dict[int, np.ndarray], labels: Int[np.ndarray, " T"], lots: Float[np.ndarray, " T"]
) -> Int[np.ndarray, " T"]:
    rows = np.empty(len(labels), dtype=np.int64)
    for label in np.unique(labels):
        turns, bag = labels == label, bags[label]
        rows[turns] = bag[(lots[turns] * len(bag)).astype(np.int64)]
    return rows


@dataclass(frozen=True, kw_only=True)
class MlRus(Step):
    """Delete random samples of the majority labels, round by round.

    A copy is deleted as a sample is. It ends after `percent` % of the samples shown were deleted,
    to the sample, or when no label is a majority any more.
    """

    kind = "ml-rus"
    description = "ML-RUS: delete random samples of the labels more frequent than the mean ratio."

    percent: float = setting(10.0, help="Deletions, in % of the samples shown", low=0.1, high=100.0)

    def apply(self, copies: Copies, targets: Targets, *, rng: np.random.Generator) -> Copies:
        sets = group_label_sets(targets)
        counts = sets.sizes(copies) @ sets.members
        irlbl = imbalance_ratios(counts)
        mean_ir = mean_ratio(irlbl)
        row_of = np.repeat(np.arange(len(copies)), copies)  # (M,) one entry a copy
        set_of = sets.of_row[row_of]
        bags = {
            int(label): rng.permutation(np.flatnonzero(sets.members[:, label][set_of])).tolist()
            for label in np.flatnonzero(irlbl < mean_ir)
        }
        labels_of = [np.flatnonzero(row).tolist() for row in sets.members]
        deletion = _Deletion(counts.tolist(), bags, set_of.tolist(), labels_of)
        deleted = deletion.run(budget=int(len(row_of) * self.percent / 100), mean_ir=mean_ir)
        return copies - np.bincount(row_of[deleted], minlength=len(copies))


@dataclass
class _Deletion:
    """Copies on their way out, in plain lists: the turns depend on each other, one by one.

    Attributes:
        counts: positives left of each class.
        bags: the shuffled copies of each majority label.
        set_of: the label set of each copy.
        labels_of: the labels of each set.
    """

    counts: list[int]
    bags: dict[int, list[int]]
    set_of: list[int]
    labels_of: list[list[int]]

    def run(self, *, budget: int, mean_ir: float) -> Int[np.ndarray, " deletions"]:
        """Return the copies deleted, each label's drawn from the end of its bag.

        What another label's turn deleted is passed over, so each draw is even among what is left.
        """
        counts, gone = self.counts, bytearray(len(self.set_of))
        deleted: list[int] = []
        largest = max(counts)  # It only falls, so an old one is looked at again where it decides.
        turns = deque(self.bags)
        while turns and len(deleted) < budget:
            label = turns.popleft()
            copy = _next_left(self.bags[label], gone)
            if copy is None:
                continue
            gone[copy] = 1
            deleted.append(copy)
            for carried in self.labels_of[self.set_of[copy]]:
                counts[carried] -= 1
            if not counts[label]:
                continue
            if largest / counts[label] >= mean_ir:
                largest = max(counts)
            if largest / counts[label] < mean_ir:
                turns.append(label)
        return np.array(deleted, dtype=np.int64)


def _next_left(bag: list[int], gone: bytearray) -> int | None:
    while bag:
        if not gone[copy := bag.pop()]:
            return copy
    return None
