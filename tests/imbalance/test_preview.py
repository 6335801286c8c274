"""What a preview says, against a count row by row."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hpa_core.imbalance.measures import class_counts
from hpa_core.imbalance.preview import preview_plan

tables = arrays(bool, st.tuples(st.integers(1, 30), st.just(4)))


@given(tables, st.integers(0, 5))
def test_every_number_is_the_one_counted_row_by_row(targets: np.ndarray, seed: int) -> None:
    copies = np.random.default_rng(seed).integers(0, 5, len(targets))
    seen = preview_plan(targets, copies)
    counts = class_counts(targets)
    added, by_product, removed = (np.zeros(4, dtype=int) for _ in range(3))
    for row, times in zip(targets, copies.tolist(), strict=True):
        carried = np.flatnonzero(row)
        if times == 0:
            removed[carried] += 1
        elif carried.size:
            rarest = min(carried, key=lambda number: (counts[number], number))
            added[carried] += times - 1
            by_product[carried[carried != rarest]] += times - 1
    assert seen.added.tolist() == added.tolist()
    assert seen.by_product.tolist() == by_product.tolist()
    assert seen.removed.tolist() == removed.tolist()
    assert seen.after.counts.tolist() == (counts + added - removed).tolist()
    assert seen.samples == copies.sum()
    assert (seen.dropped, seen.copied) == ((copies == 0).sum(), (copies > 1).sum())


def test_the_most_copied_come_first_and_rows_shown_once_are_not_among_them() -> None:
    copies = np.array([1, 5, 0, 9, 5, 1])
    seen = preview_plan(np.ones((6, 1), dtype=bool), copies)
    assert seen.most_copied.tolist() == [3, 1, 4]
    assert seen.most_copies.tolist() == [9, 5, 5]


def test_copies_of_lysosomes_grow_endosomes_as_a_by_product(real_targets: np.ndarray) -> None:
    copies = np.where(real_targets[:, 10], 3, 1)
    seen = preview_plan(real_targets, copies)
    assert seen.added[10] == seen.added[9] == 56
    assert seen.by_product[10] == 0
    assert seen.by_product_shares[9] == 1.0
    assert seen.factors[10] == 3.0
