"""Score files from outside: npy, npz, csv and parquet, read without trusting them.

Axes: N samples, C classes (28). How large a file may be follows from the number of ids, so that a
small file that claims or unpacks to something huge is refused before it takes memory. Nothing is
ever unpickled, and no member of an archive is written to disk.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError  # noqa: N812

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from jaxtyping import Float

from hpa_core.classes import CLASS_NAMES, N_CLASSES
from hpa_core.errors import ScoresError

_MEMBER = re.compile(r"[A-Za-z0-9_]+\.npy")
_NUMBERED = re.compile(r"(\D*)(\d{1,2})")
_HEADER_BYTES = 4096
_ID_BYTES = 4 * 200  # numpy stores text as 4 bytes a letter; an id has at most 200


@dataclass(frozen=True)
class ScoreTable:
    """What a score file holds.

    Attributes:
        scores: (N, 28), not checked to be probabilities yet.
        ids: the sample of each row where the file says it, else None.
    """

    scores: Float[np.ndarray, "N C"]
    ids: list[str] | None = None


def read_score_file(path: Path, *, samples: int) -> ScoreTable:
    """Read the scores of `samples` samples.

    Raises:
        ScoresError: the file is missing, damaged, of another kind or shape, or holds pickles.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise ScoresError(
            f"{path.name} is no score file: expected one of {', '.join(READERS)}; save it as one."
        )
    try:
        table = reader(path, samples)
    except FileNotFoundError:
        raise ScoresError(f"There is no score file {path}; check the path.") from None
    except _DAMAGE as error:
        raise ScoresError(
            f"{path.name} cannot be read as {path.suffix[1:]} ({_first_line(error)}); it is "
            "damaged or of another kind. Write it again, as plain numbers without pickles."
        ) from None
    _check_shape(path, table.scores, samples)
    return table


def _read_npy(path: Path, _samples: int) -> ScoreTable:
    # A map cannot outgrow its file, and never unpickles.
    return ScoreTable(np.lib.format.open_memmap(path, mode="r"))


def _read_npz(path: Path, samples: int) -> ScoreTable:
    with ZipFile(path) as archive:
        sizes = {member.filename: member.file_size for member in archive.infolist()}
    odd = next((name for name in sizes if not _MEMBER.fullmatch(name)), None)
    if odd is not None:
        raise ScoresError(
            f"{path.name} holds {odd[:60]!r}; expected arrays alone, as numpy.savez writes them."
        )
    key = "probs.npy" if "probs.npy" in sizes else next(iter(sizes), "")
    if key != "probs.npy" and len(sizes) != 1:
        raise ScoresError(
            f"{path.name} holds {len(sizes)} arrays ({', '.join(sizes)[:80]}); expected one, or "
            "one named probs."
        )
    names = [key, "ids.npy"] if "ids.npy" in sizes else [key]
    for name, item_bytes in zip(names, (8 * N_CLASSES, _ID_BYTES), strict=False):
        if sizes[name] > samples * item_bytes + _HEADER_BYTES:
            raise ScoresError(
                f"{name} in {path.name} unpacks to {sizes[name]} bytes, more than {samples} "
                "samples can need; check that the ids belong to these scores."
            )
    with np.load(path, allow_pickle=False) as file:
        ids = file["ids"].astype(str).tolist() if len(names) > 1 else None
        return ScoreTable(file[key.removesuffix(".npy")], ids)


def _read_csv(path: Path, samples: int) -> ScoreTable:
    frame = pd.read_csv(
        path,
        dtype={"Id": str},
        encoding="utf-8-sig",
        keep_default_na=False,
        compression=None,
        nrows=samples + 1,
    )
    return _from_frame(path, frame)


def _read_parquet(path: Path, samples: int) -> ScoreTable:
    with pq.ParquetFile(path) as file:
        rows, columns = file.metadata.num_rows, file.metadata.num_columns
        if rows != samples or columns > N_CLASSES + 2:
            raise ScoresError(
                f"{path.name} holds {rows} rows and {columns} columns; expected {samples} rows "
                f"of an Id and {N_CLASSES} numbers."
            )
        frame = file.read().to_pandas()
    return _from_frame(path, frame.reset_index() if frame.index.name == "Id" else frame)


def _from_frame(path: Path, frame: pd.DataFrame) -> ScoreTable:
    names = [str(name) for name in frame.columns]
    if "Id" not in names:
        raise ScoresError(
            f"{path.name} has no column Id; expected Id and {N_CLASSES} columns, one a class."
        )
    numbers = [name for name in names if name != "Id"]
    order = _class_order(path, numbers)
    frame.columns = pd.Index(names)
    scores = frame[[numbers[place] for place in order]].to_numpy(dtype=np.float64)
    return ScoreTable(scores, frame["Id"].astype(str).tolist())


def _class_order(path: Path, names: list[str]) -> list[int]:
    """Return where each class's column stands: named `0` to `27`, `p0` to `p27`, or by class."""
    matches = [_NUMBERED.fullmatch(name) for name in names]
    by_number = {int(match[2]): place for place, match in enumerate(matches) if match}
    by_name = {name: place for place, name in enumerate(names)}
    prefixes = {match[1] for match in matches if match}
    if len(names) == N_CLASSES:
        if set(by_number) == set(range(N_CLASSES)) and len(prefixes) == 1:
            return [by_number[class_id] for class_id in range(N_CLASSES)]
        if set(by_name) == set(CLASS_NAMES):
            return [by_name[name] for name in CLASS_NAMES]
    raise ScoresError(
        f"{path.name} must have, beside Id, {N_CLASSES} columns named 0 to {N_CLASSES - 1} or by "
        f"the classes; found {len(names)}: {', '.join(names)[:80]}."
    )


def _check_shape(path: Path, scores: np.ndarray, samples: int) -> None:
    if scores.shape == (N_CLASSES, samples) and samples != N_CLASSES:
        raise ScoresError(
            f"{path.name} has the shape {scores.shape}: it lies on its side; transpose it to "
            f"({samples}, {N_CLASSES})."
        )
    if scores.shape != (samples, N_CLASSES):
        raise ScoresError(
            f"{path.name} has the shape {scores.shape}; expected ({samples}, {N_CLASSES}): one row "
            "for each id, one column for each class."
        )
    if not np.issubdtype(scores.dtype, np.floating):
        raise ScoresError(
            f"{path.name} holds {scores.dtype} values; expected floating-point probabilities."
        )


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:120]


Reader = Callable[[Path, int], ScoreTable]
READERS: dict[str, Reader] = {
    ".npy": _read_npy,
    ".npz": _read_npz,
    ".csv": _read_csv,
    ".parquet": _read_parquet,
}
"""How each kind of file is read: path and number of samples in, table out."""

_DAMAGE = (
    OSError,
    ValueError,
    TypeError,
    KeyError,
    EOFError,
    MemoryError,
    OverflowError,
    RuntimeError,  # an encrypted member; NotImplementedError: an unknown compression
    BadZipFile,
    ZlibError,
    pa.ArrowException,
)
"""What the readers raise on a damaged, hostile or foreign file."""
