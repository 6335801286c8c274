"""How even our folds are and how long they take, beside others, all in one run.

- 31,072 rows: the competition's labels, beside the published iterative-stratified folds;
- 113,446 rows, the size of the report's merged table: the competition's and the HPAv18 labels, of
  which 105,678 rows are published, and rows of HPAv18 drawn again for the rest. Published
  duplicate pairs are groups (bar: 10 s).

The others know no groups: plain iterative stratification, written here from the paper (Sechidis et
al. 2011, algorithm 1), and the package iterative-stratification (BSD-3-Clause) if it is installed
(`pip install iterative-stratification==0.1.9`; nothing else here needs it).

    python -m benchmarks.folds [--realdata ../shared/realdata] [--folds 5] [--seed 0]
"""

import argparse
import importlib.util
import platform
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np

from hpa_core.data.labels import read_label_table
from hpa_core.data.merging.links import connected, find_links, read_id_groups
from hpa_core.data.splits import class_counts_by_part, stratified_folds

MERGED_ROWS = 113_446
BAR_SECONDS = 10
LISTS = ("train_duplicates.txt", "external_train_duplicates.txt")
Dealer = Callable[[np.ndarray, int, int], np.ndarray]


@dataclass(frozen=True)
class Data:
    """Labels with the groups that must stay together, and published folds where there are any."""

    name: str
    targets: np.ndarray
    groups: np.ndarray
    published: np.ndarray | None = None


def competition(realdata: Path) -> Data:
    """Return the competition's labels, its duplicates and its published folds."""
    table = read_label_table(realdata / "labels" / "train.csv")
    fold_of = {
        sample_id: fold
        for fold in range(5)
        for sample_id in read_label_table(_fold_file(realdata, fold)).ids.tolist()
    }
    published = np.array([fold_of[sample_id] for sample_id in table.ids.tolist()])
    return Data("competition", table.targets, _groups(realdata, table.ids), published)


def merged(realdata: Path, seed: int) -> Data:
    """Return a table of the report's merged size, groups across both sources."""
    ours = read_label_table(realdata / "labels" / "train.csv")
    external = read_label_table(realdata / "labels" / "HPAv18RBGY_wodpl.csv")
    again = np.random.default_rng(seed).choice(
        len(external.ids), MERGED_ROWS - len(ours.ids) - len(external.ids), replace=False
    )
    ids = np.concatenate([ours.ids, external.ids, np.char.add("again-", external.ids[again])])
    targets = np.concatenate([ours.targets, external.targets, external.targets[again]])
    return Data("merged", targets, _groups(realdata, ids))


def plain_stratification(targets: np.ndarray, folds: int, seed: int) -> np.ndarray:
    """Deal single samples by the paper's algorithm 1."""
    rng = np.random.default_rng(seed)
    fold = np.full(len(targets), -1)
    wanted = np.tile(targets.sum(axis=0) / folds, (folds, 1))
    room = np.full(folds, len(targets) / folds)
    left = targets.sum(axis=0)
    while left.any():
        label = int(np.where(left, left, len(targets) + 1).argmin())
        for row in np.flatnonzero(targets[:, label] & (fold < 0)):
            most = np.flatnonzero(wanted[:, label] == wanted[:, label].max())
            most = most[room[most] == room[most].max()]
            chosen = rng.choice(most)
            fold[row] = chosen
            wanted[chosen, targets[row]] -= 1
            room[chosen] -= 1
            left -= targets[row]
    unlabelled = np.flatnonzero(fold < 0)
    fold[unlabelled] = rng.integers(folds, size=len(unlabelled))
    return fold


def packaged(targets: np.ndarray, folds: int, seed: int) -> np.ndarray:
    """Deal single samples by the package iterative-stratification."""
    package = importlib.import_module("iterstrat.ml_stratifiers")
    dealer = package.MultilabelStratifiedKFold(folds, shuffle=True, random_state=seed)
    fold = np.empty(len(targets), dtype=np.int64)
    for number, (_, held_out) in enumerate(dealer.split(np.zeros(len(targets)), targets)):
        fold[held_out] = number
    return fold


