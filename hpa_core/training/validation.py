"""How good the network is on the validation split, after every epoch.

Axes: N samples, C classes (28).
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float16, Float32

from hpa_core.evaluation.curves import best_thresholds
from hpa_core.evaluation.metrics import evaluate
from hpa_core.training.losses import Loss


@dataclass(frozen=True, kw_only=True)
class Validation:
    """Scores of the split and what they are worth.

    Attributes:
        metrics: as `metrics.jsonl` names them.
        macro_f1: at 0.5.
        tuned_f1: macro F1 with every class's best threshold, in-sample.
    """

    probs: Float32[np.ndarray, "N C"]
    embeddings: Float16[np.ndarray, "N E"]
    metrics: dict[str, float | list[float]]
    macro_f1: float
    tuned_f1: float
    loss: float

    def merit(self, criterion: str) -> tuple[float, float]:
        """Return what makes an epoch the best, the higher the better (`TrainConfig.best_by`).

        Early on no score may reach 0.5 and every macro F1 is 0: then the lower loss is better.
        """
        first = {"f1_macro": self.macro_f1, "f1_macro_tuned": self.tuned_f1, "loss": -self.loss}
        return first[criterion], -self.loss


def measure(
    logits: Float32[np.ndarray, "N C"],
    embeddings: Float16[np.ndarray, "N E"],
    targets: Bool[np.ndarray, "N C"],
    *,
    loss: Loss,
) -> Validation:
    """Measure one split; `f1_macro_tuned` is in-sample, an upper bound rather than an estimate."""
    scores = torch.from_numpy(logits)
    probs = torch.sigmoid(scores).numpy()
    calls = probs > 0.5
    at_half = evaluate(targets, calls)
    tuned = best_thresholds(probs, targets)
    mean_loss = float(loss(scores, torch.from_numpy(targets).float()))
    metrics: dict[str, float | list[float]] = {
        "loss/validation": mean_loss,
        "accuracy/validation": float((calls == targets).mean()),
        "f1_macro/validation": at_half.macro_f1,
        "f1_macro_tuned/validation": float(tuned.f1.mean()),
        "f1/validation": at_half.per_class.f1.tolist(),
    }
    return Validation(
        probs=probs,
        embeddings=embeddings,
        metrics=metrics,
        macro_f1=at_half.macro_f1,
        tuned_f1=float(tuned.f1.mean()),
        loss=mean_loss,
    )
