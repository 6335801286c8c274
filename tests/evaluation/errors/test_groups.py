"""Groups that go wrong: every figure against pandas, SciPy, scikit-learn and formulas."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import binomtest, fisher_exact, mannwhitneyu
from sklearn.metrics import f1_score

from hpa_core.data.labels import read_label_table
from hpa_core.evaluation.errors.chance import correct_for_many
from hpa_core.evaluation.errors.groups import (
    GroupErrors,
    count_group_errors,
    quantile_groups,
    trends,
)
from hpa_core.selections.identities import atlas_parts

PLATES = 40


def closed_testing(p: list[float]) -> list[float]:
    """Correct each p by the set of tests, of all that contain it, whose Bonferroni p is highest."""
    sets = [chosen for n in range(len(p)) for chosen in combinations(range(len(p)), n + 1)]
    together = {chosen: min(1, len(chosen) * min(p[each] for each in chosen)) for chosen in sets}
    return [max(together[chosen] for chosen in sets if one in chosen) for one in range(len(p))]


def doubled_fisher(wrong: np.ndarray, samples: np.ndarray) -> list[float]:
    """Test every group against all others, two-sided as twice the smaller tail."""
    found = []
    for bad, size in zip(wrong.tolist(), samples.tolist(), strict=True):
        others = [wrong.sum() - bad, samples.sum() - size - (wrong.sum() - bad)]
        table = [[bad, size - bad], others]
        tails = [fisher_exact(table, alternative=side).pvalue for side in ("less", "greater")]
        found.append(min(2 * min(tails), 1))
    return found


def by_pandas(targets: np.ndarray, calls: np.ndarray, groups: np.ndarray) -> pd.DataFrame:
    """Sum up every group: samples, wrong ones, labels missed, calls that are false, hits."""
    samples = pd.DataFrame(
        {
            "wrong": (targets != calls).any(axis=1),
            "missed": (targets & ~calls).sum(axis=1),
            "false": (calls & ~targets).sum(axis=1),
            "hits": (targets & calls).sum(axis=1),
        }
    )
    sums = samples.groupby(groups).sum()
    return sums.assign(samples=pd.Series(groups).value_counts())


def check_against_pandas(
    found: GroupErrors, targets: np.ndarray, calls: np.ndarray, groups: np.ndarray
) -> None:
    expected = by_pandas(targets, calls, groups)
    assert found.keys.tolist() == expected.index.tolist()
    for name in ("samples", "wrong", "missed", "false"):
        assert getattr(found, name).tolist() == expected[name].tolist()
    assert found.share == pytest.approx((expected.wrong / expected.samples).to_numpy())
    doubled = 2 * expected.hits
    micro = doubled / (doubled + expected.missed + expected.false)
    assert found.micro_f1 == pytest.approx(micro.fillna(0).to_numpy())
    for place, (bad, size) in enumerate(zip(expected.wrong, expected.samples, strict=True)):
        ends = binomtest(int(bad), int(size)).proportion_ci(method="wilson")
        assert (found.low[place], found.high[place]) == pytest.approx((ends.low, ends.high))
    p = doubled_fisher(expected.wrong.to_numpy(), expected.samples.to_numpy())
    assert found.p == pytest.approx(correct_for_many(np.array(p)))


def test_the_largest_plates_of_the_atlas_are_counted_as_pandas_counts_them(realdata: Path) -> None:
    table = read_label_table(realdata / "labels" / "HPAv18RBGY_wodpl.csv")
    plates = np.array([atlas_parts(each)[1] for each in table.ids])
    largest = pd.Series(plates).value_counts().index[:PLATES]
    mine = np.isin(plates, largest)
    targets, groups = table.targets[mine], plates[mine]
    rng = np.random.default_rng(0)
    worse = np.where(groups == largest[7], 0.06, 0.02)[:, None]
    calls = targets ^ (rng.random(targets.shape) < worse)
    found = count_group_errors(targets, calls, groups)
    check_against_pandas(found, targets, calls, groups)
    assert found.keys[found.stands_out].tolist() == [largest[7]]


def test_tenths_of_real_scores_are_counted_as_pandas_cuts_and_counts_them(realdata: Path) -> None:
    probs = np.load(realdata / "validation" / "vgg16_probs.npy").astype(float)
    targets, calls = np.load(realdata / "validation" / "targets.npy") > 0.5, probs >= 0.5
    parts = quantile_groups(probs.max(axis=1), 10)
    cut = pd.qcut(probs.max(axis=1), 10, labels=False)
    # pandas puts a value that is itself a bound below it, we above.
    edges = np.isin(probs.max(axis=1), np.quantile(probs.max(axis=1), np.arange(1, 10) / 10))
    assert (parts == cut)[~edges].all()
    groups = np.array([f"{part:02d}" for part in parts])
    found = count_group_errors(targets, calls, groups)
    check_against_pandas(found, targets, calls, groups)
    assert found.stands_out.sum() == 9


@given(
    arrays(bool, (12, 3)), arrays(bool, (12, 3)), arrays("U1", 12, elements=st.sampled_from("abc"))
)
def test_any_groups_are_counted_as_pandas_counts_them(
    targets: np.ndarray, calls: np.ndarray, groups: np.ndarray
) -> None:
    check_against_pandas(count_group_errors(targets, calls, groups), targets, calls, groups)


@given(arrays(float, st.integers(1, 7), elements=st.sampled_from([0, 1e-9, 0.004, 0.01, 0.3, 1])))
def test_many_are_corrected_as_closed_testing_corrects_them(p: np.ndarray) -> None:
    assert correct_for_many(p) == pytest.approx(closed_testing(p.tolist()))


def test_the_groups_micro_f1_is_scikit_learns() -> None:
    rng = np.random.default_rng(1)
    groups = rng.choice(["a", "b", "c"], 300, p=[0.6, 0.3, 0.1])
    targets = rng.random((300, 4)) < 0.3
    calls = targets ^ (rng.random(targets.shape) < np.where(groups == "b", 0.3, 0.05)[:, None])
    found = count_group_errors(targets, calls, groups)
    for place, key in enumerate("abc"):
        mine = groups == key
        expected = f1_score(targets[mine], calls[mine], average="micro")
        assert found.micro_f1[place] == pytest.approx(expected)
    assert found.stands_out[1]


def test_groups_that_differ_by_chance_alone_seldom_stand_out() -> None:
    rng = np.random.default_rng(2)
    alarms = 0
    for _ in range(60):
        targets = np.zeros((400, 1), dtype=bool)
        calls = rng.random((400, 1)) < 0.3
        groups = rng.integers(20, size=400).astype(str)
        alarms += count_group_errors(targets, calls, groups).stands_out.any()
    assert alarms <= 8  # One in twenty would be three; more than eight, less than once in 200.


def test_a_trend_is_the_share_of_pairs_and_its_p_is_scipys_corrected_for_all_measures() -> None:
    rng = np.random.default_rng(6)
    wrong = rng.random(400) < 0.3
    measures = np.column_stack([rng.integers(0, 40, 400) + 9 * wrong, rng.random(400)])
    first, second = trends(measures, wrong)
    high, low = measures[wrong, 0][:, None], measures[~wrong, 0]
    assert first.share == pytest.approx(((high > low) + 0.5 * (high == low)).mean())
    p = [mannwhitneyu(each[wrong], each[~wrong]).pvalue for each in measures.T]
    assert (first.p, second.p) == (pytest.approx(2 * p[0]), pytest.approx(p[1]))
    assert (first.stands_out, second.stands_out) == (True, False)
    assert [trend.p for trend in trends(measures, np.zeros(400, dtype=bool))] == [1, 1]


def test_a_slow_rise_stands_out_as_a_trend_where_no_tenth_does() -> None:
    rng = np.random.default_rng(8)
    level = rng.random(600)
    wrong = rng.random(600) < 0.2 + 0.17 * level
    parts = quantile_groups(level, 10).astype(str)
    targets = np.ones((600, 1), dtype=bool)
    assert not count_group_errors(targets, ~wrong[:, None], parts).stands_out.any()
    assert trends(level[:, None], wrong)[0].stands_out
