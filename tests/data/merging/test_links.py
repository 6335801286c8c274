"""What ties rows of two datasets together, and published lists of duplicates."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpa_core.data.merging.links import chained, connected, find_links, read_id_groups
from hpa_core.errors import LabelTableError


def sets_of(numbers: np.ndarray) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(numbers == one).tolist()) for one in numbers}


def test_the_published_lists_are_read_line_by_line(realdata: Path) -> None:
    external = read_id_groups(realdata / "leaks" / "external_train_duplicates.txt")
    inside = read_id_groups(realdata / "leaks" / "train_duplicates.txt")
    assert (len(external), len(inside)) == (4051, 104)
    assert external[0] == ("24637_609_C7_1", "fad37608-bbad-11e8-b2ba-ac1f6b6435d0")
    assert sorted({len(group) for group in external}) == [2, 3]


def test_blank_lines_a_bom_and_spaces_mean_nothing(tmp_path: Path) -> None:
    path = tmp_path / "pairs.txt"
    path.write_bytes("\ufeffa, b\r\n\r\nc,d,e\n".encode())
    assert read_id_groups(path) == [("a", "b"), ("c", "d", "e")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"a,b\nc\n", "line 2: 'c' is one id"),
        (b"a,../b\n", "line 1: '../b' cannot be an id"),
        (b"a,\n", "line 1: '' cannot be an id"),
        (b"\xff\xfe", "is not UTF-8 text"),
        (None, "No such file"),
    ],
)
def test_a_list_that_is_none_is_refused_by_line(
    content: bytes | None, sentence: str, tmp_path: Path
) -> None:
    path = tmp_path / "pairs.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(LabelTableError, match=sentence):
        read_id_groups(path)


def test_each_way_of_being_the_same_gives_its_own_links() -> None:
    ids = np.array(["a", "b", "c", "a", "d", "e"])
    hashes = np.array(["", "1", "2", "", "2", "2"])
    links = find_links(ids, hashes, [("b", "unknown", "e"), ("nobody", "c")])
    assert links["equal ids"].tolist() == [[0, 3]]
    assert links["listed"].tolist() == [[1, 5]]
    assert links["identical images"].tolist() == [[2, 4], [2, 5]]
    assert sets_of(connected(6, *links.values())) == {frozenset({0, 3}), frozenset({1, 2, 4, 5})}


def test_without_links_every_row_is_a_set_of_its_own() -> None:
    assert len(set(connected(4).tolist())) == 4
    assert len(set(connected(4, np.zeros((0, 2), dtype=int)).tolist())) == 4


@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=12))
def test_chained_keys_connect_exactly_the_rows_of_one_key(keys: list[str]) -> None:
    sets = connected(len(keys), chained(np.array(keys)))
    for row, key in enumerate(keys):
        for other, another in enumerate(keys):
            assert (sets[row] == sets[other]) == (key == another)
