"""False-colour JPEGs as the atlas made them: quality 50, colour at half the resolution."""

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

PARTS = {"red": (1, 0, 0), "green": (0, 1, 0), "blue": (0, 0, 1), "yellow": (1, 1, 0)}


def cells(side: int, seed: int = 0) -> np.ndarray:
    """A dark field with bright spots of several sizes, uint8 (side, side)."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:side, :side] / side
    field = np.full((side, side), 4.0)
    for row, column, radius in rng.random((12, 3)):
        distance = (rows - row) ** 2 + (columns - column) ** 2
        field += 220 * np.exp(-distance / (0.01 + 0.1 * radius) ** 2)
    return np.clip(field + rng.normal(0, 2, field.shape), 0, 255).astype(np.uint8)


def false_colour(grey: np.ndarray, channel: str, **options: object) -> bytes:
    """The JPEG of a grey image in its stain's colour."""
    file = BytesIO()
    colours = np.stack([grey * part for part in PARTS[channel]], axis=-1)
    Image.fromarray(colours.astype(np.uint8)).save(
        file, "JPEG", **{"quality": 50, "subsampling": 2, **options}
    )
    return file.getvalue()


def write_external(folder: Path, ids: Iterable[str], *, side: int = 96) -> Path:
    """Write a quartet for each id and, beside the folder, `labels.csv`; row i has class i % 28."""
    folder.mkdir()
    rows = ["Id,Target"]
    for row, sample_id in enumerate(ids):
        rows.append(f"{sample_id},{row % 28}")
        for number, channel in enumerate(PARTS):
            content = false_colour(cells(side, seed=4 * row + number), channel)
            (folder / f"{sample_id}_{channel}.jpg").write_bytes(content)
    (folder.parent / "labels.csv").write_text("\n".join(rows) + "\n")
    return folder
