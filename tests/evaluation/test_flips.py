"""Calls gained and lost, against a walk over every cell."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hpa_core.evaluation.flips import KINDS, UNJUDGED, find_flips, flipped_rows

CELLS = arrays(bool, (3, 6, 4))


@settings(deadline=None)
@given(CELLS)
def test_every_change_is_counted_once_and_under_its_name(cells: np.ndarray) -> None:
    before, after, targets = cells
    flips = find_flips(before, after, targets)
    names = {
        (False, True, True): "found",
        (True, False, False): "cleared",
        (False, True, False): "false",
        (True, False, True): "missed",
    }
    expected = np.zeros((4, 4), dtype=int)
    for (row, number), was in np.ndenumerate(before):
        name = names.get((bool(was), bool(after[row, number]), bool(targets[row, number])))
        for kind in KINDS:
            assert flips.kinds[kind][row, number] == (kind == name)
        if name:
            expected[list(KINDS).index(name), number] += 1
    assert flips.counts().tolist() == expected.tolist()


@settings(deadline=None)
@given(CELLS)
def test_without_truth_a_change_is_gained_or_lost(cells: np.ndarray) -> None:
    before, after, targets = cells
    flips, judged = find_flips(before, after, None), find_flips(before, after, targets).kinds
    assert list(flips.kinds) == list(UNJUDGED)
    assert (flips.kinds["gained"] == judged["found"] | judged["false"]).all()
    assert (flips.kinds["lost"] == judged["cleared"] | judged["missed"]).all()
    changed = (before != after).any(axis=1)
    assert sorted(flipped_rows(flips)) == np.flatnonzero(changed).tolist()


def test_the_classes_with_most_changes_come_first() -> None:
    before, after = np.zeros((2, 4), dtype=bool), np.array([[0, 1, 0, 1], [0, 0, 0, 1]], dtype=bool)
    assert find_flips(before, after, None).classes().tolist() == [3, 1]


@settings(deadline=None)
@given(CELLS, st.sampled_from([None, *KINDS]), st.sampled_from([None, 0, 3]))
def test_rows_come_once_each_with_the_better_changes_first(
    cells: np.ndarray, kind: str | None, class_id: int | None
) -> None:
    flips = find_flips(*cells)
    rows = flipped_rows(flips, kind=kind, class_id=class_id).tolist()
    classes = range(4) if class_id is None else [class_id]

    def best(row: int) -> int:
        held = [
            rank
            for rank, each in enumerate(KINDS)
            if kind in (None, each) and any(flips.kinds[each][row, c] for c in classes)
        ]
        return min(held, default=9)

    assert sorted(rows) == [row for row in range(6) if best(row) < 9]
    assert [best(row) for row in rows] == sorted(best(row) for row in rows)


def test_the_macro_f1_before_and_after_differs_by_the_counts() -> None:
    rng = np.random.default_rng(4)
    targets = rng.random((50, 3)) < 0.3
    before, after = (rng.random((50, 3)) < 0.4 for _ in range(2))
    found, cleared, false, missed = find_flips(before, after, targets).counts()
    was, now = ((calls & targets).sum(axis=0) for calls in (before, after))
    assert (now - was).tolist() == (found - missed).tolist()
    called = after.sum(axis=0) - before.sum(axis=0)
    assert called.tolist() == (found + false - cleared - missed).tolist()
