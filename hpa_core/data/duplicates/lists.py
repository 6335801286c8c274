"""Lists of duplicates that others published: lines of ids, or a table of matches.

A table of matches has the columns `Extra` and `Test`, as `test_matches.csv`; its `Extra` begins
with a gene's id, which is no part of the sample's.
"""

import csv
import re
from pathlib import Path

from hpa_core.data.merging.links import read_id_groups
from hpa_core.data.refusals import shortened
from hpa_core.errors import LabelTableError
from hpa_core.targets import ID_PATTERN, ID_RULE

_GENE = re.compile(r"ENSG[0-9]{11}_")


def read_duplicate_list(path: Path) -> list[tuple[str, ...]]:
    """Read the sets of ids that a list calls duplicates, in its order.

    Raises:
        LabelTableError: the file cannot be read, is empty, or a line does not hold ids.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.reader(file) if row]
    except (OSError, csv.Error, UnicodeDecodeError):
        rows = []  # The reader of lines says what is wrong.
    if not rows or not {"Extra", "Test"} <= set(rows[0]):
        return read_id_groups(path)
    return [_match(path.name, rows[0], row) for row in rows[1:]]


def _match(name: str, header: list[str], row: list[str]) -> tuple[str, str]:
    if len(row) != len(header):
        raise LabelTableError(
            f"{name} has a row of {len(row)} values under {len(header)} columns, beginning "
            f"{shortened(row[0])!r}; mend that row."
        )
    ids = (_GENE.sub("", row[header.index("Extra")], count=1), row[header.index("Test")])
    if wrong := [one for one in ids if not re.fullmatch(ID_PATTERN, one)]:
        raise LabelTableError(f"{name}: {shortened(wrong[0])!r} cannot be an id; {ID_RULE}.")
    return ids
