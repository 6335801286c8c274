"""The suspicious labels of samples: one ranking for every page, queue and command that shows it.

Axes: N samples, n of them with a label, C classes, k neighbours.
"""

from dataclasses import replace

import numpy as np
from jaxtyping import Float, Int

from hpa_core.evaluation.suspicious.evidence import error_log_odds
from hpa_core.evaluation.suspicious.ranking import (
    LIMIT,
    NEGLIGIBLE,
    Order,
    Suspicions,
    order_samples,
    rank_suspicious,
)
from hpa_core.selections.samples import Samples


def suspicious_labels(  # noqa: PLR0913 - the keyword-only choices of one ranking
    samples: Samples,
    nearest: Int[np.ndarray, "n k"] | None,
    *,
    against: Float[np.ndarray, "n C"] | None = None,
    among: Int[np.ndarray, " m"] | None = None,
    order: Order = "gain",
    least: float = NEGLIGIBLE,
    limit: int | None = LIMIT,
) -> Suspicions:
    """Rank the labels of the samples that have any; `row` is a place in `samples`.

    Args:
        samples: with scores. F1 is that of their calls, or of each class's best where there are
            none.
        nearest: the neighbours of those with a label, as rows among them (`find_neighbours`);
            neighbours have no say if None.
        against: what `weigh_labels` says of these, where that is known already.
        among: the places whose labels are listed; those with a label by default.
        order: see `rank_suspicious`.
        least: the suspicion from which on a label is listed; the list ends where nothing speaks
            against a label.
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
        against=against,
        calls=None if samples.calls is None else samples.calls[kept],
        among=None if among is None else np.flatnonzero(np.isin(kept, among)),
        order=order,
        least=least,
        limit=limit,
    )
    return replace(found, row=kept[found.row])


def weigh_labels(
    samples: Samples, nearest: Int[np.ndarray, "n k"] | None
) -> Float[np.ndarray, "n C"]:
    """Return the log-odds that each label is wrong, of the samples that have any.

    No threshold, order or list has a part in it, so it is worth keeping while these change.

    Raises:
        ValueError: the samples have no scores.
    """
    if samples.probs is None:
        raise ValueError("suspicion needs scores")
    kept = samples.labelled
    return error_log_odds(samples.probs[kept], samples.targets[kept], nearest)


def by_suspicion(samples: Samples, nearest: Int[np.ndarray, "n k"] | None) -> list[str]:
    """Return the ids that have a label, each where its most harmful suspicious label stands.

    Raises:
        ValueError: the samples have no scores.
    """
    if samples.probs is None:
        raise ValueError("suspicion needs scores")
    kept = np.flatnonzero(samples.labelled)
    calls = None if samples.calls is None else samples.calls[kept]
    order = order_samples(samples.probs[kept], samples.targets[kept], nearest, calls=calls)
    return [str(sample) for sample in samples.ids[kept[order]]]
