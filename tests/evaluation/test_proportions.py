"""The Wilson interval against scipy's, and where a class has too few positives."""

import numpy as np
import pytest
from scipy.stats import binomtest

from hpa_core.evaluation.proportions import recall_interval, too_few_positives, wilson_interval


@pytest.mark.parametrize("trials", [1, 2, 7, 20, 500])
def test_the_interval_is_scipys(trials: int) -> None:
    hits = np.arange(trials + 1)
    low, high = wilson_interval(hits, np.full_like(hits, trials))
    expected = [binomtest(int(k), trials).proportion_ci(method="wilson") for k in hits]
    np.testing.assert_allclose(low, [one.low for one in expected], atol=1e-12)
    np.testing.assert_allclose(high, [one.high for one in expected], atol=1e-12)


def test_without_a_trial_everything_is_possible() -> None:
    low, high = recall_interval(np.array([0]))
    assert (low[0], high[0]) == (0, 1)


def test_too_few_are_those_whose_half_found_recall_is_known_worse_than_forty_points() -> None:
    positives = np.arange(0, 100)
    ends = [binomtest(int(n), int(2 * n)).proportion_ci(method="wilson") for n in range(1, 50)]
    wide = [one.high - one.low > 0.4 for one in ends]
    assert too_few_positives(positives)[2::2].tolist() == wide
    assert np.flatnonzero(~too_few_positives(positives))[0] == 21