def describe(data: Data, fold: np.ndarray) -> str:
    """Put the evenness of folds into one line."""
    counts = class_counts_by_part(data.targets, fold)
    spread = np.ptp(counts, axis=0)
    possible = (counts.sum(axis=0) % len(counts) > 0).astype(int)
    first, second = np.triu_indices(data.targets.shape[1], 1)
    ones = data.targets.astype(np.float32)
    pairs = np.array(
        [(part.T @ part)[first, second] for part in (ones[fold == k] for k in range(len(counts)))]
    )
    pairs = pairs[:, pairs.sum(axis=0) >= len(counts)]
    sides = np.unique(np.column_stack([data.groups, fold]), axis=0)
    torn = len(sides) - len(np.unique(data.groups))
    return (
        f"{(spread == possible).sum():3d} {spread.max():6d} {(counts == 0).sum():6d} "
        f"{np.ptp(np.bincount(fold)):6d} {torn:6d}   "
        f"{pairs.std(axis=0).mean():.3f}, {(pairs == 0).any(axis=0).sum()} of {pairs.shape[1]}"
    )


def compare(data: Data, folds: int, seed: int) -> None:
    """Time every way of dealing and print how even its folds are."""
    groups = len(np.unique(data.groups))
    print(f"\n{data.name}: {len(data.targets):,} rows, {groups:,} groups, {folds} folds")
    print("                       seconds  28  most  empty  sizes   torn   pairs: mean sd, absent")
    ways: dict[str, Dealer] = {
        "ours": lambda targets, k, s: stratified_folds(targets, k, seed=s, groups=data.groups),
        "plain (paper)": plain_stratification,
    }
    if importlib.util.find_spec("iterstrat"):
        ways["package 0.1.9"] = packaged
    if data.published is not None and folds == 5:
        print(f"{'published':<22} {'-':>7} {describe(data, data.published)}")
    for name, deal in ways.items():
        started = perf_counter()
        fold = deal(data.targets, folds, seed)
        seconds = perf_counter() - started
        print(f"{name:<22} {seconds:7.2f} {describe(data, fold)}")
        if name == "ours" and data.published is not None and folds == 5:
            _compare_with_published(data, fold)


def _compare_with_published(data: Data, fold: np.ndarray) -> None:
    theirs, ours = (class_counts_by_part(data.targets, parts) for parts in (data.published, fold))
    worse = (np.ptp(ours, axis=0) > np.ptp(theirs, axis=0)) | (
        ours.std(axis=0) > theirs.std(axis=0) + 1e-9
    )
    print(f"  classes less even than published: {np.flatnonzero(worse).tolist() or 'none of 28'}")


def _groups(realdata: Path, ids: np.ndarray) -> np.ndarray:
    listed = [group for name in LISTS for group in read_id_groups(realdata / "leaks" / name)]
    links = find_links(ids, np.full(len(ids), ""), listed)
    return connected(len(ids), links["listed"])


def _fold_file(realdata: Path, fold: int) -> Path:
    return realdata / "splits" / f"stratified_fold{fold}.csv"


def main() -> None:
    """Compare on both tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--realdata", type=Path, default=Path("../shared/realdata"))
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    machine = platform.processor() or platform.machine()
    print(f"seed {options.seed}, {machine}, one core; bar: ours within {BAR_SECONDS} s when merged")
    print("28: classes as even as their count allows; most: largest difference between two folds")
    print(
        "empty: (class, fold) without a positive; sizes: largest fold - smallest; torn: groups on"
    )
    print(
        "two sides; pairs of classes with a sample for every fold: mean sd, and how many are absent"
    )
    print("from a fold")
    for data in (competition(options.realdata), merged(options.realdata, options.seed)):
        compare(data, options.folds, options.seed)


if __name__ == "__main__":
    main()
