"""Copying rows of memory-mapped arrays into a new one, in pieces, so that it can go on.

Memory stays at one piece. What is written is synced before it is noted as done; a copying that was
killed goes on after the last note.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Int

from hpa_core.data.rowfile import RowFile
from hpa_core.files import read_json, write_json
from hpa_core.progress import Progress, quiet

PIECE_BYTES = 64 * 1024**2
NOTE = "copied.json"

Part = tuple[Path, Int[np.ndarray, " n"]]
"""A `.npy` file of uint8 (N, ...), and the rows of it that are wanted."""


def copy_rows(
    path: Path, parts: Sequence[Part], *, progress: Progress = quiet, unit: str = "rows"
) -> None:
    """Write the wanted rows of every part, one after the other, as the `.npy` file `path`.

    Args:
        path: the file to make, or to go on with: a note beside it says how far it came.
        parts: of files whose rows have one shape.
        progress: told the rows in the file, after each piece.
        unit: what the rows are called there.

    Raises:
        WorkspaceError: the disk is full or the folder cannot be written; call again to go on.
    """
    shape = _mapped(parts[0][0]).shape[1:]
    rows = sum(len(wanted) for _, wanted in parts)
    file = RowFile(path, rows=rows, shape=shape)
    file.prepare()
    note = path.with_name(f"{path.name}.{NOTE}")
    done = int(read_json(note)["rows"]) if note.exists() else 0
    progress(done, rows, unit=unit)
    at_once = max(1, PIECE_BYTES // int(np.prod(shape)))
    start, known = 0, done
    for source, wanted in parts:
        for piece in range(max(0, known - start), len(wanted), at_once):
            # Mapped anew for each piece, so that what was read before takes no memory.
            pixels = _mapped(source)[wanted[piece : piece + at_once]]
            file.write_rows(start + piece, pixels)
            file.sync()
            done = start + piece + len(pixels)
            write_json(note, {"rows": done})
            progress(done, rows, unit=unit)
        start += len(wanted)
    file.finish(rows, ())


def _mapped(path: Path) -> np.ndarray:
    array: np.ndarray = np.load(path, mmap_mode="r", allow_pickle=False)
    return array


def remove_notes(folder: Path) -> None:
    """Remove what `copy_rows` left beside finished files."""
    for note in folder.glob(f"*.{NOTE}"):
        note.unlink()
