"""How much of a tuned macro F1 survives on new data.

Axes: N samples, C classes, R repeats, S scorings. Thresholds chosen and scored on the same samples
flatter themselves, most where positives are few. Two answers from the same file:

- expected: the samples are halved; each half is called by thresholds chosen on the other; F1 is
  taken over all N calls together, so rare classes keep all their positives. Mean of R halvings.
- interval: samples to choose on and samples to score on are both drawn anew, with replacement. The
  luck of the samples scored on is in the new measurement and in the estimate; that of the choice
  in the measurement alone, for the estimate is a mean over many choices.

Class by class the same halvings say what a strategy gains over thresholds that fit nothing.

References:
    Forman and Scholz (2010), Apples-to-apples in cross-validation studies (F1 over pooled folds).
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from jaxtyping import Bool, Float, Int

from hpa_core.evaluation.bootstrap import drawn_f1
from hpa_core.evaluation.calls import apply_thresholds
from hpa_core.evaluation.contract import check_truth
from hpa_core.evaluation.gains import ClassGains, class_gains
from hpa_core.evaluation.metrics import evaluate
from hpa_core.evaluation.options import Options
from hpa_core.evaluation.strategies import Strategy
from hpa_core.intervals import NORMAL_95, Interval
from hpa_core.progress import Progress, quiet
from hpa_core.runs.thresholds import Fallback

REDRAWS = 50
"""Redrawn sets to choose on behind the interval: its width is then known to about a tenth."""

SCORINGS = 8
"""Redrawn sets that each choice is scored on: cheap beside choosing, and the width jumps less."""

WIDENING = 1.25
"""Redrawing cannot show a class's unseen positives, so its spread is too small; this much makes
95 % intervals cover 95 % on real score files (`benchmarks/honesty.py`)."""

UNFITTED = 0.5
"""What each class's gain is told over: the threshold that one has without choosing."""


@dataclass(frozen=True, kw_only=True)
class Honest:
    """Thresholds, what they claim, and what to expect of them on as many new samples.

    Attributes:
        thresholds: chosen on all samples, (C,).
        in_sample: their macro F1 on these same samples.
        expected: macro F1 to expect on new samples from the same source.
        interval: 95 % prediction interval for that measurement.
        expected_f1: the same expectation by class, (C,).
        gains: what each class is expected to gain over `UNFITTED`; where the interval spans 0,
            choosing its threshold has shown nothing but noise.
    """

    thresholds: Float[np.ndarray, " C"]
    in_sample: float
    expected: float
    interval: Interval
    expected_f1: Float[np.ndarray, " C"]
    gains: ClassGains


def cross_fitted(  # noqa: PLR0913 - how to choose, how to call, how often, from which seed
    probs: Float[np.ndarray, "N C"],
    targets: Bool[np.ndarray, "N C"],
    *,
    strategy: Strategy,
    options: Options | None = None,
    fallback: Fallback = "none",
    repeats: int = 10,
    seed: int = 0,
    progress: Progress = quiet,
) -> Honest:
    """Choose thresholds on all samples and estimate their macro F1 on new ones.

    The new samples are taken to be as many and to come from the same source: a shift (other
    plates, other prevalence) costs more than any interval here says.

    Args:
        probs: (N, C) in [0, 1].
        targets: the truth, (N, C).
        strategy: how thresholds are chosen.
        options: what the strategy is told; numbers of calls are meant for all N samples.
        fallback: as for `apply_thresholds`; the strategies themselves do not know it.
        repeats: halvings.
        seed: of the halvings and redraws.
        progress: told after each choice of thresholds.

    Raises:
        ConfigError: the options lack what the strategy needs.
        ScoresError: a score is NaN or outside [0, 1], or there is no sample.
    """
    check_truth(probs, targets)
    told = options or Options()
    trial = _Trial(probs, targets, strategy, told, fallback)
    rng = np.random.default_rng(seed)
    steps = repeats + REDRAWS
    halved = []
    for step in range(repeats):
        halved.append(trial.halved(rng))
        progress(step + 1, steps, unit="trials")
    redrawn = []
    for step in range(REDRAWS):
        redrawn.append(trial.redrawn(rng))  # (S,)
        progress(repeats + step + 1, steps, unit="trials")
    expected_f1 = np.mean([evaluate(targets, calls).per_class.f1 for calls in halved], axis=0)
    expected = float(expected_f1.mean())
    margin = NORMAL_95 * WIDENING * error_spread(np.array(redrawn))
    thresholds = strategy.fit(probs, targets, told)
    calls = apply_thresholds(probs, thresholds, fallback=fallback)
    unfitted = apply_thresholds(probs, UNFITTED, fallback=fallback)
    return Honest(
        thresholds=thresholds,
        in_sample=evaluate(targets, calls).macro_f1,
        expected=expected,
        interval=Interval.of_share(expected, margin),
        expected_f1=expected_f1,
        gains=class_gains(targets, unfitted, halved, rng=rng),
    )


