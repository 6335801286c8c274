"""What changes when thresholds move: the calls gained and lost, and whether each was right.

Axes: N samples, C classes, K kinds of change.
"""

import csv
from dataclasses import dataclass
from io import StringIO

import numpy as np
from jaxtyping import Bool, Int

from hpa_core.data.label_export import neutralised
from hpa_core.evaluation.metrics import evaluate

KINDS = {
    "found": "now called, and true",
    "cleared": "no longer called, and not true",
    "false": "now called, though not true",
    "missed": "no longer called, though true",
}
"""What a change is where the truth is known, the changes for the better first."""

UNJUDGED = {"gained": "now called", "lost": "no longer called"}
"""What a change is where the truth is unknown."""


@dataclass(frozen=True, kw_only=True)
class Flips:
    """Which calls changed, by the kind of change.

    Attributes:
        kinds: each of `KINDS`, or of `UNJUDGED`, in that order -> (N, C); a call is at most in one.
    """

    kinds: dict[str, Bool[np.ndarray, "N C"]]

    def counts(self) -> Int[np.ndarray, "K C"]:
        """Count the changes of each class, kind by kind."""
        return np.array([changed.sum(axis=0) for changed in self.kinds.values()])

    def classes(self) -> Int[np.ndarray, " c"]:
        """Return the classes with a change, those with most first."""
        changes = self.counts().sum(axis=0)
        order = np.argsort(-changes, kind="stable")
        return order[: np.count_nonzero(changes)]


def find_flips(
    before: Bool[np.ndarray, "N C"],
    after: Bool[np.ndarray, "N C"],
    targets: Bool[np.ndarray, "N C"] | None,
) -> Flips:
    """Compare the calls of two threshold sets on the same samples.

    Args:
        before: the calls of the first.
        after: the calls of the second.
        targets: the truth; None where it is unknown, and no change is right or wrong.

    >>> before, after = np.array([[True, False]]), np.array([[False, True]])
    >>> find_flips(before, after, np.array([[True, True]])).counts().tolist()
    [[0, 1], [0, 0], [0, 0], [1, 0]]
    >>> find_flips(before, after, None).counts().tolist()
    [[0, 1], [1, 0]]
    """
    gained, lost = after & ~before, before & ~after
    if targets is None:
        return Flips(kinds={"gained": gained, "lost": lost})
    return Flips(
        kinds={
            "found": gained & targets,
            "cleared": lost & ~targets,
            "false": gained & ~targets,
            "missed": lost & targets,
        }
    )


def flipped_rows(
    flips: Flips, *, kind: str | None = None, class_id: int | None = None
) -> Int[np.ndarray, " n"]:
    """Return the samples with a change of that kind in that class, the better changes first.

    Args:
        flips: what changed.
        kind: one of those of `flips`; any if None.
        class_id: any class if None.
    """
    kinds = flips.kinds if kind is None else (kind,)
    chosen = slice(None) if class_id is None else [class_id]
    rows = [np.flatnonzero(flips.kinds[each][:, chosen].any(axis=1)) for each in kinds]
    joined = np.concatenate(rows)
    _, first = np.unique(joined, return_index=True)
    ordered: np.ndarray = joined[np.sort(first)]
    return ordered


def macro_f1_gain(
    before: Bool[np.ndarray, "N C"],
    after: Bool[np.ndarray, "N C"],
    targets: Bool[np.ndarray, "N C"],
) -> float:
    """Return what the change of calls adds to macro F1 on these samples, in [-1, 1].

    Raises:
        ValueError: the three are not boolean matrices of one shape.
    """
    return evaluate(targets, after).macro_f1 - evaluate(targets, before).macro_f1


def flips_csv(flips: Flips, ids: np.ndarray) -> bytes:
    """Write one line a changed call, kind by kind; no cell can begin a formula.

    Args:
        flips: what changed.
        ids: of its samples, (N,).

    >>> flips = find_flips(np.array([[True, False]]), np.array([[False, True]]), None)
    >>> flips_csv(flips, np.array(["a"])).decode().split()
    ['Id,Class,Change', 'a,1,gained', 'a,0,lost']
    """
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("Id", "Class", "Change"))
    for kind, changed in flips.kinds.items():
        rows, classes = np.nonzero(changed)
        cells = zip(map(neutralised, ids[rows].tolist()), classes.tolist(), strict=True)
        writer.writerows((*each, kind) for each in cells)
    return text.getvalue().encode()
