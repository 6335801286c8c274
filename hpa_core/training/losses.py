"""Losses by name: logits and targets in, one number out.

Axes: B samples, C classes. Targets may be anything from 0 to 1: mixup and CutMix make them so.
Every loss is a mean over samples and classes, never a sum, so that one learning rate is of the same
order for all of them. `p` is the probability that the network gives, sigmoid(logit).

All but `bce` push the probabilities away from the true frequencies, on purpose: fit thresholds on
a validation split, and do not read such a probability as a frequency before it is recalibrated.

References:
    Lin et al. (2017), Focal loss for dense object detection.
    Ridnik et al. (2021), Asymmetric loss for multi-label classification.
    Bénédict et al. (2021), sigmoidF1: a smooth F1 score surrogate loss for multilabel
        classification (soft F1 is theirs without its slope and shift).
"""

import math
from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, logsigmoid

from hpa_core.training.lovasz import lovasz_loss

Loss = Callable[[Float[Tensor, "B C"], Float[Tensor, "B C"]], Float[Tensor, ""]]
WEIGHTED, MAX_WEIGHT = "weighted-bce", 20.0


def bce_loss(logits: Float[Tensor, "B C"], targets: Float[Tensor, "B C"]) -> Float[Tensor, ""]:
    """Binary cross-entropy, mean over samples and classes."""
    return binary_cross_entropy_with_logits(logits, targets)


def weighted_bce_loss(
    logits: Float[Tensor, "B C"], targets: Float[Tensor, "B C"], *, weights: Float[Tensor, " C"]
) -> Float[Tensor, ""]:
    """Cross-entropy whose positive part, -t log p, is multiplied by the class's weight."""
    placed = weights.to(logits)
    return binary_cross_entropy_with_logits(logits, targets, pos_weight=placed)


def positive_weights(targets: Bool[np.ndarray, "N C"]) -> Float[np.ndarray, " C"]:
    """Weigh each class's n positives as heavily as its N - n negatives: (N - n) / n.

    At most `MAX_WEIGHT`: beyond it one sample of the rarest class would outweigh whole batches. The
    rows are those that an epoch shows, so copies that a resampling plan makes count here too.
    """
    positives = targets.sum(axis=0)
    ratios: np.ndarray = (len(targets) - positives) / np.maximum(positives, 1)
    return ratios.clip(max=MAX_WEIGHT)


def focal_loss(
    logits: Float[Tensor, "B C"], targets: Float[Tensor, "B C"], *, gamma: float = 2.0
) -> Float[Tensor, ""]:
    """Cross-entropy times (1 - q)^gamma, q being the probability given to the truth."""
    return asymmetric_loss(logits, targets, gamma_positive=gamma, gamma_negative=gamma, clip=0)


def asymmetric_loss(
    logits: Float[Tensor, "B C"],
    targets: Float[Tensor, "B C"],
    *,
    gamma_positive: float = 0.0,
    gamma_negative: float = 4.0,
    clip: float = 0.05,
) -> Float[Tensor, ""]:
    """Focal loss with another gamma where the truth is no, which ignores what is surely no.

    -t (1 - p)^gamma_positive log p - (1 - t) m^gamma_negative log(1 - m), m = max(p - clip, 0).

    The defaults are the paper's; its sum is a mean here.
    """
    log_yes = logsigmoid(logits)  # log p, (B, C)
    # log(1 - m) = log min(1 - p + clip, 1), without losing 1 - p where p is close to 1.
    log_clip = logits.new_full((), math.log(clip) if clip else -math.inf)
    log_no = torch.logaddexp(logsigmoid(-logits), log_clip).clamp(max=0)
    of_yes = targets * torch.sigmoid(-logits) ** gamma_positive * log_yes
    of_no = (1 - targets) * (torch.sigmoid(logits) - clip).clamp(min=0) ** gamma_negative * log_no
    return -(of_yes + of_no).mean()


def soft_f1_loss(logits: Float[Tensor, "B C"], targets: Float[Tensor, "B C"]) -> Float[Tensor, ""]:
    """1 - the batch's macro F1 with probabilities for calls: F1 = (2 Σpt + 1) / (Σp + Σt + 1).

    The ones keep a class that is absent from the batch meaningful: it is right where nothing is
    called. Rare classes are absent from most batches, so large batches serve this loss.
    """
    probs = torch.sigmoid(logits)
    both = (probs * targets).sum(0)  # (C,)
    return (1 - (2 * both + 1) / (probs.sum(0) + targets.sum(0) + 1)).mean()


LOSSES: dict[str, Loss] = {
    "bce": bce_loss,
    "focal": focal_loss,
    "asymmetric": asymmetric_loss,
    "soft-f1": soft_f1_loss,
    "lovasz": lovasz_loss,
}


def build_loss(name: str, targets: Bool[np.ndarray, "N C"], device: torch.device) -> Loss:
    """Return the loss that `TrainConfig.loss` names.

    Args:
        name: one of `choices.LOSSES`.
        targets: of the rows that an epoch shows; `WEIGHTED` weighs by them.
        device: where the training computes.
    """
    if name != WEIGHTED:
        return LOSSES[name]
    weights = torch.from_numpy(positive_weights(targets)).float().to(device)
    return partial(weighted_bce_loss, weights=weights)
