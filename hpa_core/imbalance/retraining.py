"""Retraining the head alone, with and without rows made for the rare classes.

Axes: N rows, E features, C classes, M rows made, L strengths. Everything that is chosen (scales,
rows made, strength of regularisation) is chosen from the rows given: whoever holds rows back gets a
head that knows nothing of them.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from hpa_core.data.splits import stratified_folds
from hpa_core.imbalance.head import (
    Head,
    Scaling,
    Weights,
    balanced_weights,
    best_strengths,
    fit_heads,
    sigmoid,
    without_inner_threads,
)
from hpa_core.imbalance.mlsmote import MadeRows, copy_seeds, synthesise

STRENGTHS = (0.05, 0.01, 0.002, 0.0004)
"""Of the L2 penalty on mean log loss, strong to weak. With 256 features the best lie in the middle,
with 28 at the weak end (`docs/feature-oversampling.md`)."""

INNER_FOLDS = 3

Features = Float[np.ndarray, "N E"]
Targets = Bool[np.ndarray, "N C"]


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One way to prepare the rows that a head is fitted on.

    Attributes:
        name: what results call it.
        summary: what it does, in one line.
        add: makes rows from scaled features, targets and a seed; None adds nothing.
        weigh: weights the rows by class; None weighs all alike.
    """

    name: str
    summary: str
    add: Callable[[Features, Targets, int], MadeRows] | None = None
    weigh: Callable[[Targets], Weights] | None = None


def variants(
    *, k: int = 5, rule: str = "ranking", times: int = 1
) -> tuple[Variant, Variant, Variant, Variant]:
    """Return the head as it is, and three ways to make rare classes count for more.

    Copies and synthetic rows come from the same seeds and are as many, so that what
    interpolation adds is the difference between the two.
    """
    return (
        Variant(name="as-is", summary="the rows as they are"),
        Variant(
            name="copies",
            summary="rows of rare classes copied, as many as MLSMOTE makes",
            add=lambda features, targets, _seed: copy_seeds(features, targets, times=times),
        ),
        Variant(
            name="mlsmote",
            summary="synthetic rows between neighbours that share a rare class",
            add=lambda features, targets, seed: synthesise(
                features, targets, k=k, rule=rule, times=times, seed=seed
            ),
        ),
        Variant(
            name="weighted",
            summary="each class's positives weigh as much as its negatives",
            weigh=balanced_weights,
        ),
    )


@dataclass(frozen=True, kw_only=True)
class Retrained:
    """A head, and what to expect of its scores on rows it was not fitted on.

    Attributes:
        inner_probs: scores of the given rows, each by a head fitted on the others, (N, C):
            what thresholds may be chosen on.
        strengths: chosen for each class, (C,).
        rows_made: rows that were added.
    """

    scaling: Scaling
    head: Head
    inner_probs: Float[np.ndarray, "N C"]
    strengths: Float[np.ndarray, " C"]
    rows_made: int

    def probs(self, features: Features) -> Float[np.ndarray, "n C"]:
        """Score rows, given as they come from the network."""
        return sigmoid(self.head.logits(self.scaling.apply(features)))


def retrain(
    features: Features,
    targets: Targets,
    *,
    variant: Variant,
    groups: np.ndarray | None = None,
    seed: int = 0,
) -> Retrained:
    """Fit a head, each class with the strength that does best on rows held back inside.

    Args:
        features: embeddings, as they come from the network.
        targets: the labels.
        variant: how the rows are prepared.
        groups: (N,) one key a row; rows of one key are held back together.
        seed: of the folds inside and of the rows made.

    Raises:
        ConfigError: there are fewer groups than folds inside.
    """
    folds = stratified_folds(targets, INNER_FOLDS, seed=seed, groups=groups)
    with without_inner_threads():
        return _retrained(features, targets, folds, variant=variant, seed=seed)


def _retrained(
    features: Features,
    targets: Targets,
    folds: Int[np.ndarray, " N"],
    *,
    variant: Variant,
    seed: int,
) -> Retrained:
    grid = np.repeat(np.array(STRENGTHS)[:, None], targets.shape[1], axis=1)
    logits = np.empty((len(STRENGTHS), *targets.shape))
    for fold in range(INNER_FOLDS):
        held = folds == fold
        scaling, heads, _ = _fit(
            features[~held], targets[~held], variant=variant, strengths=grid, seed=seed
        )
        inside = scaling.apply(features[held])
        logits[:, held] = [head.logits(inside) for head in heads]
    best = best_strengths(list(logits), targets)
    strengths = np.array(STRENGTHS)[best]
    scaling, (head,), made = _fit(
        features, targets, variant=variant, strengths=strengths[None], seed=seed
    )
    return Retrained(
        scaling=scaling,
        head=head,
        inner_probs=sigmoid(_pick(logits, best)),
        strengths=strengths,
        rows_made=made,
    )


def _fit(
    features: Features,
    targets: Targets,
    *,
    variant: Variant,
    strengths: Float[np.ndarray, "L C"],
    seed: int,
) -> tuple[Scaling, list[Head], int]:
    scaling = Scaling.of(features)
    scaled, made = scaling.apply(features), 0
    if variant.add is not None:
        rows = variant.add(scaled, targets, seed)
        scaled, targets = np.vstack([scaled, rows.features]), np.vstack([targets, rows.targets])
        made = len(rows.seeds)
    weights = variant.weigh(targets) if variant.weigh is not None else None
    return scaling, fit_heads(scaled, targets, strengths=strengths, weights=weights), made


def _pick(
    logits: Float[np.ndarray, "L N C"], best: Int[np.ndarray, " C"]
) -> Float[np.ndarray, "N C"]:
    picked: np.ndarray = np.take_along_axis(logits, best[None, None], axis=0)[0]
    return picked
