"""The files a dataset was packed from: how they looked then, and which have changed since."""

import os
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd

from hpa_core.data.dataset import Dataset
from hpa_core.data.false_colour import EXTERNAL
from hpa_core.data.images import KAGGLE
from hpa_core.data.refusals import Refusal
from hpa_core.errors import DatasetError
from hpa_core.files import write_atomic

SOURCES = "sources.parquet"
ABSENT = -1
LAYOUTS = {layout.source: layout for layout in (KAGGLE, EXTERNAL)}


def file_stamps(folder: Path, files: Sequence[str]) -> tuple[int, ...]:
    """Return size in bytes and time of change in ns of the files, `ABSENT` if there is none."""
    stamps: list[int] = []
    for file in files:
        try:
            status = os.stat(folder / file)  # noqa: PTH116 - 450,000 of them: half the time of Path
        except OSError:
            stamps += [ABSENT, ABSENT]
        else:
            stamps += [status.st_size, status.st_mtime_ns]
    return tuple(stamps)


def write_sources(folder: Path, ids: np.ndarray, stamps: Sequence[tuple[int, ...]]) -> None:
    """Write down the stamps of every sample that was tried, refused ones included."""
    table = pd.DataFrame({"id": ids, "stamps": list(stamps)})
    content = BytesIO()
    table.to_parquet(content, index=False)
    write_atomic(folder / SOURCES, content.getvalue())


def stale_samples(dataset: Dataset, folder: Path) -> list[Refusal]:
    """Name the samples whose files are not as they were when the dataset was packed.

    Size and time of change are compared, not the pixels: a file that was copied counts as changed.

    Args:
        dataset: one that came from image files.
        folder: where those lie now.

    Raises:
        DatasetError: the dataset did not come from files.
    """
    path = dataset.folder / SOURCES
    if not path.is_file():
        raise DatasetError(f"Dataset {dataset.info.name!r} was not packed from image files.")
    layout = LAYOUTS[dataset.info.source]
    table = pd.read_parquet(path)
    stale = []
    for sample_id, then in zip(table["id"], table["stamps"], strict=True):
        files = layout.files(sample_id)
        now = file_stamps(folder, files)
        if now != tuple(then):
            stale.append(_difference(sample_id, files, tuple(then), now))
    return stale


def _difference(
    sample_id: str, files: Sequence[str], then: tuple[int, ...], now: tuple[int, ...]
) -> Refusal:
    first = next(
        index for index, pair in enumerate(zip(then, now, strict=True)) if len({*pair}) > 1
    )
    file = files[first // 2]
    reason = "is missing" if now[first] == ABSENT else "has changed since it was packed"
    return Refusal(sample_id, file, f"{file} {reason}")
