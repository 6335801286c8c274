"""Cross-fitted calls of heads retrained with and without rows made for the rare classes.

Axes: R repeats, K folds, N samples, E features, C classes. In each fold everything is learnt from
the other folds: scales, rows made, strength of regularisation, head, and the fitted thresholds,
from scores of heads that an inner fold held back. The fold itself is only called.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from hpa_core.data.splits import stratified_folds
from hpa_core.evaluation.calls import apply_thresholds
from hpa_core.evaluation.strategies import strategy_named
from hpa_core.imbalance.retraining import Variant, retrain, variants
from hpa_core.oversampling.settings import FIXED, OWN, Settings, Thresholds
from hpa_core.progress import Progress, quiet

Key = tuple[str, Thresholds]


@dataclass(frozen=True, kw_only=True)
class Fold:
    """One fold of one repeat: rows to learn from, rows to call, and a seed of its own."""

    repeat: int
    fit: Int[np.ndarray, " n"]
    held: Int[np.ndarray, " m"]
    seed: int


@dataclass(frozen=True, kw_only=True)
class FoldScores:
    """What one variant says of one fold.

    Attributes:
        fitting: scores of the rows of `Fold.fit`, each held back inside in its turn, (n, C).
        held: scores of the rows of `Fold.held`, (m, C).
        rows_made: rows that were added to those of `Fold.fit`.
    """

    variant: str
    fitting: Float[np.ndarray, "n C"]
    held: Float[np.ndarray, "m C"]
    rows_made: int = 0


@dataclass(frozen=True, kw_only=True)
class Trial:
    """Samples, and how heads on them are to be compared.

    Attributes:
        features: embeddings, as they come from the network, (N, E).
        targets: the truth, (N, C).
        groups: (N,) one key a sample, as duplicates share it; each its own if None.
        own_probs: the run's own scores, (N, C); called beside the others.
    """

    features: Float[np.ndarray, "N E"]
    targets: Bool[np.ndarray, "N C"]
    settings: Settings
    groups: np.ndarray | None = None
    own_probs: Float[np.ndarray, "N C"] | None = None

    @property
    def variants(self) -> tuple[Variant, ...]:
        """The ways to prepare the fitting rows."""
        return variants(k=self.settings.k, rule=self.settings.rule, times=self.settings.times)

    def folds(self) -> Iterator[Fold]:
        """Yield every fold of every repeat; rows of one group are never on both sides.

        Raises:
            ConfigError: there are fewer groups than folds.
        """
        count, rng = self.settings.folds, np.random.default_rng(self.settings.seed)
        for repeat in range(self.settings.repeats):
            dealt, *seeds = rng.integers(2**31, size=count + 1).tolist()
            folds = stratified_folds(self.targets, count, seed=dealt, groups=self.groups)
            for fold, seed in enumerate(seeds):
                fit, held = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
                yield Fold(repeat=repeat, fit=fit, held=held, seed=seed)

    def scores(self, fold: Fold) -> Iterator[FoldScores]:
        """Yield what every variant says, having learnt from the rows of `fold.fit` alone."""
        if (own := self.own_probs) is not None:
            yield FoldScores(variant=OWN, fitting=own[fold.fit], held=own[fold.held])
        for variant in self.variants:
            fitted = retrain(
                self.features[fold.fit],
                self.targets[fold.fit],
                variant=variant,
                groups=None if self.groups is None else self.groups[fold.fit],
                seed=fold.seed,
            )
            yield FoldScores(
                variant=variant.name,
                fitting=fitted.inner_probs,
                held=fitted.probs(self.features[fold.held]),
                rows_made=fitted.rows_made,
            )


@dataclass(frozen=True, kw_only=True)
class CrossFitted:
    """What every variant called.

    Attributes:
        calls: by variant and kind of thresholds, (R, N, C).
        rows_made: mean number of rows added to a fold's fitting rows, by variant.
    """

    calls: dict[Key, Bool[np.ndarray, "R N C"]]
    rows_made: dict[str, float]


def cross_fit(trial: Trial, *, progress: Progress = quiet) -> CrossFitted:
    """Call every sample by heads and thresholds that were fitted without it and its group.

    Raises:
        ConfigError: there are fewer groups than folds.
    """
    settings, targets = trial.settings, trial.targets
    choose = strategy_named(settings.strategy).fit
    calls: dict[Key, np.ndarray] = {}
    made: dict[str, float] = {}
    rounds = settings.repeats * settings.folds
    done, total = 0, rounds * len(trial.variants)
    for fold in trial.folds():
        for scores in trial.scores(fold):
            fitted = choose(scores.fitting, targets[fold.fit])
            levels: dict[Thresholds, float | np.ndarray] = {"fixed": FIXED, "fitted": fitted}
            for kind, thresholds in levels.items():
                none = np.zeros((settings.repeats, *targets.shape), dtype=bool)
                called = calls.setdefault((scores.variant, kind), none)
                called[fold.repeat, fold.held] = apply_thresholds(scores.held, thresholds)
            made[scores.variant] = made.get(scores.variant, 0.0) + scores.rows_made / rounds
            done += scores.variant != OWN
            progress(done, total, unit="heads")
    return CrossFitted(calls=calls, rows_made=made)
