"""Sample ids and target strings: what a table of ids and class numbers may hold.

Axes: N samples, C classes (28). Label tables, ids of scores from outside and submissions all follow
these contracts.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Int

from hpa_core.classes import N_CLASSES
from hpa_core.errors import LabelTableError

# The first character is neither a dot (hidden files, `..`) nor a dash (options, formulas).
ID_PATTERN = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}"
ID_RULE = "expected 1 to 200 ASCII letters, digits, '.', '_' or '-', not starting with '.' or '-'"
CLASS_IDS = {str(class_id): class_id for class_id in range(N_CLASSES)}


@lru_cache(maxsize=65_536)
def parse_target(text: str) -> tuple[int, ...]:
    """Read class numbers separated by spaces, in any order; return them ascending.

    Raises:
        LabelTableError: there is none, one is not 0 to 27, or one stands there twice.

    >>> parse_target("7 1 2 0")
    (0, 1, 2, 7)
    """
    words = text.split()
    unknown = [word for word in words if word not in CLASS_IDS]
    if unknown or not words or len(set(words)) < len(words):
        found = f"{unknown[0][:40]!r}" if unknown else f"{text[:40]!r}"
        raise LabelTableError(
            f"A target lists class numbers from 0 to {N_CLASSES - 1}, each at most once and at "
            f"least one, separated by spaces; found {found}."
        )
    return tuple(sorted(CLASS_IDS[word] for word in words))


def format_target(class_ids: Iterable[int]) -> str:
    """Write class numbers as a target string, ascending.

    >>> format_target([25, 0])
    '0 25'
    """
    return " ".join(map(str, sorted(class_ids)))


def rows_of(ids: np.ndarray, wanted: np.ndarray) -> Int[np.ndarray, " n"]:
    """Return the row of each wanted id among `ids`, each of which stands there once; else -1.

    >>> rows_of(np.array(["b", "a"]), np.array(["a", "c"])).tolist()
    [1, -1]
    """
    rows = {sample_id: row for row, sample_id in enumerate(ids.tolist())}
    return np.array([rows.get(sample_id, -1) for sample_id in wanted.tolist()], dtype=np.int64)


def check_ids(ids: Sequence[str], *, source: str) -> None:
    """Refuse ids that are unsafe as file names or in a spreadsheet, and ids that come twice.

    An id of `ID_PATTERN` is no path, no formula (`= + - @`) and never needs quoting.

    Args:
        ids: the ids, in order.
        source: where they come from, named in the message.

    Raises:
        LabelTableError: an id breaks the contract.
    """
    seen: set[str] = set()
    for row, sample_id in enumerate(ids):
        if not re.fullmatch(ID_PATTERN, sample_id):
            raise LabelTableError(
                f"{source}, sample {row + 1}: {sample_id[:60]!r} cannot be an id; {ID_RULE}."
            )
        if sample_id in seen:
            raise LabelTableError(
                f"{source}, sample {row + 1}: the id {sample_id!r} comes twice; keep one of them."
            )
        seen.add(sample_id)


def read_id_table(path: Path) -> tuple[list[str], Bool[np.ndarray, "N C"] | None]:
    """Read the column `Id` of a CSV, and the truth if there is a column `Target`.

    Raises:
        LabelTableError: the file is missing or no CSV, has no ids, or an id or a target is bad.
    """
    columns = read_columns(path)
    truth = None
    if "Target" in columns:
        truth = read_targets(columns["Target"], ids=columns["Id"], source=path.name)
    return list(columns["Id"]), truth


def read_columns(path: Path) -> dict[str, tuple[str, ...]]:
    """Read the columns of a CSV by name; `Id` is among them and its ids keep their contract.

    Raises:
        LabelTableError: the file is missing or no CSV, has no ids, or an id is bad.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.reader(file, strict=True) if row]
    except OSError as error:
        raise LabelTableError(
            f"The table of ids {path} cannot be read ({error.strerror}); check the path."
        ) from None
    except (csv.Error, UnicodeDecodeError) as error:
        raise LabelTableError(
            f"{path.name} is not a CSV in UTF-8 ({error}); expected the column Id."
        ) from None
    _check_rows(path, rows)
    columns = dict(zip(rows[0], zip(*rows[1:], strict=True), strict=True))
    check_ids(columns["Id"], source=path.name)
    return columns


def read_targets(
    texts: Sequence[str], *, ids: Sequence[str], source: str, allow_empty: bool = False
) -> Bool[np.ndarray, "N C"]:
    """Read target strings, one a sample.

    Args:
        texts: class numbers separated by spaces.
        ids: the samples, for the message.
        source: where they come from, named in the message.
        allow_empty: whether a sample may have none, as calls may.

    Raises:
        LabelTableError: a text breaks its contract; names source and sample.
    """
    targets = np.zeros((len(texts), N_CLASSES), dtype=bool)
    for row, text in enumerate(texts):
        if allow_empty and not text.strip():
            continue
        try:
            targets[row, parse_target(text)] = True
        except LabelTableError as error:
            raise LabelTableError(f"{source}, sample {ids[row]}: {error}") from None
    return targets


def _check_rows(path: Path, rows: list[list[str]]) -> None:
    if not rows:
        raise LabelTableError(
            f"{path.name} is empty; expected the column Id with one row for each sample."
        )
    header = rows[0]
    if "Id" not in header or len(rows) < 2 or len(set(header)) < len(header):
        raise LabelTableError(
            f"{path.name} has {len(rows) - 1} rows and the columns "
            f"{', '.join(header)[:80]!r}; expected the column Id with one row for each sample."
        )
    uneven = next((place for place, row in enumerate(rows) if len(row) != len(header)), None)
    if uneven is not None:
        raise LabelTableError(
            f"{path.name}, sample {uneven}: {len(rows[uneven])} values stand under {len(header)} "
            "columns; mend that row."
        )
