"""Label tables: what is read, what is refused, and by which reason."""

import csv
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpa_core.data.labels import LabelTable, read_label_table
from hpa_core.errors import LabelTableError

# Row R-1 of the report behind this project: positives of each class in the 31,072 samples.
R1_COUNTS = [
    12885, 1254, 3621, 1561, 1858, 2513, 1008, 2822, 53, 45, 28, 1093, 688, 537,
    1066, 21, 530, 210, 902, 1482, 172, 3777, 802, 2965, 322, 8228, 328, 11,
]  # fmt: skip


def read(text: str | bytes, **options: bool) -> LabelTable:
    content = text.encode() if isinstance(text, str) else text
    return read_label_table(BytesIO(content), **options)


def labels_of(table: LabelTable) -> dict[str, list[int]]:
    rows = zip(table.ids, table.targets, strict=True)
    return {str(sample_id): np.flatnonzero(row).tolist() for sample_id, row in rows}


def test_the_competition_s_table_has_the_published_counts(realdata: Path) -> None:
    table = read_label_table(realdata / "labels" / "train.csv")
    assert table.ids.shape == (31072,)
    assert table.targets.sum(axis=0).tolist() == R1_COUNTS
    assert table.targets.sum() == 50782
    assert table.refusals == ()


def test_every_row_of_the_competition_s_table_equals_the_csv_module_s_reading(
    realdata: Path,
) -> None:
    path = realdata / "labels" / "train.csv"
    with path.open(newline="") as file:
        expected = {
            row["Id"]: sorted(map(int, row["Target"].split())) for row in csv.DictReader(file)
        }
    assert labels_of(read_label_table(path)) == expected


def test_the_external_table_has_the_published_counts(realdata: Path) -> None:
    table = read_label_table(realdata / "labels" / "HPAv18RBGY_wodpl.csv")
    assert len(table.ids) == 74606
    assert table.targets[:, [0, 25, 27]].sum(axis=0).tolist() == [28073, 29138, 116]
    assert table.targets.sum() == 114131
    assert table.refusals == ()


@pytest.mark.parametrize(
    "text",
    [
        "Id,Target\na,25 0\nb,3\n",
        "\ufeffId,Target\na,25 0\nb,3\n",
        "Id,Target\r\na,25 0\r\nb,3\r\n",
        '"Id","Target"\n"a","25 0"\n"b","3"\n',
        "Id,Target\na,25 0\nb,3",
        "Id,Target,Note\na,25 0,x\nb,3,y\n",
        "Id,Target\na,0 25\n\nb,3\n",
    ],
    ids=["plain", "bom", "crlf", "quoted", "no last line end", "third column", "blank line"],
)
def test_one_table_written_in_several_ways_reads_the_same(text: str) -> None:
    assert labels_of(read(text)) == {"a": [0, 25], "b": [3]}


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("", "the target is empty"),
        ("  ", "the target is empty"),
        ("28", "'28' is not a class; expected numbers from 0 to 27"),
        ("-1", "'-1' is not a class"),
        ("3 -1", "'-1' is not a class"),
        ("1 1", "the target '1 1' repeats a class"),
        ("nucleus", "'nucleus' is not a class"),
        ("1.0", "'1.0' is not a class"),
        ("01", "'01' is not a class"),
        ("１", "'１' is not a class"),
        ("1;2", "'1;2' is not a class"),
    ],
)
def test_a_target_that_is_no_set_of_classes_is_refused_by_id_and_the_rest_is_read(
    target: str, reason: str
) -> None:
    table = read(f"Id,Target\nbad,{target}\ngood,5\n")
    assert labels_of(table) == {"good": [5]}
    assert [refusal.id for refusal in table.refusals] == ["bad"]
    assert table.refusals[0].reason.startswith(reason)


@pytest.mark.parametrize(
    "unsafe",
    [
        "../../x",
        "/etc/passwd",
        "C:\\x",
        "a\\b",
        "a/b",
        "a\0b",
        "a b",
        ".hidden",
        "-option",
        "=1+1",
        "\u0430bc",  # a Cyrillic letter that looks like a Latin one
        "ab\u200b",
        "x" * 201,
        "x" * 4096,
        "",
    ],
)
def test_an_id_that_is_not_safe_as_a_file_name_is_refused(unsafe: str) -> None:
    table = read(f"Id,Target\n{unsafe},1\ngood,5\n")
    assert labels_of(table) == {"good": [5]}
    assert "is not an id; expected 1 to 200" in table.refusals[0].reason
    assert len(table.refusals[0].id) <= 80


