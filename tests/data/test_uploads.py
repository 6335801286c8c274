"""The first look at an uploaded table."""

import gzip
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from hpa_core.data.uploads import check_uploaded_csv
from hpa_core.errors import LabelTableError


def zipped() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("../../train.csv", "Id,Target\na,0\n")
    return buffer.getvalue()


def test_a_small_table_passes_and_is_left_at_its_start() -> None:
    file = BytesIO(b"Id,Target\na,0\n")
    check_uploaded_csv("train.csv", file)
    assert file.read() == b"Id,Target\na,0\n"


def test_an_upload_of_201_mb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "train.csv"
    with path.open("w+b") as file:
        file.write(b"Id,Target\n")
        file.truncate(201 * 1024**2)
        with pytest.raises(LabelTableError, match="has 201 MiB; an upload has at most 200 MiB"):
            check_uploaded_csv("train.csv", file)


@pytest.mark.parametrize(
    ("filename", "content", "sentence"),
    [
        ("train.xlsx", b"Id,Target\n", "is not a CSV"),
        ("train.csv", zipped(), "is a ZIP archive"),
        ("train.csv", gzip.compress(b"Id,Target\na,0\n", mtime=0), "is a gzip archive"),
        ("train.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is not text"),
        ("train.csv", b"", "is empty"),
        ("x" * 5000, b"Id,Target\n", "is not a CSV"),
    ],
)
def test_a_file_of_another_type_is_refused(filename: str, content: bytes, sentence: str) -> None:
    with pytest.raises(LabelTableError, match=sentence) as caught:
        check_uploaded_csv(filename, BytesIO(content))
    assert len(str(caught.value)) < 250
