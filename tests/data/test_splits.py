"""Splits: even in every class, groups whole, the same for the same seed."""

import csv
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from hpa_core.data.labels import read_label_table
from hpa_core.data.splits import class_counts_by_part, stratified_folds, stratified_holdout
from hpa_core.errors import ConfigError

C = 28


def made_up(samples: int, *, seed: int = 0) -> np.ndarray:
    """Return labels with the imbalance of the competition: 40 % down to 1 in 3,000."""
    prevalence = np.geomspace(0.4, 1 / 3000, C)
    return np.random.default_rng(seed).random((samples, C)) < prevalence


def absences(targets: np.ndarray, parts: np.ndarray, count: int) -> int:
    """Count (class, part) pairs without a positive, of classes with at least `count` positives."""
    enough = targets.sum(axis=0) >= count
    present = [targets[parts == part].any(axis=0) for part in range(count)]
    return sum(int((enough & ~row).sum()) for row in present)


@pytest.mark.parametrize("seed", range(3))
def test_folds_are_at_least_as_even_as_the_published_ones_in_all_classes(
    realdata: Path, seed: int
) -> None:
    table = read_label_table(realdata / "labels" / "train.csv")
    published = []
    for fold in range(5):
        part = read_label_table(realdata / "splits" / f"stratified_fold{fold}.csv")
        published.append(part.targets.sum(axis=0))
    ours = class_counts_by_part(table.targets, stratified_folds(table.targets, 5, seed=seed))
    assert (ours.sum(axis=0) == np.sum(published, axis=0)).all()
    assert (np.ptp(ours, axis=0) <= np.ptp(published, axis=0)).all()
    assert (ours > 0).all()


def test_real_folds_keep_the_published_duplicates_together(realdata: Path) -> None:
    table = read_label_table(realdata / "labels" / "train.csv")
    group = {sample_id: sample_id for sample_id in table.ids.tolist()}
    with (realdata / "leaks" / "train_duplicates.txt").open(newline="") as file:
        duplicates = [row for row in csv.reader(file) if set(row) <= group.keys()]
    for row in duplicates:
        merged = {group[sample_id] for sample_id in row}
        group.update({key: min(merged) for key, name in group.items() if name in merged})
    groups = np.array([group[sample_id] for sample_id in table.ids])
    folds = stratified_folds(table.targets, 5, groups=groups)
    fold_of = dict(zip(table.ids.tolist(), folds.tolist(), strict=True))
    assert len(duplicates) > 90
    assert all(len({fold_of[sample_id] for sample_id in row}) == 1 for row in duplicates)
    assert np.ptp(class_counts_by_part(table.targets, folds), axis=0).max() <= 2


def test_a_hundred_thousand_samples_are_dealt_evenly() -> None:
    targets = made_up(113_446)
    counts = class_counts_by_part(targets, stratified_folds(targets, 5))
    assert np.ptp(counts, axis=0).max() <= 2


def test_no_group_is_on_two_sides() -> None:
    targets = made_up(3000)
    groups = np.random.default_rng(1).integers(0, 700, 3000)
    folds = stratified_folds(targets, 4, groups=groups)
    held_out = stratified_holdout(targets, 0.2, groups=groups)
    for group in range(700):
        assert len(set(folds[groups == group])) <= 1
        assert len(set(held_out[groups == group])) <= 1


def test_each_seed_gives_its_own_folds_and_always_the_same() -> None:
    targets = made_up(500)
    first, again = (stratified_folds(targets, 5, seed=3) for _ in range(2))
    assert (first == again).all()
    assert (first != stratified_folds(targets, 5, seed=4)).any()


def test_a_holdout_has_its_share_of_every_class() -> None:
    targets = made_up(20_000)
    held_out = stratified_holdout(targets, 0.2)
    assert held_out.mean() == pytest.approx(0.2, abs=0.005)
    assert np.abs(targets[held_out].sum(axis=0) - 0.2 * targets.sum(axis=0)).max() <= 1


def test_a_class_of_two_groups_is_on_both_sides_and_one_of_one_stays_in_training() -> None:
    targets = np.zeros((50, 3), dtype=bool)
    targets[:, 0] = True
    targets[:2, 1] = True
    targets[2, 2] = True
    for seed in range(20):
        held_out = stratified_holdout(targets, 0.2, seed=seed)
        assert held_out[:2].sum() == 1
        assert not held_out[2]


def test_no_dealing_covers_more_classes_than_ours() -> None:
    rng = np.random.default_rng(0)
    for seed in range(300):
        count = int(rng.integers(2, 4))
        samples, classes = int(rng.integers(count, 8)), int(rng.integers(1, 5))
        targets = rng.random((samples, classes)) < rng.uniform(0.1, 0.7)
        ours = absences(targets, stratified_folds(targets, count, seed=seed), count)
        if ours:
            dealings = product(range(count), repeat=samples)
            assert ours == min(absences(targets, np.array(parts), count) for parts in dealings)


def test_samples_without_labels_are_spread_too() -> None:
    folds = stratified_folds(np.zeros((50, C), dtype=bool), 5)
    assert np.bincount(folds).tolist() == [10] * 5


@pytest.mark.parametrize("folds", [-1, 0, 1])
def test_fewer_than_two_folds_are_refused(folds: int) -> None:
    with pytest.raises(ConfigError, match="expected at least 2"):
        stratified_folds(made_up(50), folds)


def test_more_folds_than_groups_are_refused() -> None:
    with pytest.raises(ConfigError, match="3 groups cannot be dealt to 5 parts"):
        stratified_folds(made_up(9), 5, groups=np.arange(9) % 3)


@pytest.mark.parametrize("share", [0, 1, -0.2, 1.5])
def test_a_share_that_leaves_one_side_empty_is_refused(share: float) -> None:
    with pytest.raises(ConfigError, match="cannot be held out"):
        stratified_holdout(made_up(50), share)