def test_an_id_may_have_two_hundred_characters() -> None:
    assert labels_of(read(f"Id,Target\n{'x' * 200},1\n")) == {"x" * 200: [1]}


@pytest.mark.parametrize(("second", "word"), [("1 0", "the same"), ("2", "different")])
def test_every_row_of_a_repeated_id_is_refused_whether_the_labels_agree_or_not(
    second: str, word: str
) -> None:
    table = read(f"Id,Target\ntwice,0 1\nonce,5\ntwice,{second}\n")
    assert labels_of(table) == {"once": [5]}
    assert [refusal.id for refusal in table.refusals] == ["twice", "twice"]
    assert f"2 rows with {word} labels" in table.refusals[0].reason


def test_a_repeated_id_with_one_bad_target_leaves_no_row_to_trust() -> None:
    table = read("Id,Target\ntwice,0\ntwice,99\nonce,1\n")
    assert labels_of(table) == {"once": [1]}
    assert len(table.refusals) == 2


def test_a_row_with_too_many_cells_is_refused_by_its_line() -> None:
    table = read("Id,Target\na,0,1\nb,1\n")
    assert labels_of(table) == {"b": [1]}
    assert table.refusals[0].id == "a"
    assert table.refusals[0].reason.startswith("line 2 has 3 columns; expected 2")


def test_an_empty_target_is_taken_where_unlabelled_samples_are_allowed() -> None:
    table = read("Id,Target\na,\nb,1\n", allow_unlabelled=True)
    assert labels_of(table) == {"a": [], "b": [1]}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"Target,Id\n0,a\n", "found 'Target,Id' (they are swapped)"),
        (b"Id\na\n", "must start with the columns Id,Target; found 'Id'"),
        (b"Id,Predicted\na,0\n", "found 'Id,Predicted'"),
        (b"Id,Target,Id\na,0,b\n", "found 'Id,Target,Id'"),
        (b"a,0\nb,1\n", "found 'a,0'"),
        (b"", "found 'nothing'"),
        (b"Id,Target", "has a header and no rows"),
        (b"Id,Target\n", "has a header and no rows"),
        (b"Id,Target\n\xff,0\n", "is not UTF-8 text"),
        ("Id,Target\na,0\n".encode("utf-16"), "is not UTF-8 text"),
        (b'Id,Target\n"a,0\nb,1\nc,2\n', "opens a quote on line 2"),
        (b"Id,Target\n0,a\n1,b\n", "has no row that can be used: 2 were refused"),
        (b"Id,Target\n" + b"a" * 3_000_000 + b",0\n", "cannot be read as CSV"),
    ],
    ids=lambda value: None if isinstance(value, str) else repr(value[:12]),
)
def test_a_file_that_is_no_label_table_is_refused_in_one_sentence(
    content: bytes, sentence: str
) -> None:
    with pytest.raises(LabelTableError) as caught:
        read(content)
    assert sentence in str(caught.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.csv", tmp_path):
        with pytest.raises(LabelTableError, match="cannot be read"):
            read_label_table(path)


@given(st.lists(st.sets(st.integers(0, 27), min_size=1, max_size=6), min_size=1, max_size=30))
def test_any_sets_of_classes_in_any_order_read_back(rows: list[set[int]]) -> None:
    lines = [f"id-{row},{' '.join(map(str, labels))}\n" for row, labels in enumerate(rows)]
    table = read("Id,Target\n" + "".join(lines))
    assert labels_of(table) == {f"id-{row}": sorted(labels) for row, labels in enumerate(rows)}


def test_a_million_rows_are_read_whole() -> None:
    rows = "".join(f"sample-{row},{row % 28}\n" for row in range(1_000_000))
    table = read("Id,Target\n" + rows)
    assert table.targets.shape == (1_000_000, 28)
    assert (table.targets.argmax(axis=1) == np.arange(1_000_000) % 28).all()
