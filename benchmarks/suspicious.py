"""Are planted wrong labels found sooner than by cleanlab's multi-label ranking?

    pip install cleanlab==2.9.0    # AGPL: into an environment of your own; nothing of ours needs it
    OMP_NUM_THREADS=1 python -m benchmarks.suspicious real REALDATA [--seeds 10] [--rate 0.03]
    OMP_NUM_THREADS=1 python -m benchmarks.suspicious demo WORKSPACE

`real`: scores of public models on the competition's validation split (CONTRIBUTING.md says where
from), whose labels are taken for the truth and then made wrong in five ways. What is wrong in them
already counts against every ranking alike. `demo`: the built-in cells, whose truth is known.

Average precision over all cells (sample, class), over those of rare classes (below 60 positives),
of middling (below 300) and of frequent ones, its mean over the classes, and over samples. The
rows are cleanlab's default (self-confidence; over samples its own aggregate), the best of its four
ways to rank cells in each column of each trial, ours, and in how many trials ours is ahead. In the
last column the macro F1 that correcting the first 100 cells wins back, in thousandths, by the order
of gain, and by cleanlab's self-confidence.
"""

import argparse
import platform
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
from cleanlab.multilabel_classification.filter import find_multilabel_issues_per_class
from cleanlab.multilabel_classification.rank import (
    get_label_quality_scores,
    get_label_quality_scores_per_class,
)
from sklearn.metrics import average_precision_score

from hpa_core.data.dataset import open_dataset, targets_from_lists
from hpa_core.evaluation.neighbours import nearest_rows
from hpa_core.evaluation.strategies import strategy_named
from hpa_core.evaluation.suspicious.ranking import (
    NEIGHBOURS,
    Order,
    correction_gains,
    rank_suspicious,
)
from hpa_core.runs.folder import open_run
from hpa_core.runs.predictions import read_predictions
from hpa_core.workspace import Workspace

KINDS = ("mixed", "lost", "set", "swapped", "class by class")
COLUMNS = ("all", "rare", "middling", "frequent", "per class", "samples", "won back")
CHECKED = 100


def spoil(truth: np.ndarray, kind: str, rate: float, rng: np.random.Generator) -> np.ndarray:
    """Make labels wrong: of a share of the samples, or of each class's positives.

    A label set by mistake falls on a class as often as the class occurs. `mixed` is the demo's own
    noise: lost, set or swapped, a third each.
    """
    labels = truth.copy()
    if kind == "class by class":
        for column, shown in zip(labels.T, truth.T, strict=True):
            count = max(round(rate * shown.sum()), 1)
            column[rng.choice(np.flatnonzero(shown), count, replace=False)] = False
            column[rng.choice(np.flatnonzero(~shown), count, replace=False)] = True
        return labels
    for row in np.flatnonzero(rng.random(len(truth)) < rate):
        what = rng.choice(["lost", "set", "swapped"]) if kind == "mixed" else kind
        shares = np.where(truth[row], 0, truth.mean(axis=0))
        if what != "lost":
            labels[row, rng.choice(len(shares), p=shares / shares.sum())] = True
        if what == "swapped" or (what == "lost" and truth[row].sum() > 1):
            labels[row, rng.choice(np.flatnonzero(truth[row]))] = False
    return labels


def cleanlab_cells(probs: np.ndarray, labels: np.ndarray) -> dict[str, np.ndarray]:
    """Score every cell in each of cleanlab's ways; higher is more suspicious."""
    lists = [np.flatnonzero(row).tolist() for row in labels]

    def scored(method: str, *, adjusted: bool) -> np.ndarray:
        return 1 - get_label_quality_scores_per_class(
            lists, probs, method=method, adjust_pred_probs=adjusted
        )

    plain = scored("self_confidence", adjusted=False)
    issues = np.array(find_multilabel_issues_per_class(lists, probs, n_jobs=1))
    return {
        "self-confidence": plain,
        "self-confidence, adjusted": scored("self_confidence", adjusted=True),
        "entropy": scored("confidence_weighted_entropy", adjusted=False),
        "issues found first": plain + issues,
    }


def our_cells(
    probs: np.ndarray, labels: np.ndarray, embeddings: np.ndarray | None, order: Order
) -> np.ndarray:
    """Score every cell by its place in our ranking."""
    nearest = None if embeddings is None else nearest_rows(embeddings, NEIGHBOURS)
    found = rank_suspicious(probs, labels, nearest, order=order, limit=None)
    scores = np.empty(labels.shape)
    scores[found.row, found.class_id] = -np.arange(len(found.row))
    return scores


def precision(wrong: np.ndarray, scores: np.ndarray) -> float:
    """Average precision; NaN where nothing is wrong."""
    return float(average_precision_score(wrong.ravel(), scores.ravel())) if wrong.any() else np.nan


def measure(wrong: np.ndarray, cells: np.ndarray, bands: list[np.ndarray]) -> list[float]:
    """Return the columns from `all` to `per class`."""
    by_class = [precision(*pair) for pair in zip(wrong.T, cells.T, strict=True)]
    banded = [precision(wrong[:, band], cells[:, band]) for band in bands]
    return [precision(wrong, cells), *banded, float(np.nanmean(by_class))]


