"""Held-out macro F1 of every threshold strategy on real score files.

    python -m benchmarks.strategies REALDATA [--repeats 20] [--seed 0] [--distorted]

REALDATA holds `validation/*_probs.npy` with `targets.npy` (CONTRIBUTING.md says where from). Each
repeat fits on one random half and scores the other; all strategies see the same halves. The last
line of the table says how far `auto` is from the best other strategy.

With `--distorted` the files are what real ones become in other hands: averaged, sharpened,
flattened, shifted, noisy, rounded, of fewer samples, or distorted class by class. `auto` was not
made on these; they show whether it holds on what it has not seen.
"""

import argparse
import os
import platform
from pathlib import Path

import numpy as np
from scipy.special import expit, logit

from hpa_core.evaluation.calls import apply_thresholds
from hpa_core.evaluation.metrics import evaluate
from hpa_core.evaluation.strategies import ready_strategies


def main() -> None:
    """Print one row a strategy, one column a file, and the mean."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("realdata", type=Path)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--distorted", action="store_true")
    options = parser.parse_args()
    folder = options.realdata / "validation"
    targets = np.load(folder / "targets.npy").astype(bool)
    files = [
        path for path in sorted(folder.glob("*_probs.npy")) if len(np.load(path)) == len(targets)
    ]
    scores = {path.stem.removesuffix("_probs"): np.load(path) for path in files}
    kept = len(targets)
    if options.distorted:
        scores = distorted(scores)
    print(f"{options.repeats} repeats, seed {options.seed}, {kept} samples;", machine())
    print(f"{'strategy':14}", *(f"{name:>18}" for name in scores), f"{'mean':>8}")
    means = {}
    for strategy in ready_strategies():
        means[strategy.name] = [
            held_out(strategy.fit, probs, targets[: len(probs)], options.repeats, options.seed)
            for probs in scores.values()
        ]
        print(line(strategy.name, means[strategy.name]), flush=True)
    others = np.array([found for name, found in means.items() if name != "auto"])
    gaps = [*(means["auto"] - others.max(axis=0)), np.mean(means["auto"]) - others.mean(1).max()]
    print(f"{'auto - best':14}", *(f"{gap:+18.4f}" for gap in gaps[:-1]), f"{gaps[-1]:+8.4f}")


def line(name: str, means: list[float]) -> str:
    """One row of the table."""
    return " ".join([f"{name:14}", *(f"{mean:18.4f}" for mean in means), f"{np.mean(means):8.4f}"])


def distorted(scores: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Make other score files of real ones; each keeps what the model knew, or less."""
    rng = np.random.default_rng(7)
    odds = {name: logit(np.clip(probs, 1e-6, 1 - 1e-6)) for name, probs in scores.items()}
    (first, best), *others = odds.items()
    classes = best.shape[1]
    made = {f"{first}+{name.split('_')[-1]}": (best + other) / 2 for name, other in others}
    for name, one in odds.items():
        short = name.split("_")[-1]
        made |= {
            f"{short} sharp": 3 * one,
            f"{short} flat": one / 3,
            f"{short} low": one - 3,
            f"{short} noisy": one + rng.normal(0, 1, one.shape),
            f"{short} by class": one * rng.uniform(0.3, 3, classes) + rng.normal(0, 2, classes),
        }
    probs = {name: expit(one).astype(np.float32) for name, one in made.items()}
    for name, one in scores.items():
        short = name.split("_")[-1]
        probs |= {f"{short} rounded": one.round(2), f"{short} 2000": one[:2000]}
    return probs


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
