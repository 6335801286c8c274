"""Published lists are read as they are, and what is no list is refused in one sentence."""

from pathlib import Path

import pytest

from hpa_core.data.duplicates.lists import read_duplicate_list
from hpa_core.errors import LabelTableError


def test_the_published_lists_are_read(realdata: Path) -> None:
    inside = read_duplicate_list(realdata / "leaks" / "train_duplicates.txt")
    across = read_duplicate_list(realdata / "leaks" / "external_train_duplicates.txt")
    matches = read_duplicate_list(realdata / "leaks" / "test_matches.csv")
    assert [len(sets) for sets in (inside, across, matches)] == [104, 4051, 259]
    assert sorted({len(ids) for ids in inside}) == [2, 3]
    assert matches[0] == ("44431_556_B9_1", "7729b27c-bacc-11e8-b2b8-ac1f6b6435d0")


def test_a_byte_order_mark_windows_line_ends_spaces_and_empty_lines_mean_nothing(
    tmp_path: Path,
) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes(b"\xef\xbb\xbfa, b\r\n\r\nc,d,e\r\n")
    assert read_duplicate_list(path) == [("a", "b"), ("c", "d", "e")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"a,b\nc\n", "line 2: 'c' is one id"),
        (b"a,../b\n", "'../b' cannot be an id"),
        (b"a,=cmd\n", "'=cmd' cannot be an id"),
        (b"\xff\xfe\x00", "is not UTF-8 text"),
        (b"Extra,Test,SimR\nENSG00000001497_1_2_B9_1,x\n", "row of 2 values under 3 columns"),
        (b"Extra,Test\nENSG00000001497_,x\n", "'' cannot be an id"),
    ],
)
def test_what_is_no_list_is_refused(content: bytes, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes(content)
    with pytest.raises(LabelTableError, match=r"list\.txt") as refusal:
        read_duplicate_list(path)
    assert sentence in str(refusal.value)


def test_a_missing_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LabelTableError, match="cannot be read"):
        read_duplicate_list(tmp_path / "absent.txt")
