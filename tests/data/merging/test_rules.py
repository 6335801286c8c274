"""Each rule against its own words, on tables whose links a search by hand follows."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpa_core.data.merging.links import connected
from hpa_core.data.merging.rules import RULES, Merge, Rows, apply_rule
from hpa_core.errors import DatasetError

N_CLASSES = 28


def table(*, base: int, external: int, split: list[str], seed: int = 0) -> Rows:
    """Rows with ids r0, r1, ... and a label or two each; the first label of row i is i % 28."""
    rng = np.random.default_rng(seed)
    rows = base + external
    targets = rng.random((rows, N_CLASSES)) < 0.05
    targets[np.arange(rows), np.arange(rows) % N_CLASSES] = True
    targets[np.array(split) == "test"] = False
    return Rows(
        ids=np.array([f"r{row}" for row in range(rows)]),
        external=np.arange(rows) >= base,
        targets=targets,
        split=np.array(split),
    )


def merged(rows: Rows, rule: str, links: list[tuple[int, int]]) -> Merge:
    sets = connected(len(rows.ids), np.array(links, dtype=int).reshape(-1, 2))
    return apply_rule(rows, rule, duplicates=sets, groups=sets)


def reachable(row: int, links: list[tuple[int, int]]) -> set[int]:
    """All rows that links lead to from one, found step by step."""
    found, new = {row}, {row}
    while new:
        new = {b for pair in links for a, b in (pair, pair[::-1]) if a in new} - found
        found |= new
    return found


@st.composite
def tables(draw: st.DrawFn) -> tuple[Rows, list[tuple[int, int]]]:
    base, external = draw(st.integers(1, 8)), draw(st.integers(1, 8))
    rows = base + external
    splits = st.lists(
        st.sampled_from(["train", "validation", "test"]), min_size=rows, max_size=rows
    )
    row = st.integers(0, rows - 1)
    links = draw(st.lists(st.tuples(row, row), max_size=10))
    return table(base=base, external=external, split=draw(splits)), links


@settings(max_examples=150)
@given(case=tables(), rule=st.sampled_from(RULES))
def test_a_rule_does_what_its_words_say(
    case: tuple[Rows, list[tuple[int, int]]], rule: str
) -> None:
    rows, links = case
    merge = merged(rows, rule, links)
    place = {row: position for position, row in enumerate(merge.kept.tolist())}
    for row in range(len(rows.ids)):
        together = reachable(row, links)
        shared = len({bool(rows.external[other]) for other in together}) == 2
        gives_way = {
            "keep-base": rows.external[row],
            "keep-external": not rows.external[row],
            "union-of-labels": rows.external[row],
            "keep-both": False,
        }[rule]
        assert (row in place) == (not (shared and gives_way))
        if row not in place:
            continue
        union = rows.targets[sorted(together)].any(axis=0)
        expected = union if shared and rule == "union-of-labels" else rows.targets[row]
        assert (merge.targets[place[row]] == expected).all()
        kept = sorted(together & place.keys())
        assert merge.groups[place[row]] == rows.ids[kept[0]]


@settings(max_examples=150)
@given(case=tables(), rule=st.sampled_from(RULES))
def test_no_group_of_labelled_rows_is_on_two_sides_and_validation_stays(
    case: tuple[Rows, list[tuple[int, int]]], rule: str
) -> None:
    rows, links = case
    merge = merged(rows, rule, links)
    labelled = merge.targets.any(axis=1)
    for group in set(merge.groups.tolist()):
        assert len(set(merge.split[(merge.groups == group) & labelled].tolist())) <= 1
    for position, row in enumerate(merge.kept.tolist()):
        if not labelled[position]:
            assert merge.split[position] == rows.split[row]
        elif not rows.external[row] and rows.split[row] == "validation":
            assert merge.split[position] == "validation"
        elif all(rows.external[other] for other in reachable(row, links)):
            assert merge.split[position] == "train"


def test_an_external_row_that_shares_a_group_with_validation_is_validation() -> None:
    rows = table(base=2, external=3, split=["validation", "train", "validation", "train", "train"])
    merge = merged(rows, "keep-both", [(0, 3)])
    assert merge.split.tolist() == ["validation", "train", "train", "validation", "train"]
    assert merge.groups.tolist() == ["r0", "r1", "r2", "r0", "r4"]


def test_an_external_copy_of_a_test_row_is_kept_out_of_training() -> None:
    rows = table(base=2, external=1, split=["test", "train", "train"])
    assert merged(rows, "keep-both", [(0, 2)]).split.tolist() == ["test", "train", "test"]


def test_a_replaced_validation_row_hands_its_side_on() -> None:
    rows = table(base=1, external=2, split=["validation", "train", "train"])
    merge = merged(rows, "keep-external", [(0, 2)])
    assert merge.ids.tolist() == ["r1", "r2"]
    assert merge.split.tolist() == ["train", "validation"]


def test_rows_of_the_base_that_a_list_ties_across_sides_move_to_validation() -> None:
    rows = table(base=3, external=1, split=["train", "validation", "train", "train"])
    merge = merged(rows, "keep-base", [(0, 1)])
    assert merge.split.tolist() == ["validation", "validation", "train", "train"]


def test_an_id_that_both_have_is_renamed_where_both_rows_stay() -> None:
    rows = table(base=2, external=2, split=["train"] * 4)
    rows = Rows(
        ids=np.array(["a", "b", "b", "c"]),
        external=rows.external,
        targets=rows.targets,
        split=rows.split,
    )
    merge = merged(rows, "keep-both", [(1, 2)])
    assert merge.ids.tolist() == ["a", "b", "b.external", "c"]
    assert merge.groups.tolist() == ["a", "b", "b", "c"]


def test_ids_that_renaming_cannot_tell_apart_are_refused() -> None:
    rows = table(base=2, external=1, split=["train"] * 3)
    rows = Rows(
        ids=np.array(["a", "a.external", "a"]),
        external=rows.external,
        targets=rows.targets,
        split=rows.split,
    )
    with pytest.raises(DatasetError, match="cannot be told apart"):
        merged(rows, "keep-both", [(0, 2)])


def test_a_rule_that_is_none_is_refused_by_the_names_of_those_that_are() -> None:
    rows = table(base=1, external=1, split=["train"] * 2)
    with pytest.raises(DatasetError, match=r"choose keep-base, keep-external"):
        merged(rows, "keep-newest", [])


def test_a_chain_of_links_is_one_set() -> None:
    rows = table(base=3, external=3, split=["train"] * 6)
    merge = merged(rows, "keep-base", [*pairwise(range(6))])
    assert merge.ids.tolist() == ["r0", "r1", "r2"]
    assert set(merge.groups) == {"r0"}
