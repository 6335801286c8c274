"""Measure the shipped checkpoint on every split of the demo, none of which it has seen.

Thresholds are chosen on one half of the validation samples and scored on the other, both ways
round, and taken as they are to the shifted site. Scores against the labels in force hold 3 % of
wrong labels; scores against the clean labels do not.
"""

from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Bool, Float

from hpa_core.data.dataset import Dataset, targets_from_lists
from hpa_core.evaluation.calls import apply_thresholds
from hpa_core.evaluation.curves import best_thresholds
from hpa_core.evaluation.metrics import evaluate
from hpa_core.inference import predict
from hpa_core.progress import Progress, quiet

Probs = Float[np.ndarray, "N C"]
Targets = Bool[np.ndarray, "N C"]
FIXED = np.full(28, 0.5)


def measure(weights: Path, dataset: Dataset, *, progress: Progress = quiet) -> dict[str, Any]:
    """Return macro F1 by split: at 0.5, against clean labels, and with tuned thresholds."""
    clean = targets_from_lists(dataset.manifest["clean_targets"])
    probs, targets, scores = {}, {}, {}
    for split in dataset.splits:
        probs[split] = predict(weights, dataset, split, device="cpu", progress=progress).probs
        rows = dataset.rows(split)
        targets[split] = dataset.targets[rows]
        scores[split] = {
            "samples": len(rows),
            "macro_f1_at_0.5": macro_f1(probs[split], targets[split], FIXED),
            "macro_f1_at_0.5_clean_labels": macro_f1(probs[split], clean[rows], FIXED),
            "f1_at_0.5": _per_class(probs[split], targets[split]),
        }
    tuned = best_thresholds(probs["validation"], targets["validation"])
    scores["validation"]["macro_f1_tuned_in_sample"] = round(float(tuned.f1.mean()), 4)
    scores["validation"]["macro_f1_tuned_on_the_other_half"] = other_half(
        probs["validation"], targets["validation"]
    )
    scores["shifted"]["macro_f1_tuned_on_validation"] = macro_f1(
        probs["shifted"], targets["shifted"], tuned.thresholds
    )
    return scores


def macro_f1(probs: Probs, targets: Targets, thresholds: Float[np.ndarray, " C"]) -> float:
    """Return the macro F1 of the calls above `thresholds`, to four digits."""
    return round(float(evaluate(targets, apply_thresholds(probs, thresholds)).macro_f1), 4)


def other_half(probs: Probs, targets: Targets) -> float:
    """Call each half by the thresholds that are best on the other; score all calls together."""
    even = np.arange(len(probs)) % 2 == 0
    calls = np.zeros_like(targets)
    for fitted in (even, ~even):
        thresholds = best_thresholds(probs[fitted], targets[fitted]).thresholds
        calls[~fitted] = apply_thresholds(probs[~fitted], thresholds)
    return round(float(evaluate(targets, calls).macro_f1), 4)


def _per_class(probs: Probs, targets: Targets) -> list[float]:
    f1 = evaluate(targets, apply_thresholds(probs, FIXED)).per_class.f1
    return [round(float(value), 3) for value in f1]
