"""What says that two rows are the same sample: equal ids, a published list, identical images.

Axes: N rows, those of the base first, then those of the external dataset; M links between rows.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Int
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from hpa_core.errors import LabelTableError
from hpa_core.targets import ID_PATTERN, ID_RULE

KINDS = ("equal ids", "listed", "identical images")
Links = Mapping[str, Int[np.ndarray, "M 2"]]
IdGroups = Sequence[tuple[str, ...]]


def read_id_groups(path: Path) -> list[tuple[str, ...]]:
    """Read a published list of duplicates: on every line two or more ids, separated by commas.

    Raises:
        LabelTableError: the file is missing, is not UTF-8 text, has no line, or a line breaks the
            contract.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise LabelTableError(
            f"The list of duplicates {path} cannot be read ({reason}); check the path."
        ) from None
    groups = [
        _id_group(line, place=f"{path.name}, line {number}")
        for number, line in enumerate(lines, start=1)
        if line.strip()
    ]
    if not groups:
        raise LabelTableError(f"{path.name} is empty; expected two ids or more on every line.")
    return groups


def find_links(ids: np.ndarray, hashes: np.ndarray, listed: IdGroups) -> Links:
    """Return the links of each of `KINDS`.

    Args:
        ids: (N,) of str; an id stands at most once in each of the two datasets.
        hashes: (N,) of str, what identifies a row's images; empty where there are none.
        listed: groups of ids; those that no row has are passed over.
    """
    rows_of: dict[str, list[int]] = {}
    for row, sample_id in enumerate(ids.tolist()):
        rows_of.setdefault(sample_id, []).append(row)
    by_list = ([row for name in group for row in rows_of.get(name, ())[:1]] for group in listed)
    return {
        "equal ids": _chains(rows_of.values()),
        "listed": _chains(by_list),
        "identical images": _chains(_rows_by_hash(hashes).values()),
    }


def connected(rows: int, *links: Int[np.ndarray, "M 2"]) -> Int[np.ndarray, " N"]:
    """Return the number of every row's set, where links, passed on, make the sets.

    >>> connected(4, np.array([[0, 2], [2, 3]])).tolist()
    [0, 1, 0, 0]
    """
    first, second = np.concatenate(links).T if links else np.zeros((2, 0), dtype=np.int64)
    graph = coo_array((np.ones(len(first), dtype=bool), (first, second)), shape=(rows, rows))
    sets: np.ndarray = connected_components(graph, directed=False)[1]
    return sets


def chained(keys: np.ndarray) -> Int[np.ndarray, "M 2"]:
    """Return links between the rows of each key.

    >>> chained(np.array(["a", "b", "a"])).tolist()
    [[0, 2]]
    """
    _, first, of_row = np.unique(keys, return_index=True, return_inverse=True)
    links = np.column_stack([first[of_row], np.arange(len(keys))])
    between_two: np.ndarray = links[links[:, 0] != links[:, 1]]
    return between_two


def _id_group(line: str, *, place: str) -> tuple[str, ...]:
    ids = tuple(cell.strip() for cell in line.split(","))
    if len(ids) < 2:
        raise LabelTableError(
            f"{place}: {line[:60]!r} is one id; expected two or more, separated by commas."
        )
    if wrong := [name for name in ids if not re.fullmatch(ID_PATTERN, name)]:
        raise LabelTableError(f"{place}: {wrong[0][:60]!r} cannot be an id; {ID_RULE}.")
    return ids


def _rows_by_hash(hashes: np.ndarray) -> dict[str, list[int]]:
    rows: dict[str, list[int]] = {}
    for row, image_hash in enumerate(hashes.tolist()):
        if image_hash:
            rows.setdefault(image_hash, []).append(row)
    return rows


def _chains(groups: Iterable[Sequence[int]]) -> Int[np.ndarray, "M 2"]:
    """Link the members of each group to its first."""
    links = [(group[0], row) for group in groups for row in group[1:]]
    return np.array(links, dtype=np.int64).reshape(-1, 2)
