"""Finding the four files of every sample in a folder, by reading its list of names once."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hpa_core.classes import CHANNELS
from hpa_core.data.channels import Layout
from hpa_core.data.images import KAGGLE
from hpa_core.data.refusals import Refusal, named_few
from hpa_core.errors import DatasetError


@dataclass(frozen=True, eq=False)
class QuartetListing:
    """What a folder holds of the samples that were asked for.

    Attributes:
        folder: the folder, resolved.
        rows: (n,) row numbers of the ids that have all four files.
        refusals: the others.
        unused: names of files that belong to no sample, in order.
    """

    folder: Path
    rows: np.ndarray
    refusals: tuple[Refusal, ...]
    unused: tuple[str, ...]


def find_quartets(folder: Path, ids: np.ndarray, layout: Layout = KAGGLE) -> QuartetListing:
    """Find the four files of every id.

    A link may point to a file inside `folder`; one that leaves it is refused. Names are compared
    with their case, on every system.

    Args:
        folder: where the files lie, not in folders below.
        ids: (N,) of str, safe as file names (`labels.SAFE_ID`).
        layout: what the files are called.

    Raises:
        DatasetError: there is no such folder, or it holds no sample's files at all.
    """
    files, outside, folders = _names(folder)
    folded = {name.casefold(): name for name in files}
    found, refusals = [], []
    for row, sample_id in enumerate(ids):
        wanted = layout.files(sample_id)
        if absent := [name for name in wanted if name not in files]:
            refusals.append(Refusal(sample_id, absent[0], _absence(absent, outside, folded)))
        else:
            found.append(row)
    used = {name for sample_id in ids for name in layout.files(sample_id)}
    if not found and not used & files:
        links = sorted(used & outside)
        raise DatasetError(_nothing_found(folder, layout.files(ids[0])[0], folders, links))
    unused = tuple(sorted((files | outside) - used))
    return QuartetListing(folder.resolve(), np.array(found, dtype=int), tuple(refusals), unused)


def _names(folder: Path) -> tuple[set[str], set[str], list[str]]:
    """Return the names of files inside, of links that leave the folder, and of folders."""
    files, outside, folders = set(), set(), []
    root = folder.resolve()
    try:
        with os.scandir(root) as entries:
            for entry in entries:
                if entry.is_symlink() and not Path(entry.path).resolve().is_relative_to(root):
                    outside.add(entry.name)
                elif entry.is_file():
                    files.add(entry.name)
                elif entry.is_dir():
                    folders.append(entry.name)
    except OSError as error:
        raise DatasetError(f"{folder} cannot be read ({error.strerror}); check the path.") from None
    return files, outside, sorted(folders)


def _absence(absent: list[str], outside: set[str], folded: dict[str, str]) -> str:
    if links := [name for name in absent if name in outside]:
        return f"{links[0]} is a link that leaves the folder; copy the file into it"
    for name in absent:
        if (other := folded.get(name.casefold())) is not None:
            return f"{name} is missing; {other} is there, and upper and lower case must match"
    if len(absent) == len(CHANNELS):
        return "none of its four files is in the folder"
    return f"{named_few(absent)} {'are' if len(absent) > 1 else 'is'} missing"


def _nothing_found(folder: Path, expected: str, folders: list[str], links: list[str]) -> str:
    if links:
        return (
            f"{folder} holds only links that leave it, such as {links[0]}: copy the files into it."
        )
    hint = f" It holds the folders {named_few(folders)}: was one of them meant?" if folders else ""
    return f"{folder} holds no image of the table; expected {expected}.{hint}"
