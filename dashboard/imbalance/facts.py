"""What stands out in a set of labels, in sentences that are computed from it."""

import numpy as np

from dashboard.charts import CLASS_LABELS
from dashboard.wording import counted
from hpa_core.imbalance.label_sets import (
    LabelSets,
    alone_counts,
    always_with,
    expected_pairs,
    never_with,
)
from hpa_core.imbalance.measures import Imbalance


def facts(
    measured: Imbalance, sets: LabelSets, *, targets: np.ndarray, pairs: np.ndarray
) -> list[str]:
    """Return the sentences, in Markdown; one that has nothing to say is left out.

    Args:
        measured: of these labels.
        sets: of these labels.
        targets: the labels, (N, 28).
        pairs: samples with both classes, (28, 28).
    """
    told = (
        _above_mean(measured),
        _always(pairs, samples=measured.samples),
        _never_alone(measured, targets),
        _never_together(pairs, samples=measured.samples),
        _once(sets),
    )
    return [sentence for sentence in told if sentence]


def above_mean(measured: Imbalance) -> np.ndarray:
    """Classes that occur and whose IRLbl is above MeanIR: what the literature calls minority."""
    above: np.ndarray = np.isfinite(measured.irlbl) & (measured.irlbl > measured.mean_ir)
    return above


def _above_mean(measured: Imbalance) -> str:
    numbers = np.flatnonzero(above_mean(measured))
    names = [f"{CLASS_LABELS[number]} ({measured.counts[number]:,})" for number in numbers]
    return f"**Above MeanIR** {measured.mean_ir:.2f}: {', '.join(names)}." if names else ""


def _always(pairs: np.ndarray, *, samples: int) -> str:
    expected = expected_pairs(pairs, samples=samples)
    found = [
        f"{counted(pairs[rare, rare], 'sample')} of {CLASS_LABELS[rare]}, each with "
        f"{CLASS_LABELS[other]} (chance would give {expected[rare, other]:.2g})"
        for rare, other in np.argwhere(always_with(pairs))
    ]
    return f"**Always together**: {'; '.join(found)}." if found else ""


def _never_alone(measured: Imbalance, targets: np.ndarray) -> str:
    numbers = np.flatnonzero((alone_counts(targets) == 0) & (measured.counts > 0))
    names = [f"{CLASS_LABELS[number]} ({measured.counts[number]:,})" for number in numbers]
    return f"**Never alone**: {', '.join(names)}." if names else ""


def _never_together(pairs: np.ndarray, *, samples: int) -> str:
    expected = expected_pairs(pairs, samples=samples)
    found = np.argwhere(np.triu(never_with(pairs, samples=samples)))
    if not len(found):
        return ""
    strongest = sorted(found.tolist(), key=lambda pair: -expected[*pair])[:3]
    names = [
        f"{CLASS_LABELS[one]} with {CLASS_LABELS[other]} ({expected[one, other]:.0f})"
        for one, other in strongest
    ]
    return (
        f"**Never together**, though chance would give 5 samples or more: "
        f"{counted(len(found), 'pair')}, first {', '.join(names)}."
    )


def _once(sets: LabelSets) -> str:
    return (
        f"**Label sets**: {len(sets.counts):,} different ones; {sets.once:,} of them have one "
        "sample each."
    )
