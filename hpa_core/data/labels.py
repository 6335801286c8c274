"""Label tables: a CSV whose first two columns are `Id` and `Target`, read into one boolean matrix.

Axes: N rows, C classes (28). `Target` holds class numbers separated by spaces, in any order. UTF-8
with or without BOM, LF or CRLF and quoted cells mean the same; further columns are not read.

A row is refused, by id and with its reason, and the rest is read, when
- its id is not 1 to 200 of `A-Z a-z 0-9 . _ -`, or starts with a dot or a dash,
- its target is empty, is not made of class numbers 0 to 27, or repeats one,
- its id stands in more than one row. All of them are refused, whether their labels agree or not:
  one input has one meaning, and nothing tells which row was meant.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Bool, Int

from hpa_core.classes import N_CLASSES
from hpa_core.data.label_csv import LabelCells, read_label_cells
from hpa_core.data.refusals import Refusal, named_few, shortened
from hpa_core.errors import LabelTableError
from hpa_core.targets import CLASS_IDS, ID_PATTERN, ID_RULE

SAFE_ID = rf"\A{ID_PATTERN}\z"


@dataclass(frozen=True, eq=False)
class LabelTable:
    """The rows of a label table that were taken, and those that were not.

    Attributes:
        ids: (N,) of str, each once.
        targets: (N, 28); a row without any is unlabelled, where that was allowed.
        refusals: the rows left out, in the order of the file.
    """

    ids: np.ndarray
    targets: Bool[np.ndarray, "N C"]
    refusals: tuple[Refusal, ...]


def read_label_table(
    source: Path | BinaryIO, *, name: str = "", allow_unlabelled: bool = False
) -> LabelTable:
    """Read a label table.

    Args:
        source: the CSV's path, or a binary file open for reading.
        name: what messages call the file; taken from the path if empty.
        allow_unlabelled: take rows with an empty target, as samples without labels.

    Raises:
        LabelTableError: the file is missing, is not UTF-8 text, has no `Id,Target` header, or has
            no row that can be taken.
    """
    cells = read_label_cells(source, name=name)
    row_of_text, targets, reasons = _parsed_targets(cells.targets, allow_unlabelled)
    repeated = _repeated(cells.ids)
    unsafe = ~_boolean(pc.match_substring_regex(cells.ids, SAFE_ID))
    refused = (
        unsafe | repeated | np.array([bool(reason) for reason in reasons], dtype=bool)[row_of_text]
    )
    refusals = _refusals(
        cells, unsafe, repeated, refused, [reasons[i] for i in row_of_text[refused]]
    )
    if refused.all():
        raise LabelTableError(_nothing_left(cells, refusals))
    kept = pc.filter(cells.ids, pa.array(~refused)).to_numpy(zero_copy_only=False).astype(str)
    return LabelTable(kept, targets[row_of_text[~refused]], refusals)


def _parsed_targets(
    texts: pa.Array, allow_unlabelled: bool
) -> tuple[Int[np.ndarray, " N"], Bool[np.ndarray, "D C"], list[str]]:
    """Parse each of the D different texts once: a million rows hold a few thousand of them."""
    encoded = texts.dictionary_encode()
    distinct = encoded.dictionary.to_pylist()
    targets = np.zeros((len(distinct), N_CLASSES), dtype=bool)
    reasons = []
    for row, text in enumerate(distinct):
        tokens = text.split()
        reason = _wrong_with(tokens, allow_unlabelled)
        reasons.append(reason)
        if not reason:
            targets[row, [CLASS_IDS[token] for token in tokens]] = True
    return encoded.indices.to_numpy(), targets, reasons


def _wrong_with(tokens: list[str], allow_unlabelled: bool) -> str:
    """Say why the tokens of one target cannot be its labels; empty if they can."""
    if not tokens:
        return "" if allow_unlabelled else "the target is empty; expected at least one class number"
    for token in tokens:
        if token not in CLASS_IDS:
            return (
                f"{shortened(token)!r} is not a class; expected numbers from 0 to {N_CLASSES - 1}"
            )
    if len(set(tokens)) < len(tokens):
        return f"the target {shortened(' '.join(tokens))!r} repeats a class"
    return ""


def _repeated(ids: pa.Array) -> Bool[np.ndarray, " N"]:
    codes = ids.dictionary_encode().indices.to_numpy()
    repeated: np.ndarray = (np.bincount(codes) > 1)[codes] if codes.size else codes.astype(bool)
    return repeated


def _boolean(array: pa.Array) -> Bool[np.ndarray, " N"]:
    values: np.ndarray = array.to_numpy(zero_copy_only=False)
    return values


def _refusals(
    cells: LabelCells,
    unsafe: np.ndarray,
    repeated: np.ndarray,
    refused: np.ndarray,
    target_reasons: list[str],
) -> tuple[Refusal, ...]:
    rows = np.flatnonzero(refused)
    ids = cells.ids.take(pa.array(rows)).to_pylist()
    texts = cells.targets.take(pa.array(rows)).to_pylist()
    together = _targets_by_id(ids, texts)
    refusals = list(cells.malformed)
    for row, sample_id, target_reason in zip(rows, ids, target_reasons, strict=True):
        if unsafe[row]:
            reason = f"{shortened(sample_id)!r} is not an id; {ID_RULE}"
        elif repeated[row]:
            reason = _repetition(together[sample_id])
        else:
            reason = target_reason
        refusals.append(Refusal(shortened(sample_id), cells.name, reason))
    return tuple(refusals)


def _targets_by_id(ids: list[str], texts: list[str]) -> dict[str, list[str]]:
    together: dict[str, list[str]] = {}
    for sample_id, text in zip(ids, texts, strict=True):
        together.setdefault(sample_id, []).append(text)
    return together


def _repetition(texts: list[str]) -> str:
    same = len({frozenset(text.split()) for text in texts}) == 1
    listed = named_few((repr(text) for text in texts), limit=3)
    return (
        f"the id stands in {len(texts)} rows with {'the same' if same else 'different'} labels "
        f"({listed}); expected one row an id"
    )


def _nothing_left(cells: LabelCells, refusals: tuple[Refusal, ...]) -> str:
    if not refusals:
        return f"{cells.name} has a header and no rows; expected one row a sample."
    first = refusals[0]
    return (
        f"{cells.name} has no row that can be used: {len(refusals)} were refused, the first "
        f"because {first.reason}. Correct the table."
    )