def error_spread(scores: Float[np.ndarray, "R S"]) -> float:
    """Return the standard deviation of a new measurement minus the expectation.

    Args:
        scores: of R choices of thresholds, each scored on S sets of samples.

    >>> round(error_spread(np.array([[0.4, 0.6], [0.4, 0.6]])), 6)
    0.2
    """
    scoring = scores.var(axis=1, ddof=1).mean()
    choice = scores.mean(axis=1).var(ddof=1) - scoring / scores.shape[1]
    return sqrt(max(choice, 0.0) + 2 * scoring)


def halves(
    targets: Bool[np.ndarray, "N C"], *, rng: np.random.Generator
) -> tuple[Int[np.ndarray, " n"], Int[np.ndarray, " m"]]:
    """Split the samples at random into two halves that share out each class evenly.

    Samples are dealt in turn, in the order of their rarest class: both halves get as many of those
    who have it, give or take one. Frequent classes come out even by their number.

    >>> targets = np.eye(3, dtype=bool)[[0, 0, 1, 1, 2, 2]]
    >>> left, right = halves(targets, rng=np.random.default_rng(0))
    >>> targets[left].sum(axis=0).tolist(), targets[right].sum(axis=0).tolist()
    ([1, 1, 1], [1, 1, 1])
    """
    support = np.append(targets.sum(axis=0), len(targets) + 1)
    has_or_none = np.column_stack([targets, np.ones(len(targets), dtype=bool)])
    rarest = np.where(has_or_none, support, len(targets) + 2).argmin(axis=1)
    shuffled = rng.permutation(len(targets))
    dealt = shuffled[np.argsort(rarest[shuffled], kind="stable")]
    first = int(rng.integers(2))
    return dealt[first::2], dealt[1 - first :: 2]


@dataclass(frozen=True)
class _Trial:
    probs: Float[np.ndarray, "N C"]
    targets: Bool[np.ndarray, "N C"]
    strategy: Strategy
    options: Options
    fallback: Fallback

    def halved(self, rng: np.random.Generator) -> Bool[np.ndarray, "N C"]:
        """Calls of all samples, each half called by thresholds that the other half chose."""
        left, right = halves(self.targets, rng=rng)
        calls = np.empty_like(self.targets)
        told = self.options.scaled(0.5)
        for fitted, scored in ((left, right), (right, left)):
            thresholds = self.strategy.fit(self.probs[fitted], self.targets[fitted], told)
            calls[scored] = apply_thresholds(self.probs[scored], thresholds, fallback=self.fallback)
        return calls

    def redrawn(self, rng: np.random.Generator) -> Float[np.ndarray, " S"]:
        """Macro F1 on redrawn sets of samples, of thresholds chosen on another."""
        samples = len(self.probs)
        fitted = rng.integers(samples, size=samples)
        thresholds = self.strategy.fit(self.probs[fitted], self.targets[fitted], self.options)
        calls = apply_thresholds(self.probs, thresholds, fallback=self.fallback)
        seed = int(rng.integers(2**32))
        [f1] = drawn_f1(self.targets, [calls], replicates=SCORINGS, seed=seed)  # (S, C)
        return np.asarray(f1.mean(axis=1))
