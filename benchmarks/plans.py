"""How long a resampling plan takes to preview: every step alone, then the presets.

A preview is the plan's copies and everything that is told of them (bar: 300 ms at the 113,446 rows
of the report). Medians of wall time, with the processor's own time beside it, and wall over bar;
before that one untimed run. Rows that the given tables lack are repeats, drawn by the seed.

    python -m benchmarks.plans LABELS.csv [LABELS.csv ...] [--rows 113446] [--seed 0] [--repeats 9]
"""

import argparse
import os
import platform
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from hpa_core.data.labels import read_label_table
from hpa_core.imbalance.planning import plan_copies
from hpa_core.imbalance.presets import PLAN_PRESETS
from hpa_core.imbalance.preview import preview_plan
from hpa_core.imbalance.steps import (
    STEPS,
    ClassAware,
    CopyAlone,
    CopyClasses,
    DeleteAlone,
    LpRos,
    LpRus,
    MlRos,
    MlRus,
    RepeatFactor,
    Step,
)

BAR_MS = 300
COPIED = (1, 3, 4, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 22, 24, 26, 27)
"""The 21 classes whose samples the report copies."""

EXAMPLES: tuple[Step, ...] = (
    CopyClasses(factors={number: 2 + number / 10 for number in COPIED}),
    DeleteAlone(fractions={0: 0.5, 25: 0.5}),
    CopyAlone(factors={0: 1.5, 25: 1.5}),
    MlRos(percent=25),
    MlRos(percent=500),
    MlRus(percent=25),
    MlRus(percent=100),
    LpRos(percent=25),
    LpRos(percent=500),
    LpRus(percent=25),
    RepeatFactor(threshold=0.05),
    ClassAware(length=1),
)


def read_targets(tables: Sequence[Path], *, rows: int, seed: int) -> np.ndarray:
    """Stack the tables' labels; cut to `rows`, or filled up by repeats."""
    targets = np.concatenate([read_label_table(path).targets for path in tables])
    repeated = np.random.default_rng(seed).integers(len(targets), size=max(rows - len(targets), 0))
    print(f"# {len(targets):,} rows of {len(tables)} tables, {len(repeated):,} of them repeated")
    return np.concatenate([targets, targets[repeated]])[:rows]


def time_preview(
    targets: np.ndarray, steps: Sequence[Step], *, repeats: int
) -> tuple[float, float, int]:
    """Return median wall and processor milliseconds, and the length of the planned epoch."""
    wall, processor = [], []
    for _ in range(repeats + 1):
        started, worked = perf_counter(), process_time()
        samples = preview_plan(targets, plan_copies(targets, steps, seed=0)).samples
        wall.append(perf_counter() - started)
        processor.append(process_time() - worked)
    return float(np.median(wall[1:])) * 1e3, float(np.median(processor[1:])) * 1e3, samples


def report(name: str, targets: np.ndarray, steps: Sequence[Step], *, repeats: int) -> None:
    """Print one line."""
    wall, processor, samples = time_preview(targets, steps, repeats=repeats)
    met = "met" if wall <= BAR_MS else "MISSED"
    print(
        f"{name:22} {wall:6.1f} ms ({processor:5.1f} ms of processor), "
        f"{wall / BAR_MS:.2f} of the bar: {met}; {samples:,} samples an epoch"
    )


def main() -> None:
    """Time every step and every preset."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", type=Path, nargs="+")
    parser.add_argument("--rows", type=int, default=113_446)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--repeats", type=int, default=9)
    options = parser.parse_args()
    print(
        f"# {platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"numpy {np.__version__}, seed {options.seed}, medians of {options.repeats}"
    )
    targets = read_targets(options.tables, rows=options.rows, seed=options.seed)
    for step in EXAMPLES:
        percent = f" {step.percent:g} %" if hasattr(step, "percent") else ""
        report(step.kind + percent, targets, (step,), repeats=options.repeats)
    timed = {step.kind for step in EXAMPLES}
    for name, preset in PLAN_PRESETS.items():
        steps = preset(targets)
        timed |= {step.kind for step in steps}
        report(f"preset {name}", targets, steps, repeats=options.repeats)
    print(f"# steps that were not timed: {', '.join(sorted(set(STEPS) - timed)) or 'none'}")


if __name__ == "__main__":
    main()
