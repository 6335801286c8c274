"""A `.npy` file of equal uint8 rows, written in any order by many threads, then closed up.

Rows are written with ordinary writes, not through a memory map: on a full disk a write fails with
an error that can be told, a map ends the process.
"""

import os
from collections.abc import Iterable
from io import BytesIO
from math import prod
from pathlib import Path

import numpy as np

from hpa_core.files import explained_os_errors


class RowFile:
    """Rows of one shape in a `.npy` file; every method may be called from any thread.

    Attributes:
        rows: how many rows there are now.
        shape: of one row.
    """

    def __init__(self, path: Path, *, rows: int, shape: tuple[int, ...]) -> None:
        self.path = path
        self.rows = rows
        self.shape = shape
        self._row_bytes = prod(shape)
        self._start = len(_header(rows, shape))

    def prepare(self) -> None:
        """Make the file, or give one that was left behind its full length, keeping its rows.

        Rows not written yet read as zeros and take no space where the file system knows holes.
        """
        with explained_os_errors(self.path), self.path.open("ab") as file:
            file.truncate(self._start + self.rows * self._row_bytes)

    def write(self, row: int, values: np.ndarray) -> None:
        """Write one row."""
        self.write_rows(row, values[None])

    def write_rows(self, row: int, values: np.ndarray) -> None:
        """Write consecutive rows (n, ...), the first at `row`."""
        if values.shape[1:] != self.shape or values.dtype != np.uint8:
            raise ValueError(
                f"expected uint8 (n, *{self.shape}), got {values.dtype} {values.shape}"
            )
        with explained_os_errors(self.path), self.path.open("r+b") as file:
            file.seek(self._start + row * self._row_bytes)
            file.write(np.ascontiguousarray(values).data)

    def read(self, row: int) -> np.ndarray:
        """Read one row."""
        with self.path.open("rb") as file:
            file.seek(self._start + row * self._row_bytes)
            return np.frombuffer(file.read(self._row_bytes), dtype=np.uint8).reshape(self.shape)

    def sync(self) -> None:
        """Make every row written so far durable; other threads may write meanwhile."""
        with explained_os_errors(self.path), self.path.open("r+b") as file:
            os.fsync(file.fileno())

    def finish(self, rows: int, moves: Iterable[tuple[int, int]]) -> None:
        """Copy rows from the end into gaps, cut the file to `rows`, and make it durable.

        Repeating it after a crash gives the same file: no move writes over a row another one reads.

        Args:
            rows: how many rows the finished file has.
            moves: (from, to) with from >= rows > to.
        """
        for source, target in moves:
            self.write(target, self.read(source))
        with explained_os_errors(self.path), self.path.open("r+b") as file:
            file.write(_header(rows, self.shape))
            file.truncate(self._start + rows * self._row_bytes)
        self.sync()
        self.rows = rows


def _header(rows: int, shape: tuple[int, ...]) -> bytes:
    """Return the `.npy` header; NumPy pads it, so that its length does not depend on `rows`."""
    header = BytesIO()
    description = {"descr": "|u1", "fortran_order": False, "shape": (rows, *shape)}
    np.lib.format.write_array_header_1_0(header, description)
    return header.getvalue()
