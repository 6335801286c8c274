"""Does the honesty meter say beforehand what a measurement then shows?

Each score file is halved at random; thresholds, expectation and interval come from one half
(`cross_fitted`), the measured macro F1 from the other. Printed by file and strategy, over all
splits: in-sample minus measured (what tuning claims), expected minus measured, how often the
interval covers the measurement, its width, and the least width that would have covered 95 %.

    python -m benchmarks.honesty TARGETS.npy PROBS.npy [PROBS.npy ...] [--splits 20] [--seed 100]
        [--strategy NAME ...] [--constraint CLASS:WISHES ...] [--prevalence CSV --column NAME]

The last line is over all files: the mean error, and whether any interval is more than twice as wide
as needed.
"""

import argparse
import platform
from pathlib import Path

import numpy as np

from hpa_core.data.prevalence import read_prevalence
from hpa_core.evaluation.calls import apply_thresholds
from hpa_core.evaluation.honesty import cross_fitted
from hpa_core.evaluation.metrics import evaluate
from hpa_core.evaluation.options import Options, parse_constraint
from hpa_core.evaluation.strategies import Strategy, ready_strategies, strategy_named


def measure(
    probs: np.ndarray, targets: np.ndarray, strategy: Strategy, told: Options, *, seed: int
) -> tuple[float, float, float, float]:
    """Return claim - measured, expected - measured, the interval's width and if it covers."""
    shuffled = np.random.default_rng(seed).permutation(len(probs))
    known, new = np.array_split(shuffled, 2)
    honest = cross_fitted(probs[known], targets[known], strategy=strategy, options=told, seed=seed)
    calls = apply_thresholds(probs[new], honest.thresholds)
    measured = evaluate(targets[new], calls).macro_f1
    low, high = honest.interval
    return (
        honest.in_sample - measured,
        honest.expected - measured,
        high - low,
        float(low <= measured <= high),
    )


def main() -> None:
    """Print one line a file and strategy."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", type=Path)
    parser.add_argument("probs", type=Path, nargs="+")
    parser.add_argument("--splits", type=int, default=20)
    parser.add_argument("--seed", type=int, default=100)
    parser.add_argument("--strategy", nargs="+", help="all that need nothing more by default")
    parser.add_argument("--constraint", nargs="+", default=[], help="as `thresholds fit` takes it")
    parser.add_argument("--prevalence", type=Path, help="a CSV with a line a class")
    parser.add_argument("--column", default="", help="its column")
    options = parser.parse_args()
    told = Options(
        constraints=tuple(map(parse_constraint, options.constraint)),
        prevalence=options.prevalence and read_prevalence(options.prevalence, options.column),
    )
    targets = np.load(options.targets) > 0.5
    print(f"# {options.splits} random halvings from seed {options.seed}, {platform.platform()}")
    named = [strategy_named(name) for name in options.strategy or ()]
    errors, shares, ratios = [], [], []
    print("file strategy claim-measured expected-measured covered width needed")
    for path in options.probs:
        probs = np.load(path)
        for strategy in named or ready_strategies(told):
            seeds = range(options.seed, options.seed + options.splits)
            rows = np.array([measure(probs, targets, strategy, told, seed=seed) for seed in seeds])
            claim, error, width, covered = rows.mean(axis=0)
            needed = 2 * np.quantile(np.abs(rows[:, 1]), 0.95)
            print(
                f"{path.stem} {strategy.name} {claim:+.4f} {error:+.4f} {covered:.2f} "
                f"{width:.3f} {needed:.3f}",
                flush=True,
            )
            errors.append(error)
            shares.append(covered)
            ratios.append(width / max(needed, 1e-9))
    print(
        f"all: expected - measured {np.mean(errors):+.4f}, covered at least {min(shares):.2f}, "
        f"width at most {max(ratios):.1f} times what is needed"
    )


if __name__ == "__main__":
    main()
