"""From held-out calls to a report: F1 with intervals, differences with verdicts, and words.

Axes: N samples, C classes.
"""

import time
from datetime import UTC, datetime
from hashlib import sha256

import numpy as np
from jaxtyping import Bool, Float

from hpa_core.data.dataset import Dataset
from hpa_core.errors import RunError, ScoresError
from hpa_core.evaluation.paired import (
    RepeatedF1,
    class_differences,
    macro_difference,
    macro_f1,
    repeated_f1,
)
from hpa_core.imbalance.head import log_odds
from hpa_core.imbalance.leaks import has_learnt
from hpa_core.imbalance.mlsmote import minority_classes
from hpa_core.oversampling.comparing import CrossFitted, Key, Trial, cross_fit
from hpa_core.oversampling.report import Comparison, FeatureKind, Report, VariantScore
from hpa_core.oversampling.settings import PAIRS, Settings, Thresholds
from hpa_core.progress import Progress, quiet
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.predictions import Predictions, predictions_path, read_predictions


def compare_on_run(  # noqa: PLR0913 - what, how, and who is told
    run: RunFolder,
    split: str,
    *,
    settings: Settings,
    features: FeatureKind = "embeddings",
    dataset: Dataset | None = None,
    progress: Progress = quiet,
) -> Report:
    """Retrain the head of a run on one split, with and without oversampling, and judge each.

    Args:
        run: with predictions of `split` whose truth is known.
        split: best one that the network did not learn from.
        settings: how the comparison is made.
        features: `embeddings`, or `scores`: the log-odds of the run's 28 scores instead.
        dataset: the run's, which knows the groups to keep whole; each sample its own if None.
        progress: told after every head.

    Raises:
        RunError: there are no predictions, or none with embeddings that are finite, or they hold
            samples that the dataset does not.
        ScoresError: the truth is not known.
        ConfigError: there are fewer groups than folds.
    """
    started = time.monotonic()
    predictions = read_predictions(run, split)
    targets = _truth(run, split, predictions)
    space = _features(run, split, predictions, features)
    groups = None if dataset is None else _groups(run, dataset, predictions.ids)
    trial = Trial(
        features=space,
        targets=targets,
        settings=settings,
        groups=groups,
        own_probs=predictions.probs,
    )
    fitted = cross_fit(trial, progress=progress)
    scores, comparisons = judge(fitted, targets, groups=groups, seed=settings.seed)
    return Report(
        run=run.id,
        split=split,
        dataset=run.info.dataset,
        synthetic=run.info.synthetic,
        data_hash=sha256(predictions_path(run, split).read_bytes()).hexdigest(),
        features=features,
        width=space.shape[1],
        seen=has_learnt(run, split),
        samples=len(targets),
        groups=len(targets) if groups is None else len(np.unique(groups)),
        positives=tuple(targets.sum(axis=0).tolist()),
        minority=tuple(minority_classes(targets).tolist()),
        settings=settings,
        scores=scores,
        comparisons=comparisons,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=round(time.monotonic() - started, 1),
    )


def judge(
    fitted: CrossFitted,
    targets: Bool[np.ndarray, "N C"],
    *,
    groups: np.ndarray | None = None,
    seed: int = 0,
) -> tuple[tuple[VariantScore, ...], tuple[Comparison, ...]]:
    """Score every variant, and compare the `PAIRS` of which both are there."""
    drawn = {
        key: repeated_f1(targets, calls, groups=groups, seed=seed)
        for key, calls in fitted.calls.items()
    }
    scores = tuple(
        VariantScore(
            variant=name,
            thresholds=kind,
            macro=macro_f1(one),
            f1=tuple(one.f1.tolist()),
            rows_made=fitted.rows_made[name],
        )
        for (name, kind), one in drawn.items()
    )
    kinds: tuple[Thresholds, ...] = ("fixed", "fitted")
    pairs = [(pair, kind) for kind in kinds for pair in PAIRS]
    return scores, tuple(
        _comparison(drawn, new, old, kind)
        for (new, old), kind in pairs
        if {(new, kind), (old, kind)} <= drawn.keys()
    )


def _comparison(drawn: dict[Key, RepeatedF1], new: str, old: str, kind: Thresholds) -> Comparison:
    pair = drawn[new, kind], drawn[old, kind]
    return Comparison(
        variant=new,
        against=old,
        thresholds=kind,
        macro=macro_difference(*pair),
        classes=tuple(class_differences(*pair)),
    )


def _truth(run: RunFolder, split: str, predictions: Predictions) -> Bool[np.ndarray, "N C"]:
    if predictions.targets is None:
        raise ScoresError(
            f"Run {run.id!r} has no truth for {split!r}; heads can be fitted and scored only "
            "where the labels are known."
        )
    return predictions.targets


def _groups(run: RunFolder, dataset: Dataset, ids: np.ndarray) -> np.ndarray:
    known = dataset.manifest.set_index("id")["group"].reindex(ids)
    if known.isna().any():
        raise RunError(
            f"{known.isna().sum()} samples that run {run.id!r} predicted are not in dataset "
            f"{dataset.info.name!r} any more; predict the split again."
        )
    return known.to_numpy(dtype=str)


def _features(
    run: RunFolder, split: str, predictions: Predictions, kind: FeatureKind
) -> Float[np.ndarray, "N E"]:
    if kind == "scores":
        return log_odds(predictions.probs)
    if predictions.embeddings is None:
        raise RunError(
            f"Run {run.id!r} has no embeddings of {split!r}; make them with "
            f"`python -m hpa_core predict {run.id} --split {split}`, or take the scores for "
            "features with `--features scores`."
        )
    if not np.isfinite(predictions.embeddings).all():
        raise RunError(
            f"Embeddings of run {run.id!r}, split {split!r}, are not all finite; predict it again."
        )
    return predictions.embeddings
