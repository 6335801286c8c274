"""Getting to know a dataset's duplicates: by a search, from a list, by somebody's verdict.

Axes: M pairs.
"""

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import numpy as np

from hpa_core.data.dataset import Dataset
from hpa_core.data.duplicates.finding import LEAST_SIMILARITY, compare_pairs, find_pairs
from hpa_core.data.duplicates.known import Duplicates
from hpa_core.data.duplicates.lists import read_duplicate_list
from hpa_core.data.duplicates.store import (
    IdPair,
    Pair,
    PairList,
    Search,
    Verdict,
    ordered,
    save_list,
    save_search,
    save_verdicts,
    timestamp,
)
from hpa_core.data.refusals import named_few, shortened
from hpa_core.errors import DatasetError
from hpa_core.files import checked_name
from hpa_core.progress import Progress, quiet


def search_duplicates(
    dataset: Dataset, *, least: float = LEAST_SIMILARITY, progress: Progress = quiet
) -> Search:
    """Search a dataset's images and keep what was found.

    Raises:
        DatasetError: the dataset holds labels only, or the similarity cannot be meant.
    """
    if not 0.5 <= least <= 1:
        raise DatasetError(
            f"A similarity of {least} tells no copies; expected one from 0.5 to 1, "
            f"such as {LEAST_SIMILARITY}."
        )
    return save_search(dataset, find_pairs(dataset, least=least, progress=progress), least=least)


def import_list(dataset: Dataset, path: Path, *, name: str = "") -> PairList:
    """Take in a published list; ids that the dataset does not have are counted and left out.

    Args:
        dataset: that the pairs are of.
        path: the list.
        name: of the list, which takes the place of one so called; the file's own by default.

    Raises:
        LabelTableError: the file breaks the contract of `read_duplicate_list`.
        DatasetError: the dataset has not two ids of any line.
        WorkspaceError: the name is not made of letters, digits, dots, dashes and underscores.
    """
    name = checked_name(name or path.name, what="list")
    sets = read_duplicate_list(path)
    rows = dataset.row_of
    known = [[sample_id for sample_id in ids if sample_id in rows] for ids in sets]
    pairs = sorted({ordered(*pair) for ids in known for pair in combinations(ids, 2)})
    if not pairs:
        raise DatasetError(
            f"{path.name} pairs no two samples of dataset {dataset.info.name!r} "
            f"({len(sets)} lines); import it into the dataset that has these ids."
        )
    named = {sample_id for ids in sets for sample_id in ids}
    added = PairList(
        name=name,
        created=timestamp(),
        rows=len(sets),
        ids=len(named),
        known=sum(sample_id in rows for sample_id in named),
        pairs=_compared(dataset, pairs, rows),
    )
    save_list(dataset, added)
    return added


def review_samples(known: Duplicates, ids: Sequence[str], verdict: Verdict | None) -> int:
    """Remember a verdict on every pair among some samples; return how many pairs there were.

    A rejected pair joins nothing any more. Copies with the same image hash or pixels stay copies,
    whatever is said of them. None takes the verdict back.

    Raises:
        DatasetError: the dataset lacks one of the ids, or knows no pair among them to judge.
    """
    rows = known.dataset.row_of
    if missing := [sample_id for sample_id in ids if sample_id not in rows]:
        raise DatasetError(
            f"Dataset {known.dataset.info.name!r} has no sample {shortened(missing[0])!r}."
        )
    among = [rows[sample_id] for sample_id in ids]
    pairs = known.pairs[known.pairs["first"].isin(among) & known.pairs["second"].isin(among)]
    judged = pairs[pairs["kind"] != "exact"]
    if judged.empty:
        exact = " but copies of one image, which cannot be judged" if len(pairs) else ""
        raise DatasetError(
            f"Dataset {known.dataset.info.name!r} knows no pair among {named_few(ids)}{exact}; "
            "list the pairs with `python -m hpa_core duplicates list`."
        )
    names = known.dataset.ids
    ends = zip(names[judged["first"]], names[judged["second"]], strict=True)
    save_verdicts(known.dataset, [(str(first), str(second)) for first, second in ends], verdict)
    return len(judged)


def _compared(dataset: Dataset, pairs: list[IdPair], rows: dict[str, int]) -> tuple[Pair, ...]:
    """Say of listed pairs how similar they are, where there are images."""
    if not dataset.info.has_images:
        return tuple(Pair(first=first, second=second, kind="listed") for first, second in pairs)
    first, second = (np.array([rows[pair[side]] for pair in pairs]) for side in (0, 1))
    orientations, similarities = compare_pairs(dataset, first, second)
    return tuple(
        Pair(
            first=pair[0],
            second=pair[1],
            kind="listed",
            similarity=round(float(similarity), 4),
            orientation=int(orientation),
        )
        for pair, orientation, similarity in zip(pairs, orientations, similarities, strict=True)
    )
