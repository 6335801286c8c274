"""How near the estimates of prevalence come, on scores without truth.

Each score file is halved at random; one half is labelled, the other new. New samples are taken as
they are (`same`), and drawn anew with weights under which every class comes more or less often, by
a factor whose logarithm is normal of deviation 0.7 (`shifted`). Printed by file: the mean over
classes and splits of |estimated - true prevalence| in points of a hundred, for taking the labelled
half's prevalence as it is, expectation maximisation, and counting; then the log loss and the mean
calibration error of recalibrated scores on the new half.

    python -m benchmarks.shift TARGETS.npy PROBS.npy [PROBS.npy ...] [--splits 20] [--seed 0]
"""

import argparse
import platform
from pathlib import Path

import numpy as np

from hpa_core.evaluation.calibration import log_loss, measure_reliability
from hpa_core.evaluation.recalibration import fit_recalibration
from hpa_core.evaluation.shift import counted_prevalence, em_prevalence

SPREAD = 0.7


def prevalence_errors(
    probs: np.ndarray, targets: np.ndarray, new_probs: np.ndarray, new_targets: np.ndarray
) -> list[float]:
    """Return the mean error of: no change, expectation maximisation, counting."""
    known, true = targets.mean(axis=0), new_targets.mean(axis=0)
    recalibrated = fit_recalibration(probs, targets).apply(new_probs)
    counted = counted_prevalence(probs, targets, new_probs)
    found = (known, em_prevalence(recalibrated, known), counted)
    return [100 * float(np.nanmean(np.abs(each - true))) for each in found]


def measure(probs: np.ndarray, targets: np.ndarray, *, seed: int) -> list[float]:
    """Return the errors on the other half as it is and shifted, its log loss and its error."""
    rng = np.random.default_rng(seed)
    known, new = np.array_split(rng.permutation(len(probs)), 2)
    weights = np.exp(targets[new] @ rng.normal(0, SPREAD, targets.shape[1]))
    shifted = rng.choice(new, len(new), p=weights / weights.sum())
    errors = [
        error
        for rows in (new, shifted)
        for error in prevalence_errors(probs[known], targets[known], probs[rows], targets[rows])
    ]
    mended = fit_recalibration(probs[known], targets[known]).apply(probs[new])
    columns = zip(mended.T, targets[new].T, strict=True)
    off = np.mean([measure_reliability(scores, truth).error for scores, truth in columns])
    return [*errors, log_loss(mended, targets[new]), float(off)]


def main() -> None:
    """Print one line a file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("targets", type=Path)
    parser.add_argument("probs", type=Path, nargs="+")
    parser.add_argument("--splits", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    targets = np.load(options.targets) > 0.5
    print(f"# {options.splits} random halvings from seed {options.seed}, {platform.platform()}")
    print("file same: known em counted | shifted: known em counted | log-loss calibration-error")
    for path in options.probs:
        probs = np.load(path)
        seeds = range(options.seed, options.seed + options.splits)
        row = np.mean([measure(probs, targets, seed=seed) for seed in seeds], axis=0)
        same, shifted = (" ".join(f"{error:.2f}" for error in part) for part in (row[:3], row[3:6]))
        print(f"{path.stem} {same} | {shifted} | {row[6]:.4f} {row[7]:.4f}", flush=True)


if __name__ == "__main__":
    main()
