"""What an experiment has shown so far: each variant's scores over its seeds, and which is best.

The score of a run is the macro F1 of its last epoch on the validation split, every threshold at
0.5: neither epoch nor thresholds were chosen on what they are scored on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from hpa_core.experiments.experiment import Experiment
from hpa_core.experiments.kinds import kind_named
from hpa_core.intervals import CONFIDENCE
from hpa_core.runs.folder import open_run
from hpa_core.runs.metrics import METRICS, read_metrics
from hpa_core.workspace import Workspace

SCORE, TUNED = "f1_macro/validation", "f1_macro_tuned/validation"


@dataclass(frozen=True, kw_only=True)
class VariantResult:
    """One variant over its seeds.

    Attributes:
        runs: how many runs it has; `scores` those of the ones that are through, by seed.
        mean: of the scores; None before the first.
        low, high: 95 % t interval of the mean over seeds; None with fewer than two.
        tuned: mean macro F1 with thresholds fitted on these very images.
        reported: what the report printed for it.
    """

    variant: str
    runs: int
    scores: dict[int, float]
    mean: float | None
    low: float | None
    high: float | None
    tuned: float | None
    reported: float | None

    @property
    def reach(self) -> float:
        """Half the width of the interval; 0 where there is none."""
        return 0.0 if self.high is None or self.low is None else (self.high - self.low) / 2


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Which variant is best, and whether the seeds tell it from the next.

    Attributes:
        best, second: by mean score.
        difference: best minus second.
        low, high: 95 % t interval of the difference over the seeds that both have; None where
            they share fewer than two.
    """

    best: str
    second: str
    difference: float
    low: float | None
    high: float | None

    @property
    def told(self) -> bool:
        """Whether the interval excludes 0."""
        return self.low is not None and self.low > 0


def read_results(workspace: Workspace, experiment: Experiment) -> list[VariantResult]:
    """Read every variant's scores from its runs' metrics."""
    kind = kind_named(experiment.kind)
    results = []
    for variant in kind.variants:
        members = [member for member in experiment.members if member.variant == variant]
        through = {
            member.seed: last
            for member in members
            if (last := _last_epoch(workspace, member.run)) is not None
        }
        scores = {seed: record[SCORE] for seed, record in through.items()}
        low, high = _interval(list(scores.values()))
        tuned = [record[TUNED] for record in through.values() if TUNED in record]
        results.append(
            VariantResult(
                variant=variant,
                runs=len(members),
                scores=scores,
                mean=float(np.mean(list(scores.values()))) if scores else None,
                low=low,
                high=high,
                tuned=float(np.mean(tuned)) if tuned else None,
                reported=kind.reported.get(variant),
            )
        )
    return results


def judge(results: Sequence[VariantResult]) -> Verdict | None:
    """Compare the two best variants, seed by seed; None before two of them have a score."""
    scored = sorted(
        ((result.mean, result) for result in results if result.mean is not None),
        key=lambda pair: -pair[0],
    )
    if len(scored) < 2:
        return None
    (first, best), (next_best, second) = scored[:2]
    common = sorted(best.scores.keys() & second.scores.keys())
    low, high = _interval([best.scores[seed] - second.scores[seed] for seed in common])
    return Verdict(
        best=best.variant,
        second=second.variant,
        difference=first - next_best,
        low=low,
        high=high,
    )


def _last_epoch(workspace: Workspace, run_id: str) -> dict[str, float] | None:
    """Return the figures of a run's last epoch, None while it has epochs to go."""
    run = open_run(workspace, run_id)
    records = read_metrics(run.path / METRICS)
    if len(records) < run.info.settings["epochs"]:
        return None
    return records[-1]


def _interval(values: Sequence[float]) -> tuple[float | None, float | None]:
    if len(values) < 2:
        return None, None
    mean, spread = float(np.mean(values)), float(stats.sem(values))
    reach = spread * float(stats.t.ppf((1 + CONFIDENCE) / 2, len(values) - 1))
    return mean - reach, mean + reach
