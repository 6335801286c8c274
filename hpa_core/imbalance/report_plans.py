"""The report's resampling plans, as far as its words and its tables go.

It gives no counts of copies, only what came of them: "we copy samples of the classes with few
({1, 3, 4, 6, 8, ...}); before, the four largest classes {0, 2, 21, 25} made up more than 55 %, and
we hope that after copying they fall to 40 %", with a table of five rare classes. So the copying is
left to the solver. docs/plans.md says what cannot be made again, and why.
"""

import numpy as np
from jaxtyping import Bool, Float

from hpa_core.imbalance.measures import class_counts
from hpa_core.imbalance.steps import CopyAlone, DeleteAlone, Step, TargetShares
from hpa_core.imbalance.target_shares import ShareTarget

Shares = dict[tuple[int, ...], float]
"""Share of all labels, 0 to 1, by the classes that have it together."""

LARGEST = (0, 2, 21, 25)
COPIED = (1, 3, 4, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 22, 24, 26, 27)
AFTER_COPIES: Shares = {
    LARGEST: 0.40,
    (8,): 0.0077,
    (9,): 0.0147,
    (10,): 0.0140,
    (15,): 0.0039,
    (27,): 0.0055,
}
AFTER_DELETION: Shares = {
    (8,): 0.0082,
    (9,): 0.0158,
    (10,): 0.0151,
    (15,): 0.0042,
    (27,): 0.0060,
}
REPORT_TABLES: dict[str, Shares] = {
    "report-copy": AFTER_COPIES,
    "report-delete": AFTER_DELETION,
    "report-best": {},
}
"""The shares that the report prints, by the preset that follows it."""

DELETED = 0.73
ROUNDING = 0.00005
"""Half of the last digit that the report prints."""


def report_copy(targets: Bool[np.ndarray, "N C"]) -> tuple[Step, ...]:
    """The four largest classes at most 40 % of all labels, five rare ones at the report's shares.

    Only samples with one of the 21 listed classes are copied, many of them a little rather than few
    of them often. A share that the labels have already, or that no sample carries, is not asked
    for.
    """
    counts = class_counts(targets)
    slack = max(ROUNDING, 1 / max(counts.sum(), 1))  # few labels do not divide so finely
    wishes = [
        _wish(classes, share, slack)
        for classes, share in AFTER_COPIES.items()
        if _is_open(counts[list(classes)].sum() / max(counts.sum(), 1), classes, share)
    ]
    return (TargetShares(targets=tuple(wishes), copy=COPIED, spread=True),) if wishes else ()


def report_delete(targets: Bool[np.ndarray, "N C"]) -> tuple[Step, ...]:
    """The copies, then 73 % of the samples whose only label is 0, and of those with only 25, out.

    The part is not given. The second table over the first says that about 7 % of all labels went,
    and on the 31,072 samples with the public list of 74,606 that is 73 % of such samples.
    """
    return (*report_copy(targets), DeleteAlone(fractions={0: DELETED, 25: DELETED}))


def report_best(targets: Bool[np.ndarray, "N C"]) -> tuple[Step, ...]:
    """The copies without the deletion, then samples whose only label is 0 or 25 a second time.

    How many were copied is not said; once more is the least that the words can mean for all.
    """
    return (*report_copy(targets), CopyAlone(factors={0: 2.0, 25: 2.0}))


def compare_with_report(
    preset: str, shares: Float[np.ndarray, " C"]
) -> list[tuple[tuple[int, ...], float, float]]:
    """Classes, the share that the report prints for them, and theirs in `shares`.

    Empty for a preset for which the report prints no shares.
    """
    table = REPORT_TABLES.get(preset, {})
    return [(one, share, float(shares[list(one)].sum())) for one, share in table.items()]


def _wish(classes: tuple[int, ...], share: float, slack: float) -> ShareTarget:
    if classes == LARGEST:
        return ShareTarget(classes=classes, kind="at most", share=share)
    return ShareTarget(classes=classes, kind="about", share=share, tolerance=slack)


def _is_open(now: float, classes: tuple[int, ...], share: float) -> bool:
    return now > share if classes == LARGEST else 0 < now < share
