"""Tables of ids and targets: what is read, and every refusal."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpa_core.errors import LabelTableError
from hpa_core.targets import check_ids, format_target, parse_target, read_id_table


@pytest.fixture
def table(tmp_path: Path):
    def write(content: str | bytes) -> Path:
        path = tmp_path / "ids.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@given(st.sets(st.integers(0, 27), min_size=1))
def test_a_target_written_and_read_is_the_same(class_ids: set[int]) -> None:
    assert parse_target(format_target(class_ids)) == tuple(sorted(class_ids))


@pytest.mark.parametrize("bad", ["28", "-1", "1 1", "", " ", "x", "1,2", "1.0", "01", "٣", "1 28"])
def test_a_target_that_is_no_set_of_classes_is_refused(bad: str) -> None:
    with pytest.raises(LabelTableError, match="class numbers from 0 to 27"):
        parse_target(bad)


def test_an_id_table_gives_ids_in_order_and_the_truth(table) -> None:
    ids, truth = read_id_table(table("Id,Target\nb,7 1\na,0\n"))
    assert ids == ["b", "a"]
    assert [row.nonzero()[0].tolist() for row in truth] == [[1, 7], [0]]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfId,Target\r\na,1\r\nb,2\r\n",
        b'"Id","Target"\n"a","1"\n"b","2"\n',
        b"Target,Id\n1,a\n2,b\n",
        b"Id,Target,Note\na,1,x\nb,2,\n",
        b"Id,Target\na,1\nb,2",
        b"Id,Target\na,1\nb,2\n\n",
    ],
    ids=["BOM and CRLF", "quoted", "swapped", "more columns", "no last line end", "blank line"],
)
def test_harmless_variants_read_the_same(table, content: bytes) -> None:
    ids, truth = read_id_table(table(content))
    assert ids == ["a", "b"]
    assert truth.argmax(axis=1).tolist() == [1, 2]


def test_without_a_target_column_there_is_no_truth(table) -> None:
    assert read_id_table(table("Id,Predicted\na,0\n")) == (["a"], None)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "expected the column Id"),
        ("Id\n", "expected the column Id"),
        ("id\na\n", "expected the column Id"),
        ("Id,Id\na,b\n", "expected the column Id"),
        ("Id,Target\na,1,2\n", "mend that row"),
        ("Id,Target\na\n", "mend that row"),
        ("Id\na\na\n", "comes twice"),
        ("Id\n../a\n", "cannot be an id"),
        ("Id\na/b\n", "cannot be an id"),
        ("Id\n/etc/passwd\n", "cannot be an id"),
        ("Id\na\0b\n", "cannot be an id"),
        ("Id\na\\b\n", "cannot be an id"),
        ("Id\n" + "a" * 4096 + "\n", "cannot be an id"),
        ("Id\n\u0430bc\n", "cannot be an id"),
        ("Id,Target\na,28\n", "sample a: .*found '28'"),
        ('Id\n"a\n', "not a CSV"),
        (b"Id\n\xff\xfe\n", "not a CSV in UTF-8"),
    ],
)
def test_a_bad_table_is_refused_in_one_sentence(table, content: str | bytes, said: str) -> None:
    with pytest.raises(LabelTableError, match=said) as refusal:
        read_id_table(table(content))
    assert "\n" not in str(refusal.value)


def test_a_missing_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LabelTableError, match="check the path"):
        read_id_table(tmp_path / "none.csv")


def test_ids_are_named_by_their_source_and_row() -> None:
    with pytest.raises(LabelTableError, match="list, sample 2"):
        check_ids(["a", "b c"], source="list")
