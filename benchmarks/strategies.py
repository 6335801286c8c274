"""Held-out macro F1 of every threshold strategy on real score files.

    python -m benchmarks.strategies REALDATA [--repeats 20] [--seed 0]

REALDATA holds `validation/*_probs.npy` with `targets.npy` (CONTRIBUTING.md says where from). Each
repeat fits on one random half and scores the other; all strategies see the same halves.
"""

import argparse
import os
import platform
from pathlib import Path

import numpy as np

from hpa_core.evaluation.calls import apply_thresholds
from hpa_core.evaluation.metrics import evaluate
from hpa_core.evaluation.strategies import ready_strategies


def main() -> None:
    """Print one row a strategy, one column a file, and the mean."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("realdata", type=Path)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    folder = options.realdata / "validation"
    targets = np.load(folder / "targets.npy").astype(bool)
    files = [
        path for path in sorted(folder.glob("*_probs.npy")) if len(np.load(path)) == len(targets)
    ]
    scores = {path.stem.removesuffix("_probs"): np.load(path) for path in files}
    print(f"{options.repeats} repeats, seed {options.seed}, {len(targets)} samples;", machine())
    print(f"{'strategy':14}", *(f"{name:>18}" for name in scores), f"{'mean':>8}")
    for strategy in ready_strategies():
        means = [
            held_out(strategy.fit, probs, targets, options.repeats, options.seed)
            for probs in scores.values()
        ]
        cells = [f"{mean:18.4f}" for mean in means]
        print(f"{strategy.name:14}", *cells, f"{np.mean(means):8.4f}", flush=True)


def held_out(fit, probs: np.ndarray, targets: np.ndarray, repeats: int, seed: int) -> float:
    """Mean macro F1 on the half that the thresholds were not fitted on."""
    found = []
    for repeat in range(repeats):
        order = np.random.default_rng([seed, repeat]).permutation(len(probs))
        fitted, scored = np.array_split(order, 2)
        thresholds = fit(probs[fitted], targets[fitted])
        found.append(
            evaluate(targets[scored], apply_thresholds(probs[scored], thresholds)).macro_f1
        )
    return float(np.mean(found))


def machine() -> str:
    """Name the machine."""
    return f"{os.cpu_count()} cores, {platform.platform()}, Python {platform.python_version()}"


if __name__ == "__main__":
    main()
