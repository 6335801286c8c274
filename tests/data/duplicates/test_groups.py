"""Groups are a partition, the same for the same pairs, and one bad pair cannot chain them all."""

from itertools import chain

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from hpa_core.data.duplicates.groups import MOST_MEMBERS, Grouping, group_pairs

SAMPLES = 12
pairs = st.lists(
    st.tuples(
        st.integers(0, SAMPLES - 1), st.integers(0, SAMPLES - 1), st.sampled_from([0.85, 0.9, 0.99])
    ),
    max_size=25,
)


def joined(
    samples: int, rows: list[tuple[int, int, float]], *, exact: bool | list[bool] = False
) -> Grouping:
    first, second, certainty = np.array(rows, dtype=float).reshape(-1, 3).T
    return group_pairs(
        samples,
        first.astype(int),
        second.astype(int),
        certainty=certainty,
        exact=np.broadcast_to(exact, len(rows)).copy(),
    )


@given(pairs)
def test_groups_are_the_connected_components(rows: list[tuple[int, int, float]]) -> None:
    grouping = joined(SAMPLES, rows)
    ends = np.array([row[:2] for row in rows], dtype=int).reshape(-1, 2).T
    graph = coo_array((np.ones(len(rows)), ends), shape=(SAMPLES, SAMPLES))
    _, expected = connected_components(graph, directed=False)
    same = grouping.group[:, None] == grouping.group
    assert np.array_equal(same, expected[:, None] == expected)
    assert all(grouping.group[first] == first for first in grouping.group)
    assert (grouping.group <= np.arange(SAMPLES)).all()
    members = grouping.members
    assert all(len(rows) > 1 and rows[0] == first for first, rows in members.items())
    inside = list(chain.from_iterable(members.values()))
    assert sorted(inside) == np.flatnonzero(same.sum(axis=0) > 1).tolist()


@given(pairs, st.randoms())
def test_the_same_pairs_give_the_same_groups_in_any_order(rows, random) -> None:
    shuffled = [(b, a, certainty) for a, b, certainty in rows]
    random.shuffle(shuffled)
    one, other = joined(SAMPLES, rows), joined(SAMPLES, shuffled)
    assert np.array_equal(one.group, other.group)
    assert one.weakest == other.weakest


def test_the_weakest_link_is_the_least_certain_pair_that_is_needed() -> None:
    grouping = joined(5, [(0, 1, 0.9), (1, 2, 0.86), (0, 2, 0.99), (3, 4, 0.87)])
    assert grouping.weakest == {0: 0.9, 3: 0.87}


def test_a_chain_is_cut_where_it_would_grow_too_long_but_exact_copies_stay_together() -> None:
    length = 2 * MOST_MEMBERS
    long = [(row, row + 1, 0.9 + row * 1e-4) for row in range(length - 1)]
    cut = joined(length, long)
    assert max(map(len, cut.members.values())) <= MOST_MEMBERS
    assert cut.refused.sum() >= 1
    whole = joined(length, long, exact=True)
    assert len(whole.members[0]) == length
    assert not whole.refused.any()