def won_back(wrong: np.ndarray, cells: np.ndarray, gains: np.ndarray) -> float:
    """Sum what correcting those of the first cells changes that really are wrong."""
    first = np.argsort(-cells, axis=None, kind="stable")[:CHECKED]
    return 1000 * float((gains * wrong).ravel()[first].sum())


def compare(
    probs: np.ndarray, truth: np.ndarray, labels: np.ndarray, embeddings: np.ndarray | None
) -> np.ndarray:
    """Return three rows of columns: cleanlab's default, the best of its ways, ours."""
    wrong, counts = labels != truth, truth.sum(axis=0)
    bands = [counts < 60, (counts >= 60) & (counts < 300), counts >= 300]
    theirs = cleanlab_cells(probs, labels)
    lists = [np.flatnonzero(row).tolist() for row in labels]
    calls = probs > strategy_named("exact").fit(probs, labels)
    gains = correction_gains(labels, calls)
    ours = our_cells(probs, labels, embeddings, "suspicion")
    by_gain = our_cells(probs, labels, embeddings, "gain")
    rows = wrong.any(axis=1)
    default = theirs["self-confidence"]
    by_sample = [1 - get_label_quality_scores(lists, probs)]
    by_sample += [cells.max(axis=1) for cells in theirs.values()]
    best = np.nanmax([measure(wrong, cells, bands) for cells in theirs.values()], axis=0)
    theirs_won = won_back(wrong, default, gains)
    return np.array(
        [
            [*measure(wrong, default, bands), precision(rows, by_sample[0]), theirs_won],
            [*best, max(precision(rows, each) for each in by_sample), theirs_won],
            [
                *measure(wrong, ours, bands),
                precision(rows, ours.max(axis=1)),
                won_back(wrong, by_gain, gains),
            ],
        ]
    )


def report(name: str, trials: Callable[[], list[np.ndarray]]) -> None:
    """Print cleanlab's rows and ours, means over the trials, and how often ours is ahead."""
    warnings.simplefilter("ignore", RuntimeWarning)  # Means of nothing, where nothing is wrong.
    found = np.array(trials())  # (trials, 3, columns)
    for place, who in enumerate(("default", "best of 4", "ours")):
        cells = " ".join(f"{value:9.3f}" for value in np.nanmean(found[:, place], axis=0))
        print(f"{name if not place else '':32} {who:9} {cells}", flush=True)
    for place, who in enumerate(("of default", "of best")):
        told = np.where(np.isfinite(found).all(axis=1), found[:, 2] > found[:, place], np.nan)
        ahead = " ".join(f"{value:9.2f}" for value in np.nanmean(told, axis=0))
        print(f"{'':32} {who:9} {ahead}", flush=True)


def on_real_scores(folder: Path, models: list[str], seeds: range, rate: float) -> None:
    """Spoil the validation labels in every way, for every model."""
    truth = np.load(folder / "validation" / "targets.npy").astype(bool)
    for model in models:
        probs = np.load(folder / "validation" / f"{model}_probs.npy")
        for kind in KINDS:

            def trials(probs: np.ndarray = probs, kind: str = kind) -> list[np.ndarray]:
                spoilt = (spoil(truth, kind, rate, np.random.default_rng(s)) for s in seeds)
                return [compare(probs, truth, labels, None) for labels in spoilt]

            report(f"{model}, {kind}", trials)


def on_the_demo(workspace: Workspace) -> None:
    """Take the demo's own noise, split by split and all together."""
    dataset, run = open_dataset(workspace, "demo"), open_run(workspace, "demo")
    clean = targets_from_lists(dataset.manifest["clean_targets"])
    place_of = {sample_id: place for place, sample_id in enumerate(dataset.ids.tolist())}
    parts = []
    for split in ("train", "validation", "shifted"):
        found = read_predictions(run, split)
        rows = [place_of[sample_id] for sample_id in found.ids.tolist()]
        parts.append((found.probs, clean[rows], dataset.targets[rows], found.embeddings))
        wrong = (parts[-1][1] != parts[-1][2]).sum()
        report(f"demo {split}, {wrong} wrong", lambda: [compare(*parts[-1])])
    whole = [np.concatenate(arrays) for arrays in zip(*parts, strict=True)]
    report("demo, all of it", lambda: [compare(*whole)])


def main() -> None:
    """Run the benchmark that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("real", "demo"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--models", nargs="+", default=["vgg16", "resnet"])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first-seed", type=int, default=100)
    parser.add_argument("--rate", type=float, default=0.03)
    asked = parser.parse_args()
    print(f"# {asked}, {platform.platform()}")
    print(f"{'':42}", " ".join(f"{name:>9}" for name in COLUMNS))
    if asked.what == "demo":
        on_the_demo(Workspace(asked.folder))
    else:
        seeds = range(asked.first_seed, asked.first_seed + asked.seeds)
        on_real_scores(asked.folder, asked.models, seeds, asked.rate)


if __name__ == "__main__":
    main()
