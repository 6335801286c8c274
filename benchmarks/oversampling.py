"""How fast the linear head is fitted, and whether a comparison's intervals keep what they say.

`solver`: 28 outputs on made-up embeddings, by `fit_heads` and by scikit-learn's other solvers, each
with its processor time and how far its worst class is from the least loss that any of them found.

`intervals`: data sets drawn from one made-up world, compared as `oversample` does. Every fold's
head is also scored on 20,000 further samples, so that the true difference of these very heads is
known. Printed by comparison: the mean difference claimed and true, how often the 95 % interval
holds the true one of these heads, how often the mean over all data sets, and what was claimed.

    OMP_NUM_THREADS=1 python -m benchmarks.oversampling solver [--rows 1200] [--features 256]
    OMP_NUM_THREADS=1 python -m benchmarks.oversampling intervals [--sets 40] [--seed 0]
"""

import argparse
import platform
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from time import process_time
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from hpa_core.evaluation.metrics import evaluate
from hpa_core.evaluation.paired import Difference, macro_difference, repeated_f1
from hpa_core.evaluation.strategies import strategy_named
from hpa_core.imbalance.head import Head, Scaling, fit_heads, without_inner_threads
from hpa_core.imbalance.retraining import STRENGTHS
from hpa_core.oversampling.comparing import Key, Trial
from hpa_core.oversampling.settings import FIXED, PAIRS, Settings, Thresholds

PREVALENCE = np.array([0.35, 0.25, 0.15, 0.1, 0.06, 0.03, 0.015, 0.012])
DISTANCE = np.array([1.6, 1.6, 1.6, 1.6, 1.8, 2.0, 2.2, 2.2])
FEATURES = 12
SOLVERS = ("lbfgs", "newton-cholesky", "newton-cg")


