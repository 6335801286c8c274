"""How often each class shall be called: shares from a table, or from the labels of a split.

Axes: C classes (28).
"""

import math
from pathlib import Path

import pandas as pd

from hpa_core.classes import N_CLASSES
from hpa_core.data.dataset import Dataset
from hpa_core.errors import LabelTableError

Shares = tuple[float, ...]


def split_prevalence(dataset: Dataset, split: str) -> Shares:
    """Return the share of a split's samples that have each class, (C,).

    Raises:
        DatasetError: there is no such split.
        LabelTableError: the split has no sample.
    """
    rows = dataset.rows(split)
    if not len(rows):
        raise LabelTableError(f"Split {split!r} of dataset {dataset.info.name!r} has no sample.")
    return tuple(dataset.targets[rows].mean(axis=0).tolist())


def read_prevalence(path: Path, column: str = "") -> Shares:
    """Read a CSV with one line a class, in class order.

    Args:
        path: the file; its first line names the columns.
        column: the column that holds the shares; may be left out where there is one alone.

    Raises:
        LabelTableError: there is no such column, or it does not hold a share for each class.
    """
    table = read_prevalence_table(path)
    if column not in table and (column or len(table) > 1):
        found = f"no column {column!r}" if column else "several columns of shares"
        raise LabelTableError(f"{path.name} has {found}; name one of: {', '.join(table)}.")
    return table[column] if column else next(iter(table.values()))


def read_prevalence_table(path: Path) -> dict[str, Shares]:
    """Return every column of a CSV that holds a share between 0 and 1 for each class.

    Raises:
        LabelTableError: the file is missing or no CSV, or has no such column.
    """
    try:
        table = pd.read_csv(path)
    except FileNotFoundError:
        raise LabelTableError(f"There is no file {path}.") from None
    except (ValueError, OSError) as error:
        raise LabelTableError(f"{path.name} cannot be read as a CSV: {error}.") from None
    columns = {str(name): _shares(values) for name, values in table.items()}
    found = {name: shares for name, shares in columns.items() if shares is not None}
    if not found:
        raise LabelTableError(
            f"{path.name} has no column of {N_CLASSES} shares between 0 and 1, one a class; it "
            f"has {len(table)} lines and the columns {', '.join(columns)[:200] or 'none'}."
        )
    return found


def _shares(values: "pd.Series[float]") -> Shares | None:
    numbers = pd.to_numeric(values, errors="coerce").astype(float).tolist()
    valid = len(numbers) == N_CLASSES and all(
        math.isfinite(number) and 0 <= number <= 1 for number in numbers
    )
    return tuple(numbers) if valid else None
