"""Scores as ranks, beside counting them one by one."""

import numpy as np
import pytest

from hpa_core.evaluation.ranks import rank_scores


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
def test_ranks_count_what_a_sort_of_pairs_counts_ties_included(kind: type[np.floating]) -> None:
    rng = np.random.default_rng(0)
    probs = np.round(rng.random((300, 5)), 1).astype(kind)  # Eleven values: most are ties.
    probs[rng.random(probs.shape) < 0.1] = -0.0
    targets = rng.random(probs.shape) < probs / 2 + 0.1
    ranked = rank_scores(probs, targets)
    assert ranked.ordered.dtype == kind
    for column, truth, ordered, called, found in zip(
        probs.T, targets.T, ranked.ordered.T, ranked.called, ranked.found, strict=True
    ):
        assert ordered.tolist() == sorted(column.tolist(), reverse=True)
        assert called.tolist() == [int((column >= ordered[cut - 1]).sum()) for cut in ranked.cuts]
        middles = [((column > score).sum() + (column >= score).sum()) / 2 for score in column]
        bins = np.searchsorted(ranked.cuts, np.array(middles)[truth])
        assert found.tolist() == np.bincount(bins, minlength=len(ranked.cuts)).tolist()