def embeddings(rows: int, features: int, *, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return scaled features and labels whose classes are as uneven as the competition's."""
    rng = np.random.default_rng(seed)
    targets = rng.random((rows, 28)) < np.geomspace(0.4, 8 / rows, 28)
    directions = rng.normal(size=(28, features)) * 0.25
    shared = rng.normal(size=(rows, 40)) @ rng.normal(size=(40, features)) * 0.2
    raw = np.maximum(targets @ directions + shared + rng.normal(size=(rows, features)) * 0.7, 0)
    return Scaling.of(raw).apply(raw), targets


def loss(features: np.ndarray, targets: np.ndarray, strength: float, head: Head) -> np.ndarray:
    """Return what is minimised, by class."""
    margins = np.where(targets, 1, -1) * head.logits(features)
    penalty = 0.5 * strength * (head.weights**2).sum(axis=0)
    total: np.ndarray = np.logaddexp(0, -margins).mean(axis=0) + penalty
    return total


def by_scikit_learn(
    features: np.ndarray, targets: np.ndarray, strength: float, solver: str
) -> Head:
    """Fit class by class with one of scikit-learn's solvers and its own tolerance."""
    columns = []
    for truth in targets.T:
        model = LogisticRegression(
            C=1 / (strength * len(features)), solver=solver, max_iter=2000
        ).fit(features, truth)
        columns.append(np.append(model.coef_[0], model.intercept_[0]))
    found = np.array(columns).T
    return Head(weights=found[:-1], bias=found[-1])


def ours(features: np.ndarray, targets: np.ndarray, strength: float) -> Head:
    """Fit as a comparison does."""
    return fit_heads(features, targets, strengths=np.full((1, 28), strength))[0]


def compare_solvers(rows: int, features: int, seed: int) -> None:
    """Print one line a strength and solver."""
    space, targets = embeddings(rows, features, seed=seed)
    print("strength solver seconds worst-class-above-least-loss(%)")
    for strength in STRENGTHS:
        ways: dict[str, Callable[[], Head]] = {"ours": lambda s=strength: ours(space, targets, s)}
        for name in SOLVERS:
            ways[name] = lambda s=strength, n=name: by_scikit_learn(space, targets, s, n)
        losses, seconds = {}, {}
        for name, fit in ways.items():
            started = process_time()
            with without_inner_threads():
                head = fit()
            seconds[name] = process_time() - started
            losses[name] = loss(space, targets, strength, head)
        least = np.min(list(losses.values()), axis=0)
        for name, found in losses.items():
            print(f"{strength} {name} {seconds[name]:.2f} {100 * (found / least - 1).max():.4f}")


def world(samples: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw samples: each class shifts the features along a direction of its own."""
    directions = np.random.default_rng(123).normal(size=(len(PREVALENCE), FEATURES))
    directions *= (DISTANCE / np.linalg.norm(directions, axis=1))[:, None]
    targets = rng.random((samples, len(PREVALENCE))) < PREVALENCE
    return targets @ directions + rng.normal(size=(samples, FEATURES)), targets


def call_both(
    trial: Trial, further: tuple[np.ndarray, np.ndarray]
) -> tuple[dict[Key, np.ndarray], dict[Key, float]]:
    """Return the calls of a trial, and the true macro F1 of its very heads.

    The further samples stand behind the trial's own and are scored with every fold's.
    """
    own, settings = len(trial.targets), trial.settings
    joined = replace(
        trial,
        features=np.concatenate([trial.features, further[0]]),
        targets=np.concatenate([trial.targets, further[1]]),
    )
    calls: dict[Key, np.ndarray] = {}
    true: dict[Key, list[float]] = {}
    for fold in trial.folds():
        held = np.concatenate([fold.held, np.arange(own, len(joined.targets))])
        for scores in joined.scores(replace(fold, held=held)):
            chosen = strategy_named(settings.strategy).fit(scores.fitting, trial.targets[fold.fit])
            levels: dict[Thresholds, Any] = {"fixed": FIXED, "fitted": chosen}
            for kind, thresholds in levels.items():
                key, found = (scores.variant, kind), scores.held > thresholds
                empty = np.zeros((settings.repeats, *trial.targets.shape), dtype=bool)
                calls.setdefault(key, empty)[fold.repeat, fold.held] = found[: len(fold.held)]
                score = evaluate(further[1], found[len(fold.held) :]).macro_f1
                true.setdefault(key, []).append(score)
    return calls, {key: float(np.mean(scores)) for key, scores in true.items()}


def check_intervals(sets: int, samples: int, seed: int) -> None:
    """Print one line a comparison and kind of thresholds."""
    further = world(20_000, np.random.default_rng(999))
    kinds: tuple[Thresholds, ...] = ("fixed", "fitted")
    claimed: dict[tuple[str, ...], list[Difference]] = {}
    truth: dict[tuple[str, ...], list[float]] = {}
    for number in range(seed, seed + sets):
        features, targets = world(samples, np.random.default_rng(number))
        trial = Trial(features=features, targets=targets, settings=Settings(seed=number))
        calls, true = call_both(trial, further)
        scored = {key: repeated_f1(targets, one) for key, one in calls.items()}
        for (new, old), kind in product(PAIRS[:-1], kinds):
            gain = macro_difference(scored[new, kind], scored[old, kind])
            claimed.setdefault((new, old, kind), []).append(gain)
            truth.setdefault((new, old, kind), []).append(true[new, kind] - true[old, kind])
        print(f"# {number - seed + 1} of {sets}", flush=True)
    print("variant against thresholds claimed true holds-true holds-mean helps hurts wrong-sign")
    for key, gains in claimed.items():
        print(*key, _line(gains, np.array(truth[key])))


def _line(gains: list[Difference], truth: np.ndarray) -> str:
    low, high = (np.array([getattr(one, name) for one in gains]) for name in ("low", "high"))
    held = ((low <= truth) & (truth <= high)).mean()
    held_mean = ((low <= truth.mean()) & (truth.mean() <= high)).mean()
    wrong = ((low > 0) & (truth < 0)) | ((high < 0) & (truth > 0))
    value = np.mean([one.value for one in gains])
    return (
        f"{value:+.4f} {truth.mean():+.4f} {held:.2f} {held_mean:.2f} "
        f"{(low > 0).mean():.2f} {(high < 0).mean():.2f} {wrong.mean():.2f}"
    )


def main() -> None:
    """Run the benchmark that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("solver", "intervals"))
    parser.add_argument("--rows", type=int, default=1200)
    parser.add_argument("--features", type=int, default=256)
    parser.add_argument("--sets", type=int, default=40)
    parser.add_argument("--samples", type=int, default=800)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    print(f"# {asked}, {platform.platform()}")
    if asked.what == "solver":
        compare_solvers(asked.rows, asked.features, asked.seed)
    else:
        check_intervals(asked.sets, asked.samples, asked.seed)


if __name__ == "__main__":
    main()
