"""MLSMOTE against a literal reading of the paper's listing, row by row."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpa_core.data.labels import read_label_table
from hpa_core.errors import ConfigError
from hpa_core.imbalance.mlsmote import copy_seeds, minority_classes, synthesise

C = 5


def made_up(seed: int, *, rows: int = 150) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    prevalence = [0.7, 0.4, 0.2, 0.06, 0.04]
    return rng.normal(size=(rows, 3)), rng.random((rows, C)) < prevalence


def listed(features: np.ndarray, targets: np.ndarray, k: int) -> list[tuple[int, list[int]]]:
    """Follow the paper's listing with loops: each seed in turn, with its nearest neighbours."""
    counts = [sum(bool(row[label]) for row in targets) for label in range(C)]
    ratios = {label: max(counts) / counts[label] for label in range(C) if counts[label]}
    mean = sum(ratios.values()) / len(ratios)
    seeds = []
    for label in range(C):
        if ratios.get(label, 0) > mean:
            bag = [row for row in range(len(targets)) if targets[row, label]]
            for row in bag:
                others = [other for other in bag if other != row]
                others.sort(key=lambda other: sum((features[row] - features[other]) ** 2))
                if others:
                    seeds.append((row, others[:k]))
    return seeds


def labels_of(rows: list[int], targets: np.ndarray, rule: str) -> list[bool]:
    counts = Counter(label for row in rows for label in np.flatnonzero(targets[row]))
    needed = {"ranking": len(rows) / 2, "union": 1, "intersection": len(rows)}[rule]
    return [counts[label] >= needed for label in range(C)]


@pytest.mark.parametrize("rule", ["ranking", "union", "intersection"])
@settings(max_examples=30)
@given(seed=st.integers(0, 10_000), k=st.integers(1, 7), times=st.integers(1, 3))
def test_every_row_is_one_that_the_papers_listing_would_make(
    rule: str, seed: int, k: int, times: int
) -> None:
    features, targets = made_up(seed)
    made = synthesise(features, targets, k=k, rule=rule, times=times, seed=seed)  # type: ignore[arg-type]
    expected = [item for item in listed(features, targets, k) for _ in range(times)]
    assert made.seeds.tolist() == [row for row, _ in expected]
    for place, (row, near) in enumerate(expected):
        assert made.neighbours[place] in near
        assert made.targets[place].tolist() == labels_of([row, *near], targets, rule)


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000))
def test_every_row_lies_on_the_segment_between_its_seed_and_its_neighbour(seed: int) -> None:
    features, targets = made_up(seed)
    made = synthesise(features, targets, seed=seed)
    whole = features[made.neighbours] - features[made.seeds]
    part = made.features - features[made.seeds]
    share = (part * whole).sum(axis=1) / (whole**2).sum(axis=1)
    assert ((share >= 0) & (share < 1)).all()
    assert np.allclose(part, share[:, None] * whole)


def test_the_draws_reach_every_neighbour_and_the_whole_segment() -> None:
    features, targets = made_up(1)
    made = synthesise(features, targets, k=3, times=200, seed=1)
    for row, near in listed(features, targets, 3):
        assert set(near) <= set(made.neighbours[made.seeds == row])
    whole = features[made.neighbours] - features[made.seeds]
    share = np.linalg.norm(made.features - features[made.seeds], axis=1)
    share /= np.linalg.norm(whole, axis=1)
    counts, _ = np.histogram(share, bins=10, range=(0, 1))
    assert counts.min() > 0.7 * counts.mean()


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000))
def test_the_intersection_is_part_of_the_ranking_and_that_of_the_union(seed: int) -> None:
    features, targets = made_up(seed)
    narrow, middle, wide = (
        synthesise(features, targets, rule=rule, seed=3).targets
        for rule in ("intersection", "ranking", "union")
    )
    assert not (narrow & ~middle).any()
    assert not (middle & ~wide).any()


def test_a_label_on_exactly_half_of_seed_and_neighbours_is_given() -> None:
    targets = np.zeros((40, 3), dtype=bool)
    targets[:, 0] = True
    targets[:4, 1] = True
    targets[2:20, 2] = True  # Frequent, and on two of the four rows of class 1's bag.
    features = np.arange(40.0)[:, None]
    made = synthesise(features, targets, k=3)
    assert made.seeds.tolist() == [0, 1, 2, 3]
    assert made.targets.all()
    targets[2, 2] = False  # Now on one of the four.
    assert not synthesise(features, targets, k=3).targets[:, 2].any()


def test_copies_have_the_same_seeds_and_their_own_labels() -> None:
    features, targets = made_up(4)
    made = synthesise(features, targets, times=2, seed=9)
    copies = copy_seeds(features, targets, times=2)
    assert copies.seeds.tolist() == made.seeds.tolist() == copies.neighbours.tolist()
    assert np.array_equal(copies.features, features[copies.seeds])
    assert np.array_equal(copies.targets, targets[copies.seeds])


def test_the_same_seed_makes_the_same_rows_and_another_seed_others() -> None:
    features, targets = made_up(5)
    first, again, other = (synthesise(features, targets, seed=seed) for seed in (0, 0, 1))
    assert np.array_equal(first.features, again.features)
    assert np.array_equal(first.neighbours, again.neighbours)
    assert not np.array_equal(first.features, other.features)


def test_the_given_arrays_are_left_as_they_were() -> None:
    features, targets = made_up(6)
    before = features.copy(), targets.copy()
    made = synthesise(features, targets)
    made.features[:] = 0
    made.targets[:] = True
    assert np.array_equal(features, before[0])
    assert np.array_equal(targets, before[1])


@pytest.mark.parametrize("targets", [np.zeros((6, 3), bool), np.eye(3, dtype=bool)[[0, 1, 2] * 2]])
def test_without_a_minority_nothing_is_made(targets: np.ndarray) -> None:
    features = np.arange(12.0).reshape(6, 2)
    for made in (synthesise(features, targets), copy_seeds(features, targets)):
        assert made.features.shape == (0, 2)
        assert made.targets.shape == (0, 3)
        assert made.targets.dtype == bool


def test_the_real_labels_have_the_five_minority_classes_that_are_published(
    realdata: Path,
) -> None:
    targets = read_label_table(realdata / "labels" / "train.csv").targets
    assert minority_classes(targets).tolist() == [8, 9, 10, 15, 27]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"k": 0}, "expected at least 1"), ({"times": 0}, "at least 1"), ({"rule": "x"}, "ranking")],
)
def test_parameters_that_cannot_be_meant_are_refused(wrong: dict, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        synthesise(*made_up(0), **wrong)
