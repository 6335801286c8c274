"""The report's plans against the report's own tables, on the competition's labels."""

from pathlib import Path

import numpy as np
import pytest

from hpa_core.data.labels import read_label_table
from hpa_core.errors import ConfigError
from hpa_core.imbalance.measures import measure_imbalance
from hpa_core.imbalance.planning import plan_copies
from hpa_core.imbalance.presets import PLAN_PRESETS
from hpa_core.imbalance.report_plans import compare_with_report, report_copy
from hpa_core.imbalance.steps import DeleteAlone, TargetShares

TABLES = {
    "report-copy": {8: 0.77, 9: 1.47, 10: 1.4, 15: 0.39, 27: 0.55},
    "report-delete": {8: 0.82, 9: 1.58, 10: 1.51, 15: 0.42, 27: 0.6},
}
"""R-2 and R-3 in percent of all labels, as the report prints them."""
LARGEST = [0, 2, 21, 25]
LISTED = "1 3 4 6 8 9 10 11 12 13 14 15 16 17 18 19 20 22 24 26 27".split()
ROUNDING = 0.005


@pytest.fixture(scope="module")
def merged_targets(realdata: Path, real_targets: np.ndarray) -> np.ndarray:
    external = read_label_table(realdata / "labels" / "HPAv18RBGY_wodpl.csv").targets
    return np.vstack([real_targets, external])


def planned(targets: np.ndarray, preset: str) -> tuple[np.ndarray, np.ndarray]:
    """Copies of each row, and every class's percent of the labels they show."""
    copies = plan_copies(targets, PLAN_PRESETS[preset](targets), seed=0)
    return copies, 100 * measure_imbalance(targets, copies).shares


def misses(shares: np.ndarray, preset: str) -> list[float]:
    return [abs(shares[number] - wanted) for number, wanted in TABLES[preset].items()]


def test_the_copies_bring_the_shares_that_the_report_prints(real_targets: np.ndarray) -> None:
    copies, shares = planned(real_targets, "report-copy")
    before = 100 * measure_imbalance(real_targets).shares
    assert before[LARGEST].sum() > 55
    assert 39.9 < shares[LARGEST].sum() <= 40
    assert max(misses(shares, "report-copy")) <= ROUNDING + 1e-9
    listed = real_targets[:, [int(number) for number in LISTED]].any(axis=1)
    assert copies[~listed].tolist() == [1] * int((~listed).sum())
    assert copies.min() == 1


def test_with_the_public_list_beside_the_copies_still_bring_them(
    merged_targets: np.ndarray,
) -> None:
    assert len(merged_targets) == 31_072 + 74_606
    _, shares = planned(merged_targets, "report-copy")
    assert 39.9 < shares[LARGEST].sum() <= 40
    assert max(misses(shares, "report-copy")) <= ROUNDING + 1e-9


def test_the_deletion_comes_near_on_the_merged_labels_only(
    real_targets: np.ndarray, merged_targets: np.ndarray
) -> None:
    assert max(misses(planned(merged_targets, "report-delete")[1], "report-delete")) <= 0.015
    copies, shares = planned(real_targets, "report-delete")
    assert 0.05 <= max(misses(shares, "report-delete")) <= 0.06
    alone = real_targets[copies == 0]
    assert set(alone.sum(axis=1)) == {1}
    assert alone[:, [0, 25]].all(axis=0).tolist() == [False, False]
    assert alone[:, [0, 25]].any(axis=1).all()


def test_the_given_labels_alone_have_too_few_such_samples_for_the_reports_deletion(
    real_targets: np.ndarray,
) -> None:
    wish = {"classes": [9], "kind": "at least", "share": 0.01575}
    deletion = TargetShares(targets=(wish,), cap=1, drop=(0, 25))
    with pytest.raises(ConfigError, match=r"9 Endosomes can reach at most 1\.5"):
        plan_copies(real_targets, [*report_copy(real_targets), deletion], seed=0)


def test_the_best_shows_lone_nucleoplasm_and_cytosol_once_more(real_targets: np.ndarray) -> None:
    copies, _ = planned(real_targets, "report-copy")
    best, shares = planned(real_targets, "report-best")
    lone = real_targets[:, [0, 25]].any(axis=1) & (real_targets.sum(axis=1) == 1)
    assert (best[lone] == 2 * copies[lone]).all()
    assert (best[~lone] == copies[~lone]).all()
    assert compare_with_report("report-best", shares / 100) == []


@pytest.mark.parametrize("preset", TABLES)
def test_the_comparison_lists_what_the_report_prints(preset: str) -> None:
    shares = np.linspace(0.01, 0.02, 28)
    listed = compare_with_report(preset, shares)
    single = {classes[0]: 100 * wanted for classes, wanted, _ in listed if len(classes) == 1}
    assert single == pytest.approx(TABLES[preset])
    assert all(got == pytest.approx(shares[[*classes]].sum()) for classes, _, got in listed)


def test_what_the_labels_have_already_is_not_asked_for() -> None:
    even = np.eye(28, dtype=bool)
    assert report_copy(even) == ()
    assert PLAN_PRESETS["report-delete"](even) == (DeleteAlone(fractions={0: 0.73, 25: 0.73}),)
    skewed = np.vstack([even[:27], np.repeat(even[:1], 40, axis=0)])
    (step,) = report_copy(skewed)
    assert isinstance(step, TargetShares)
    assert [wish.classes for wish in step.targets] == [(0, 2, 21, 25)]
