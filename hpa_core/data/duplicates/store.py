"""What is known of a dataset's duplicates, as files in its folder.

    datasets/<name>/
        duplicates.json             the pairs that a search found
        duplicate-lists.json        the pairs that imported lists name
        duplicates-reviewed.json    the pairs that somebody accepted or rejected

Copies with one image hash need no file: the manifest tells them. Pairs are kept by id. A search
belongs to the images it saw; where these have changed, its pairs count no more.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock

from hpa_core.data.dataset import Dataset
from hpa_core.data.duplicates.finding import FoundPairs
from hpa_core.errors import DatasetError
from hpa_core.files import explained_os_errors, read_json, write_json

SEARCH, LISTS, REVIEWED = (
    "duplicates.json",
    "duplicate-lists.json",
    "duplicates-reviewed.json",
)
FILES = (SEARCH, LISTS, REVIEWED)

Verdict = Literal["accepted", "rejected"]
IdPair = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two samples that show the same image.

    Attributes:
        first: id of one sample.
        second: id of the other.
        kind: `exact` (the same image hash or pixels), `near`, or `listed` (by an imported list).
        similarity: 0 to 1, as `alignment.similarities` says; None without images.
        orientation: how the second must be laid to look like the first.
    """

    first: str
    second: str
    kind: Literal["exact", "near", "listed"]
    similarity: float | None = None
    orientation: int = 0


@dataclass(frozen=True, kw_only=True)
class Search:
    """One search through a dataset's images.

    Attributes:
        dataset_hash: `DatasetInfo.hash` at that time.
        images: hash of the ids and images it saw; the labels and splits may change.
        least: similarity from which pairs counted.
        samples: how many were compared with each other.
        looked_at: pairs that had hashes so alike that they were looked at.
        blank: ids of images without contrast, which look like nothing.
        dropped: pairs left out because a sample had too many.
    """

    dataset_hash: str
    images: str
    created: str
    least: float
    samples: int
    looked_at: int
    dropped: int
    blank: tuple[str, ...]
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, kw_only=True)
class PairList:
    """One imported list.

    Attributes:
        name: of its file.
        rows: sets of ids that it holds.
        ids: different ids that it names.
        known: those of them that are in the dataset.
    """

    name: str
    created: str
    rows: int
    ids: int
    known: int
    pairs: tuple[Pair, ...]


def images_hash(dataset: Dataset) -> str:
    """Return the SHA-256 over id and image hash of every row, in order."""
    rows = zip(dataset.manifest["id"], dataset.manifest["sha256"], strict=True)
    return sha256(
        "".join(f"{sample_id}\t{image}\n" for sample_id, image in rows).encode()
    ).hexdigest()


def save_search(dataset: Dataset, found: FoundPairs, *, least: float) -> Search:
    """Keep what a search found, in place of any search before."""
    ids = dataset.ids
    pairs = tuple(
        Pair(
            first=str(ids[first]),
            second=str(ids[second]),
            kind="exact" if exact else "near",
            similarity=round(float(similarity), 4),
            orientation=int(orientation),
        )
        for first, second, exact, similarity, orientation in zip(
            found.first, found.second, found.exact, found.similarity, found.orientation, strict=True
        )
    )
    search = Search(
        dataset_hash=dataset.info.hash,
        images=images_hash(dataset),
        created=timestamp(),
        least=least,
        samples=found.samples,
        looked_at=found.looked_at,
        dropped=found.dropped,
        blank=tuple(ids[found.blank].tolist()),
        pairs=pairs,
    )
    write_json(dataset.folder / SEARCH, asdict(search))
    return search


def read_search(dataset: Dataset) -> Search | None:
    """Return the last search through these very images; None if there was none."""
    values = _read(dataset, SEARCH)
    if values is None:
        return None
    with _explained(dataset.folder / SEARCH):
        search = Search(**{**_with_pairs(values), "blank": tuple(values["blank"])})
    return search if search.images == images_hash(dataset) else None


def save_list(dataset: Dataset, added: PairList) -> None:
    """Keep an imported list, in place of one of the same name."""
    with _sole_writer(dataset):
        others = [item for item in read_lists(dataset) if item.name != added.name]
        write_json(dataset.folder / LISTS, {"lists": [asdict(item) for item in [*others, added]]})


def read_lists(dataset: Dataset) -> list[PairList]:
    """Return every imported list, oldest first."""
    values = _read(dataset, LISTS) or {"lists": []}
    with _explained(dataset.folder / LISTS):
        return [PairList(**_with_pairs(item)) for item in values["lists"]]


def save_verdicts(dataset: Dataset, pairs: Iterable[IdPair], verdict: Verdict | None) -> None:
    """Remember what somebody says of pairs; None takes back what was said before."""
    with _sole_writer(dataset):
        verdicts = read_reviewed(dataset)
        for pair in pairs:
            verdicts.pop(ordered(*pair), None)
            if verdict:
                verdicts[ordered(*pair)] = verdict
        rows = [[*pair, said] for pair, said in sorted(verdicts.items())]
        write_json(dataset.folder / REVIEWED, {"pairs": rows})


def read_reviewed(dataset: Dataset) -> dict[IdPair, Verdict]:
    """Return what was said of pairs of ids, each in the order of `ordered`."""
    rows = (_read(dataset, REVIEWED) or {"pairs": []})["pairs"]
    return {(first, second): verdict for first, second, verdict in rows}


def ordered(first: str, second: str) -> IdPair:
    """Return a pair of ids in the one order that stands for both."""
    return (first, second) if first <= second else (second, first)


@contextmanager
def _sole_writer(dataset: Dataset) -> Iterator[None]:
    """Two visitors may review at once: each change starts from what is on disk."""
    path = dataset.folder / ".duplicates.lock"
    with explained_os_errors(path), FileLock(path):
        yield


def _read(dataset: Dataset, name: str) -> Any:
    path = dataset.folder / name
    return read_json(path) if path.is_file() else None


def _with_pairs(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, "pairs": tuple(Pair(**pair) for pair in values["pairs"])}


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except (TypeError, KeyError):
        raise DatasetError(
            f"{path} lacks fields; delete it, then search or import again."
        ) from None


def timestamp() -> str:
    """Return now, ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")
