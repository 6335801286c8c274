"""The file that Kaggle takes: `Id,Predicted`, class ids ascending, separated by spaces.

Axes: N samples, C classes (28). Lines end in a line feed, the last one too. A sample without a
call keeps its row, with nothing after the comma.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Bool

from hpa_core.errors import LabelTableError
from hpa_core.files import check_output, write_atomic
from hpa_core.targets import (
    check_ids,
    format_target,
    read_columns,
    read_targets,
)

HEADER = "Id,Predicted"


def write_submission(path: Path, ids: Sequence[str], calls: Bool[np.ndarray, "N C"]) -> None:
    """Write calls as a submission, whole or not at all.

    An id that would be a formula in a spreadsheet, or a path, is refused rather than rewritten:
    a changed id would be another sample.

    Args:
        path: the CSV to write or replace.
        ids: sample ids in the order wanted (see `ordered_like`), (N,).
        calls: (N, 28).

    Raises:
        LabelTableError: an id breaks its contract or comes twice.
        WorkspaceError: the file cannot be written; what was there is as before.
        ValueError: ids and calls differ in number.
    """
    check_ids(ids, source="The submission")
    check_output(path, what="submission")
    lines = [HEADER, *(f"{sample_id},{text}" for sample_id, text in _rows(ids, calls))]
    write_atomic(path, ("\n".join(lines) + "\n").encode())


def read_submission(path: Path) -> tuple[list[str], Bool[np.ndarray, "N C"]]:
    """Read a submission (`Id,Predicted`) or a solution (`Id,Target`).

    Raises:
        LabelTableError: the file is missing or no such table, or an id or a target is bad.
    """
    columns = read_columns(path)
    found = [name for name in ("Predicted", "Target") if name in columns]
    if len(found) != 1:
        raise LabelTableError(
            f"{path.name} has the columns {', '.join(columns)[:80]!r}; expected Id with either "
            "Predicted (a submission) or Target (a solution)."
        )
    ids = list(columns["Id"])
    texts = columns[found[0]]
    return ids, read_targets(texts, ids=ids, source=path.name, allow_empty=found[0] == "Predicted")


def ordered_like(
    wanted: Sequence[str], ids: Sequence[str], calls: Bool[np.ndarray, "N C"], *, name: str
) -> tuple[list[str], Bool[np.ndarray, "N C"]]:
    """Bring ids and calls into the order of a sample submission, or of any other table.

    Args:
        wanted: the ids in the order wanted.
        ids: those of `calls`.
        calls: (N, 28).
        name: of the table that `wanted` comes from, for the message.

    Raises:
        LabelTableError: the table names other samples than `ids`.
    """
    rows = {sample_id: row for row, sample_id in enumerate(ids)}
    missing = [sample_id for sample_id in wanted if sample_id not in rows]
    extra = sorted(rows.keys() - set(wanted))
    if missing or extra:
        faults = [
            *_fault(f"{name} lacks", extra, "of the samples predicted"),
            *_fault(f"{name} names", missing, "without a prediction"),
        ]
        raise LabelTableError(f"{' and '.join(faults)}; both must have the same samples.")
    return list(wanted), calls[[rows[sample_id] for sample_id in wanted]]


def _rows(ids: Sequence[str], calls: Bool[np.ndarray, "N C"]) -> list[tuple[str, str]]:
    texts = (format_target(np.flatnonzero(row).tolist()) for row in calls)
    return list(zip(ids, texts, strict=True))


def _fault(verb: str, samples: list[str], what: str) -> list[str]:
    """Say how many samples have a fault, and one of them; nothing where none has it."""
    more = ", ..." if len(samples) > 1 else ""
    return [f"{verb} {len(samples)} {what} ({samples[0]!r}{more})"] if samples else []
