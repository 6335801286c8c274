"""The text of a label table: bytes -> two columns of strings, before any meaning is given."""

import csv
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
from pyarrow import csv as arrow_csv

from hpa_core.data.refusals import Refusal, shortened
from hpa_core.errors import LabelTableError

COLUMNS = ("Id", "Target")


@dataclass(frozen=True, eq=False)
class LabelCells:
    """Both columns as strings, and the rows that had another number of cells."""

    name: str
    ids: pa.Array
    targets: pa.Array
    malformed: tuple[Refusal, ...]


def read_label_cells(source: Path | BinaryIO, *, name: str = "") -> LabelCells:
    """Read the two columns of a label table.

    Raises:
        LabelTableError: the file is missing, is not UTF-8 text or has no `Id,Target` header.
    """
    name = name or (source.name if isinstance(source, Path) else "the label table")
    content = _content(source, name)
    columns = _header(content, name)
    broken: list[Any] = []

    def skip(row: Any) -> str:
        broken.append(row)
        return "skip"

    try:
        table = arrow_csv.read_csv(
            BytesIO(content + b"\n"),  # Arrow takes a header without a line end for an empty file
            read_options=arrow_csv.ReadOptions(use_threads=False),  # else rows have no number
            parse_options=arrow_csv.ParseOptions(invalid_row_handler=skip),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(columns, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        raise LabelTableError(f"{name} cannot be read as CSV: {error}. Correct it.") from None
    ids, targets = (table.column(column).combine_chunks() for column in (0, 1))
    return LabelCells(name, ids, targets, _malformed(broken, name))


def _content(source: Path | BinaryIO, name: str) -> bytes:
    """Read everything: a million rows are 45 MB, and the encoding is told before the parsing."""
    try:
        content = source.read_bytes() if isinstance(source, Path) else source.read()
        content.decode()
    except OSError as error:
        raise LabelTableError(
            f"{name} cannot be read ({error.strerror}); check the path."
        ) from None
    except UnicodeDecodeError:
        raise LabelTableError(
            f"{name} is not UTF-8 text; expected a CSV, so unpack an archive or save it as UTF-8."
        ) from None
    return content


def _header(content: bytes, name: str) -> list[str]:
    # Only the start: a file that is one long line is no table, and need not be split to see it.
    first = content[:10_000].decode(errors="ignore").removeprefix("\ufeff").splitlines()[:1]
    columns = next(csv.reader(first), [])
    if tuple(columns[:2]) != COLUMNS or len(set(columns)) < len(columns):
        found = shortened(",".join(columns)) or "nothing"
        swapped = " (they are swapped)" if tuple(columns[:2]) == COLUMNS[::-1] else ""
        raise LabelTableError(
            f"{name} must start with the columns Id,Target; found {found!r}{swapped}. "
            "Rename or reorder its columns."
        )
    return columns


def _malformed(broken: list[Any], name: str) -> tuple[Refusal, ...]:
    for row in broken:
        if "\n" in row.text:
            raise LabelTableError(
                f"{name} opens a quote on line {row.number} and never closes it; correct the line."
            )
    return tuple(
        Refusal(
            id=shortened(row.text.split(",")[0]),
            file=name,
            reason=f"line {row.number} has {row.actual_columns} columns; "
            f"expected {row.expected_columns}, with spaces between class numbers",
        )
        for row in broken
    )
