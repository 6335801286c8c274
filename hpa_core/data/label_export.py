"""Writing label tables, so that they read back the same and no cell becomes a formula."""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path

import numpy as np
from jaxtyping import Bool

from hpa_core.files import write_atomic

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def write_label_table(
    path: Path,
    ids: np.ndarray,
    targets: Bool[np.ndarray, "N C"],
    *,
    notes: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Write `Id,Target` and one more column for each of `notes`, atomically.

    Ids and class numbers cannot begin a formula; notes are free text and are neutralised.

    Args:
        path: the CSV to write.
        ids: (N,) of str.
        targets: (N, 28).
        notes: column name -> N texts.

    Raises:
        WorkspaceError: the disk is full or the folder cannot be written.
    """
    columns = dict(notes or {})
    text = StringIO(newline="")
    # A note may hold a lone carriage return, which the module writes bare unless told to quote.
    writer = csv.writer(
        text, lineterminator="\n", quoting=csv.QUOTE_ALL if columns else csv.QUOTE_MINIMAL
    )
    writer.writerow(["Id", "Target", *map(neutralised, columns)])
    cells = [[neutralised(cell) for cell in column] for column in columns.values()]
    for sample_id, labels, *free in zip(ids, target_texts(targets), *cells, strict=True):
        writer.writerow([sample_id, labels, *free])
    write_atomic(path, text.getvalue().encode())


def target_texts(targets: Bool[np.ndarray, "N C"]) -> list[str]:
    """Return class numbers per row, ascending, separated by spaces.

    >>> target_texts(np.eye(28, dtype=bool)[[2]] | np.eye(28, dtype=bool)[[25]])
    ['2 25']
    """
    rows, classes = np.nonzero(targets)
    ends = np.searchsorted(rows, np.arange(1, len(targets)))
    return [" ".join(map(str, part)) for part in np.split(classes, ends)] if len(targets) else []


def neutralised(text: str) -> str:
    """Make a spreadsheet show the text rather than run it, by a leading apostrophe.

    >>> neutralised("=HYPERLINK(0)")
    "'=HYPERLINK(0)"

    References:
        OWASP, CSV Injection, https://owasp.org/www-community/attacks/CSV_Injection
    """
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
