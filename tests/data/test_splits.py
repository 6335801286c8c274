"""Splits: even in every class, groups whole, the same for the same seed."""

import csv
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hpa_core.data.labels import LabelTable, read_label_table
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


def joined_groups(ids: np.ndarray, pairs: list[list[str]]) -> np.ndarray:
    """Name each sample's group: the least id it is joined with, over any number of pairs."""
    group = {sample_id: sample_id for pair in pairs for sample_id in pair}
    for pair in pairs:
        merged = {group[sample_id] for sample_id in pair}
        group.update({key: min(merged) for key, name in group.items() if name in merged})
    return np.array([group.get(sample_id, sample_id) for sample_id in ids.tolist()])


def real_labels(realdata: Path) -> LabelTable:
    return read_label_table(realdata / "labels" / "train.csv")


@pytest.mark.parametrize("seed", range(2))
def test_folds_are_at_least_as_even_as_the_published_ones_in_all_classes(
    realdata: Path, seed: int
) -> None:
    table = real_labels(realdata)
    parts = [read_label_table(realdata / "splits" / f"stratified_fold{i}.csv") for i in range(5)]
    published = np.array([part.targets.sum(axis=0) for part in parts])
    ours = class_counts_by_part(table.targets, stratified_folds(table.targets, 5, seed=seed))
    assert (ours.sum(axis=0) == published.sum(axis=0)).all()
    assert (np.ptp(ours, axis=0) <= np.ptp(published, axis=0)).all()
    assert (ours.std(axis=0) <= published.std(axis=0) + 1e-9).all()
    assert (ours > 0).all()


@pytest.mark.parametrize("folds", [3, 8])
def test_no_class_could_be_more_even_on_the_real_labels(realdata: Path, folds: int) -> None:
    targets = real_labels(realdata).targets
    counts = class_counts_by_part(targets, stratified_folds(targets, folds))
    assert np.ptp(counts, axis=0).tolist() == (counts.sum(axis=0) % folds > 0).tolist()


def test_real_folds_keep_the_published_duplicates_together(realdata: Path) -> None:
    table = real_labels(realdata)
    with (realdata / "leaks" / "train_duplicates.txt").open(newline="") as file:
        pairs = [row for row in csv.reader(file) if set(row) <= set(table.ids.tolist())]
    folds = stratified_folds(table.targets, 5, groups=joined_groups(table.ids, pairs))
    fold_of = dict(zip(table.ids.tolist(), folds.tolist(), strict=True))
    assert len(pairs) > 90
    assert all(len({fold_of[sample_id] for sample_id in row}) == 1 for row in pairs)
    assert np.ptp(class_counts_by_part(table.targets, folds), axis=0).max() <= 1


def test_tens_of_thousands_of_samples_are_dealt_evenly() -> None:
    targets = made_up(30_000)
    counts = class_counts_by_part(targets, stratified_folds(targets, 5))
    assert np.ptp(counts, axis=0).max() <= 2


@given(
    targets=arrays(bool, (20, 5)),
    keys=arrays(np.int8, 20, elements=st.integers(0, 6)),
    share=st.floats(0.05, 0.95),
    seed=st.integers(0, 100),
)
def test_no_group_is_ever_on_two_sides(
    targets: np.ndarray, keys: np.ndarray, share: float, seed: int
) -> None:
    if len(np.unique(keys)) < 2:
        return
    folds = stratified_folds(targets, 2, seed=seed, groups=keys)
    held_out = stratified_holdout(targets, share, seed=seed, groups=keys)
    for key in np.unique(keys):
        assert len(set(folds[keys == key])) == len(set(held_out[keys == key])) == 1
    assert len(set(folds)) == len(set(held_out)) == 2


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


@given(
    targets=st.tuples(st.integers(3, 7), st.integers(1, 5)).flatmap(lambda n: arrays(bool, n)),
    folds=st.integers(2, 3),
    seed=st.integers(0, 5),
)
def test_no_dealing_covers_more_classes_than_ours(
    targets: np.ndarray, folds: int, seed: int
) -> None:
    ours = absences(targets, stratified_folds(targets, folds, seed=seed), folds)
    if ours:
        dealings = product(range(folds), repeat=len(targets))
        assert ours == min(absences(targets, np.array(parts), folds) for parts in dealings)


@given(seed=st.integers(0, 10_000), folds=st.integers(2, 6), spare=st.integers(0, 12))
def test_classes_that_some_dealing_covers_are_all_covered(
    seed: int, folds: int, spare: int
) -> None:
    """The dealing is planted: each class takes one group of every part, and no more."""
    rng = np.random.default_rng(seed)
    planted = rng.permutation(np.arange(2 * folds + spare) % folds)
    targets = np.zeros((len(planted), 12), dtype=bool)
    for part, label in product(range(folds), range(12)):
        targets[rng.choice(np.flatnonzero(planted == part)), label] = True
    assert absences(targets, stratified_folds(targets, folds), folds) == 0


def test_classes_bound_together_are_covered_as_far_as_can_be() -> None:
    """Three classes of two groups each, every two sharing one: no two folds hold all three."""
    targets = np.array([[1, 0, 1], [1, 1, 0], [0, 1, 1]], dtype=bool)
    assert absences(targets, stratified_folds(targets, 2), 2) == 1


def unevenness(targets: np.ndarray, parts: np.ndarray) -> float:
    counts = class_counts_by_part(targets, parts)
    wanted = targets.sum(axis=0) / len(counts)
    return float(((counts - wanted) ** 2 / np.maximum(wanted, 1)).sum())


@given(seed=st.integers(0, 10_000))
def test_no_group_can_be_moved_to_make_the_folds_more_even(seed: int) -> None:
    rng = np.random.default_rng(seed)
    targets = rng.random((60, 4)) < [0.6, 0.4, 0.3, 0.2]
    groups = rng.integers(0, 12, 60)
    folds = stratified_folds(targets, 3, groups=groups)
    empty = absences(targets, folds, 3)
    for group, part in product(np.unique(groups), range(3)):
        moved = np.where(groups == group, part, folds)
        if len(set(moved)) == 3 and absences(targets, moved, 3) <= empty:
            assert unevenness(targets, moved) >= unevenness(targets, folds) - 1e-9


def test_plates_of_a_hundred_images_still_give_even_folds(realdata: Path) -> None:
    table = read_label_table(realdata / "labels" / "HPAv18RBGY_wodpl.csv")
    plates = np.array([sample_id.split("_")[1] for sample_id in table.ids])
    folds = stratified_folds(table.targets, 5, groups=plates)
    counts = class_counts_by_part(table.targets, folds)
    assert np.bincount(np.unique(plates, return_inverse=True)[1]).max() > 100
    assert all(len(set(folds[plates == plate])) == 1 for plate in np.unique(plates)[::20])
    assert (np.ptp(counts, axis=0) <= np.maximum(0.01 * counts.mean(axis=0), 6)).all()


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
