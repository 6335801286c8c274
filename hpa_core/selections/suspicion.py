"""The suspicious labels of samples: one ranking for every page, queue and command that shows it.

Axes: N samples, E length of an embedding.
"""

from dataclasses import replace

import numpy as np
from jaxtyping import Float

from hpa_core.evaluation.suspicious.ranking import LIMIT, Order, Suspicions, rank_suspicious
from hpa_core.selections.samples import Samples


def suspicious_labels(
    samples: Samples,
    embeddings: Float[np.ndarray, "N E"] | None,
    *,
    order: Order = "gain",
    limit: int | None = LIMIT,
) -> Suspicions:
    """Rank the labels of the samples that have any; `row` is a place in `samples`.

    Args:
        samples: with scores. F1 is that of their calls, or of each class's best where there are
            none.
        embeddings: of the same samples; their neighbours then have a say.
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
        None if embeddings is None else embeddings[kept],
        calls=None if samples.calls is None else samples.calls[kept],
        order=order,
        limit=limit,
    )
    return replace(found, row=kept[found.row])


def by_suspicion(samples: Samples, embeddings: Float[np.ndarray, "N E"] | None) -> list[str]:
    """Return ids, each where the most harmful of its suspicious labels stands."""
    found = suspicious_labels(samples, embeddings, limit=None)
    first = np.unique(found.row, return_index=True)[1]
    return [str(sample) for sample in samples.ids[found.row[np.sort(first)]]]
