"""The suspicious labels of samples: one ranking for every page, queue and command that shows it.

Axes: N samples, n of them with a label, k neighbours.
"""

from dataclasses import replace

import numpy as np
from jaxtyping import Int

from hpa_core.evaluation.suspicious.ranking import LIMIT, Order, Suspicions, rank_suspicious
from hpa_core.selections.samples import Samples


def suspicious_labels(
    samples: Samples,
    nearest: Int[np.ndarray, "n k"] | None,
    *,
    among: Int[np.ndarray, " m"] | None = None,
    order: Order = "gain",
    limit: int | None = LIMIT,
) -> Suspicions:
    """Rank the labels of the samples that have any; `row` is a place in `samples`.

    Args:
        samples: with scores. F1 is that of their calls, or of each class's best where there are
            none.
        nearest: the neighbours of those with a label, as rows among them (`find_neighbours`);
            neighbours have no say if None.
        among: the places whose labels are listed, rising; those with a label by default.
        order: see `rank_suspicious`.
        limit: how many labels at most; all if None.

    Raises:
        ValueError: the samples have no scores.
    """
    if samples.probs is None:
        raise ValueError("suspicion needs scores")
    kept = np.flatnonzero(samples.labelled)
    found = rank_suspicious(
        samples.probs[kept],
        samples.targets[kept],
        nearest,
        calls=None if samples.calls is None else samples.calls[kept],
        among=None if among is None else np.flatnonzero(np.isin(kept, among)),
        order=order,
        limit=limit,
    )
    return replace(found, row=kept[found.row])


def by_suspicion(samples: Samples, nearest: Int[np.ndarray, "n k"] | None) -> list[str]:
    """Return ids, each where the most harmful of its suspicious labels stands."""
    found = suspicious_labels(samples, nearest, limit=None)
    first = np.unique(found.row, return_index=True)[1]
    return [str(sample) for sample in samples.ids[found.row[np.sort(first)]]]
