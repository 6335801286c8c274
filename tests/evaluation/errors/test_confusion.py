"""The confusion of label sets against counting by hand, and what co-occurrence alone would give."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays
from sklearn.metrics import multilabel_confusion_matrix

from hpa_core.evaluation.errors.confusion import confused_rows, count_confusions, mlcm

SETS = arrays(bool, (9, 4))


def by_hand(targets: np.ndarray, calls: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Count sample by sample."""
    swapped = np.zeros((targets.shape[1],) * 2, dtype=int)
    only_missed, only_false = np.zeros((2, targets.shape[1]), dtype=int)
    for truth, called in zip(targets, calls, strict=True):
        missed = set(np.flatnonzero(truth)) - set(np.flatnonzero(called))
        false = set(np.flatnonzero(called)) - set(np.flatnonzero(truth))
        for pair in product(missed, false):
            swapped[pair] += 1
        only_missed[list(missed)] += not false
        only_false[list(false)] += not missed
    return swapped, only_missed, only_false


@given(SETS, SETS)
def test_every_cell_counts_the_samples_of_which_one_is_missed_and_the_other_false(
    targets: np.ndarray, calls: np.ndarray
) -> None:
    found = count_confusions(targets, calls)
    swapped, only_missed, only_false = by_hand(targets, calls)
    assert np.array_equal(found.swapped, swapped)
    assert np.array_equal(found.only_missed, only_missed)
    assert np.array_equal(found.only_false, only_false)
    assert np.array_equal(found.found, multilabel_confusion_matrix(targets, calls)[:, 1, 1])
    for missed, false in product([None, 0, 3], [None, 1, 2]):
        rows = confused_rows(targets, calls, missed=missed, false=false)
        if missed is not None and false is not None:
            assert len(rows) == swapped[missed, false]
    assert len(confused_rows(targets, calls, missed=2, false=None)) == only_missed[2]
    assert len(confused_rows(targets, calls, missed=None, false=2)) == only_false[2]


def test_the_published_matrix_counts_as_its_three_categories_say() -> None:
    cases = {  # True set, called set: the cells that grow by one, 3 standing for "none".
        ((0, 1), (0, 1)): [(0, 0), (1, 1)],
        ((0, 1), (0,)): [(0, 0), (1, 3)],
        ((0, 1), (0, 1, 2)): [(0, 0), (1, 1), (0, 2), (1, 2)],
        ((0, 1), (0, 2)): [(0, 0), (1, 2)],
        ((), (2,)): [(3, 2)],
        ((), ()): [(3, 3)],
    }
    for (truth, called), cells in cases.items():
        targets, calls = np.zeros((2, 1, 3), dtype=bool)
        targets[0, list(truth)] = True
        calls[0, list(called)] = True
        expected = np.zeros((4, 4), dtype=int)
        expected[tuple(np.array(cells).T)] = 1
        assert mlcm(targets, calls).tolist() == expected.tolist(), (truth, called)


def test_errors_that_know_nothing_of_each_other_leave_no_residual() -> None:
    rng = np.random.default_rng(0)
    targets = rng.random((40_000, 4)) < [0.5, 0.3, 0.2, 0.1]
    targets[:, 2] |= rng.random(40_000) < 0.8 * targets[:, 1]  # 2 stands beside 1.
    calls = np.where(targets, rng.random(targets.shape) < 0.7, rng.random(targets.shape) < 0.1)
    found = count_confusions(targets, calls)
    assert np.abs(found.residual).max() < 4
    assert found.beyond == 0
    assert found.swapped.sum() == pytest.approx(found.independent.sum(), rel=0.05)
    assert found.swapped.sum() == pytest.approx(found.expected.sum(), rel=0.05)
    taken = targets[:, 0] & ~targets[:, 3] & (rng.random(40_000) < 0.1)
    calls[taken, 0], calls[taken, 3] = False, True
    surprise = count_confusions(targets, calls)
    assert np.unravel_index(surprise.residual.argmax(), (4, 4)) == (0, 3)
    assert surprise.residual[0, 3] > 10
    assert surprise.p[0, 3] < 0.001


def shuffled_false_calls(
    targets: np.ndarray, calls: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Return calls with the same misses, whose false calls go to images that miss as many."""
    missed, false = targets & ~calls, calls & ~targets
    for count in np.unique(missed.sum(axis=1)):
        rows = np.flatnonzero(missed.sum(axis=1) == count)
        false[rows] = false[rng.permutation(rows)]
    return (targets & ~missed) | (false & ~targets)


@pytest.mark.parametrize("model", ["vgg16", "resnet"])
def test_hard_images_alone_put_no_pair_beyond_chance(model: str, realdata: Path) -> None:
    folder, rng = realdata / "validation", np.random.default_rng(0)
    targets = np.load(folder / "targets.npy") > 0.5
    calls = np.load(folder / f"{model}_probs.npy") > 0.5
    found = count_confusions(targets, calls)
    assert found.swapped.sum() > 1.3 * found.independent.sum()
    assert found.beyond >= 13
    nulls = [
        count_confusions(targets, shuffled_false_calls(targets, calls, rng)) for _ in range(20)
    ]
    assert sum(null.beyond > 0 for null in nulls) <= 2


def test_one_confusion_alone_is_beyond_chance_though_no_other_pair_tells_what_chance_is() -> None:
    targets = np.eye(6, dtype=bool)[np.arange(600) % 6]
    calls = targets.copy()
    taken = np.flatnonzero(targets[:, 3])[:12]
    calls[taken, 3], calls[taken, 5] = False, True
    found = count_confusions(targets, calls)
    assert (found.more, found.beyond) == (1, 1)
    assert [place.tolist() for place in found.likeliest(9)] == [[3], [5]]


def test_a_single_image_where_little_is_expected_does_not_outshine_many() -> None:
    rng = np.random.default_rng(1)
    targets = np.zeros((4_000, 5), dtype=bool)
    targets[:, 0], targets[:, 1] = rng.random((2, 4_000)) < 0.5
    targets[0, 3] = True
    calls = np.where(targets, rng.random(targets.shape) < 0.8, rng.random(targets.shape) < 0.02)
    calls[0] = [False, False, False, False, True]
    targets[0, :2] = False
    taken = np.flatnonzero(targets[:, 0] & ~targets[:, 1])[:80]
    calls[taken, 0], calls[taken, 1] = False, True
    found = count_confusions(targets, calls)
    assert found.swapped[3, 4] == 1
    assert found.expected[3, 4] < 0.1
    assert 0 < found.residual[3, 4] < found.residual[0, 1] / 2


def test_the_likeliest_pairs_are_counted_beyond_expectation_in_the_order_of_their_p() -> None:
    rng = np.random.default_rng(3)
    targets, calls = rng.random((2, 200, 5)) < 0.3
    calls[:20, 4], targets[:20, 4], targets[:20, 2] = True, False, True
    calls[:20, 2] = False
    found = count_confusions(targets, calls)
    missed, said = found.likeliest(6)
    assert (missed[0], said[0]) == (2, 4)
    above = np.argwhere(found.residual > 0)
    assert len(above) == found.more
    expected = sorted(above.tolist(), key=lambda cell: (found.p[*cell], -found.residual[*cell]))
    assert np.column_stack([missed, said]).tolist() == expected[:6]
