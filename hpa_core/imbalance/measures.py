"""How uneven a multi-label set is.

Axes: N samples, C classes. Definitions: IRLbl, MeanIR, CVIR from Charte, Rivera, del Jesus and
Herrera, "Addressing imbalance in multilabel classification", Neurocomputing 163 (2015); SCUMBLE
from the same authors, "Dealing with difficult minority labels in imbalanced multilabel data sets",
Neurocomputing 326-327 (2019).
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int


@dataclass(frozen=True, kw_only=True)
class Imbalance:
    """The measures of one set of labels.

    Attributes:
        samples: N.
        counts: positives per class, (C,).
        shares: counts / all labels, (C,), sum 1 where there is any label.
        irlbl: largest count / count of the class, (C,); infinite for a class without positives.
        mean_ir: mean of the finite `irlbl`.
        cvir: their sample standard deviation (N - 1) / their mean.
        scumble: mean over samples of how much frequent and rare classes occur together, in [0, 1].
        scumble_per_class: the same mean over the samples that carry the class, (C,).
        cardinality: mean labels per sample.
        label_sets: number of different label sets.
        labels_per_sample: `labels_per_sample[k]` samples carry k labels.
    """

    samples: int
    counts: Int[np.ndarray, " C"]
    shares: Float[np.ndarray, " C"]
    irlbl: Float[np.ndarray, " C"]
    mean_ir: float
    cvir: float
    scumble: float
    scumble_per_class: Float[np.ndarray, " C"]
    cardinality: float
    label_sets: int
    labels_per_sample: Int[np.ndarray, " k"]


@dataclass(frozen=True)
class LabelSets:
    """The different label sets of a table; every measure is a sum over them.

    Attributes:
        members: the classes of each set, (S, C), S usually far below N.
        of_row: the set that each row carries, (N,).
    """

    members: Bool[np.ndarray, "S C"]
    of_row: Int[np.ndarray, " N"]

    def sizes(self, copies: Int[np.ndarray, " N"] | None = None) -> Int[np.ndarray, " S"]:
        """Count the samples of each set, every row as often as `copies` says; once if None."""
        counted = np.bincount(self.of_row, weights=copies, minlength=len(self.members))
        return counted.astype(np.int64)  # exact below 2**53 samples


def group_label_sets(targets: Bool[np.ndarray, "N C"]) -> LabelSets:
    """Group the rows that carry the same classes; C is at most 64.

    >>> group_label_sets(np.array([[True, False], [True, True], [True, False]])).of_row.tolist()
    [0, 1, 0]
    """
    packed = np.packbits(targets, axis=1)
    codes = np.zeros((len(targets), 8), dtype=np.uint8)
    codes[:, : packed.shape[1]] = packed
    numbers = codes.view(">u8").ravel().astype(np.uint64)
    _, first, of_row = np.unique(numbers, return_index=True, return_inverse=True)
    return LabelSets(members=targets[first], of_row=of_row)


def measure_imbalance(
    targets: Bool[np.ndarray, "N C"], copies: Int[np.ndarray, " N"] | None = None
) -> Imbalance:
    """Measure how uneven `targets` is, every row as often as `copies` says; once if None.

    >>> skewed = np.array([[True, False], [True, False], [True, True]])
    >>> measured = measure_imbalance(skewed)
    >>> measured.counts.tolist(), measured.irlbl.tolist(), measured.mean_ir
    ([3, 1], [1.0, 3.0], 2.0)
    """
    sets = group_label_sets(targets)
    return measure_sets(sets.members, sets.sizes(copies))


def measure_sets(members: Bool[np.ndarray, "S C"], sizes: Int[np.ndarray, " S"]) -> Imbalance:
    """Measure a table of which `sizes[s]` samples carry the classes `members[s]`."""
    samples = int(sizes.sum())
    counts = sizes @ members
    irlbl = imbalance_ratios(counts)
    mean_ir = mean_ratio(irlbl)
    finite = irlbl[np.isfinite(irlbl)]
    scumble = sizes * scumble_per_sample(members, irlbl)
    present = sizes > 0
    return Imbalance(
        samples=samples,
        counts=counts,
        shares=counts / max(counts.sum(), 1),
        irlbl=irlbl,
        mean_ir=mean_ir,
        cvir=float(finite.std(ddof=1) / mean_ir) if finite.size > 1 else 0.0,
        scumble=float(scumble.sum() / max(samples, 1)),
        scumble_per_class=scumble @ members / np.maximum(counts, 1),
        cardinality=float(counts.sum() / max(samples, 1)),
        label_sets=int(np.count_nonzero(present)),
        labels_per_sample=np.bincount(members[present].sum(axis=1), weights=sizes[present]).astype(
            np.int64
        ),
    )


def mean_ratio(irlbl: Float[np.ndarray, " C"]) -> float:
    """MeanIR: the mean of the finite IRLbl; 0 where there is none."""
    finite = irlbl[np.isfinite(irlbl)]
    return float(finite.mean()) if finite.size else 0.0


def class_counts(targets: Bool[np.ndarray, "N C"]) -> Int[np.ndarray, " C"]:
    """Count the positives of every class."""
    counts: np.ndarray = targets.sum(axis=0, dtype=np.int64)
    return counts


def imbalance_ratios(counts: Int[np.ndarray, " C"]) -> Float[np.ndarray, " C"]:
    """IRLbl: the largest class's count over each class's own, >= 1; infinite for an empty class."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios: np.ndarray = np.where(counts > 0, counts.max(initial=0) / counts, np.inf)
    return ratios


def scumble_per_sample(
    targets: Bool[np.ndarray, "N C"], irlbl: Float[np.ndarray, " C"]
) -> Float[np.ndarray, " N"]:
    """SCUMBLE of each sample: 1 - geometric / arithmetic mean of its classes' IRLbl, in [0, 1].

    0 where all classes of a sample are equally frequent, near 1 where a rare class stands beside
    a frequent one, so that copying the sample copies the frequent class too.
    """
    sizes = targets.sum(axis=1)
    finite = np.where(np.isfinite(irlbl), irlbl, 1.0)
    divisor = np.maximum(sizes, 1)
    arithmetic = targets @ finite / divisor
    geometric = np.exp(targets @ np.log(finite) / divisor)
    return np.where(sizes > 0, 1 - geometric / np.where(sizes > 0, arithmetic, 1.0), 0.0)


def cooccurrence(targets: Bool[np.ndarray, "N C"]) -> Int[np.ndarray, "C C"]:
    """Count the samples that carry both classes; the diagonal holds the class counts."""
    ones = targets.astype(np.float32)  # exact up to 2**24 samples, and BLAS is fast
    return (ones.T @ ones).astype(np.int64)


def cooccurrence_residual(targets: Bool[np.ndarray, "N C"]) -> Float[np.ndarray, "C C"]:
    """Pearson residual of each pair against independence: (seen - expected) / sqrt(expected).

    Above about 2 the pair occurs together more often than chance, below -2 less often; the
    diagonal and pairs with an empty class are 0.
    """
    counts = class_counts(targets).astype(float)
    expected = np.outer(counts, counts) / max(len(targets), 1)
    seen = cooccurrence(targets)
    residual = np.where(expected > 0, (seen - expected) / np.sqrt(np.maximum(expected, 1e-12)), 0.0)
    np.fill_diagonal(residual, 0.0)
    return residual
