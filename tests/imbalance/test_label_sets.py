"""Label sets and companions, against brute force."""

from collections import Counter
from itertools import permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hpa_core.imbalance.label_sets import (
    alone_counts,
    always_with,
    count_label_sets,
    never_with,
)
from hpa_core.imbalance.measures import cooccurrence

TARGETS = arrays(bool, st.tuples(st.integers(0, 25), st.just(11)))


@given(TARGETS)
def test_every_label_set_is_counted_the_most_frequent_first(targets: np.ndarray) -> None:
    found = count_label_sets(targets)
    brute = Counter(map(tuple, targets.tolist()))
    seen = dict(zip(map(tuple, found.sets.tolist()), found.counts.tolist(), strict=True))
    assert seen == brute
    assert found.counts.tolist() == sorted(found.counts, reverse=True)
    assert found.once == sum(count == 1 for count in brute.values())


def test_equally_frequent_sets_stand_in_the_order_of_their_classes() -> None:
    sets = count_label_sets(np.eye(12, dtype=bool)[::-1]).sets
    assert sets.argmax(axis=1).tolist() == list(range(12))


@given(TARGETS)
def test_a_class_is_alone_where_its_samples_have_one_label(targets: np.ndarray) -> None:
    brute = [sum(row[c] and row.sum() == 1 for row in targets) for c in range(11)]
    assert alone_counts(targets).tolist() == brute


@given(arrays(bool, (8, 4)))
def test_a_pair_is_always_together_where_every_sample_of_the_first_has_the_second(
    targets: np.ndarray,
) -> None:
    always = always_with(cooccurrence(targets))
    for one, other in permutations(range(4), 2):
        rows = targets[targets[:, one]]
        assert always[one, other] == (len(rows) > 1 and rows[:, other].all())
    assert not always.diagonal().any()


def test_a_pair_is_never_together_only_where_chance_would_give_five() -> None:
    targets = np.zeros((100, 3), dtype=bool)
    targets[:25, 0] = targets[25:45, 1] = targets[45:60, 2] = True
    never = never_with(cooccurrence(targets), samples=100)
    assert np.argwhere(never).tolist() == [[0, 1], [1, 0]]  # 5, 3.75 and 3 by chance
    targets[0, 1] = True
    assert not never_with(cooccurrence(targets), samples=100).any()
