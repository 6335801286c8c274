"""How much faster exact thresholds are than scikit-learn's way, both timed in one run.

- optima: all 28 exact optima, against a loop over `precision_recall_curve` that looks for the
  highest F1 (bar: 10 times faster);
- move: one threshold moved and macro F1 read, against `f1_score(average="macro")` (bar: 5,000
  times), with and without the fallback to the highest class.

Both sides must agree to 1e-12. Medians; every move is timed alone.

    python -m benchmarks.thresholds [--samples 31072] [--seed 0] [--moves 2000]
"""

import argparse
import os
import platform
from collections.abc import Callable
from time import perf_counter

import numpy as np
import sklearn
from sklearn.metrics import f1_score, precision_recall_curve

from hpa_core.classes import N_CLASSES
from hpa_core.evaluation.calls import apply_thresholds
from hpa_core.evaluation.curves import best_thresholds
from hpa_core.evaluation.index import ThresholdIndex
from hpa_core.runs.thresholds import Fallback

OPTIMA_BAR, MOVE_BAR = 10, 5_000


def made_scores(samples: int, *, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Make scores that know something of a truth whose classes run from 40 % to 0.04 %."""
    rng = np.random.default_rng(seed)
    shares = np.geomspace(0.4, 0.0004, N_CLASSES)
    targets = rng.random((samples, N_CLASSES)) < shares
    logits = rng.normal(np.log(shares) + 3 * targets, 1)
    return (1 / (1 + np.exp(-logits))).astype(np.float32), targets


def optima_of_scikit_learn(probs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Return each class's highest F1 over scikit-learn's precision-recall curve."""
    best = []
    for scores, truth in zip(probs.T, targets.T, strict=True):
        precision, recall, _ = precision_recall_curve(truth, scores)
        best.append((2 * precision * recall / np.maximum(precision + recall, 1e-300)).max())
    return np.array(best)


def median_seconds(work: Callable[[], object], *, repeats: int) -> float:
    """Return the median time of `work`."""
    times = []
    for _ in range(repeats):
        started = perf_counter()
        work()
        times.append(perf_counter() - started)
    return float(np.median(times))


def compare_optima(probs: np.ndarray, targets: np.ndarray, *, repeats: int) -> None:
    """Print how long both sides take for all optima, after checking that they agree."""
    difference = np.abs(best_thresholds(probs, targets).f1 - optima_of_scikit_learn(probs, targets))
    assert difference.max() < 1e-12
    ours = median_seconds(lambda: best_thresholds(probs, targets), repeats=repeats)
    theirs = median_seconds(lambda: optima_of_scikit_learn(probs, targets), repeats=repeats)
    report("28 exact optima", ours, theirs, bar=OPTIMA_BAR)


def compare_moves(
    probs: np.ndarray,
    targets: np.ndarray,
    *,
    fallback: Fallback,
    moves: int,
    repeats: int,
) -> None:
    """Print the same for one move: a finger's path, 50 steps of at most 0.02 on one class."""
    rng = np.random.default_rng(0)
    index = ThresholdIndex(probs, targets, fallback=fallback)
    times = []
    for _ in range(moves // 50):
        class_id, threshold = int(rng.integers(N_CLASSES)), float(rng.random())
        for step in rng.uniform(-0.02, 0.02, 50):
            threshold = min(max(threshold + step, 0.0), 1.0)
            started = perf_counter()
            index.move(class_id, threshold)
            macro_f1 = index.macro_f1
            times.append(perf_counter() - started)
    calls = apply_thresholds(probs, index.thresholds, fallback=fallback)

    def theirs() -> float:
        return float(f1_score(targets, calls, average="macro", zero_division=0))

    assert abs(theirs() - macro_f1) < 1e-12
    name = f"one move, fallback {fallback}, {len(times)} moves"
    report(name, float(np.median(times)), median_seconds(theirs, repeats=repeats), bar=MOVE_BAR)
    print(f"  p95 of ours {np.percentile(times, 95) * 1e6:.1f} us")


def report(name: str, ours: float, theirs: float, *, bar: int) -> None:
    """Print one line: both times, their ratio, and whether the bar is met."""
    ratio = theirs / ours
    met = "met" if ratio >= bar else "MISSED"
    print(
        f"{name}: ours {ours * 1e3:.4g} ms, scikit-learn {theirs * 1e3:.4g} ms, "
        f"{ratio:,.0f} times faster (bar {bar:,}: {met})"
    )


def main() -> None:
    """Run both comparisons."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=31_072)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--moves", type=int, default=2000)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    probs, targets = made_scores(options.samples, seed=options.seed)
    print(
        f"# made scores {probs.shape} {probs.dtype}, {targets.sum()} positives, seed "
        f"{options.seed}, medians of {options.repeats} repeats\n"
        f"# {platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"numpy {np.__version__}, scikit-learn {sklearn.__version__}"
    )
    compare_optima(probs, targets, repeats=options.repeats)
    for fallback in ("none", "top1"):
        compare_moves(
            probs,
            targets,
            fallback=fallback,
            moves=options.moves,
            repeats=options.repeats,
        )


if __name__ == "__main__":
    main()
