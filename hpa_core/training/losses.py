"""Losses by name: logits and targets in, one number out.

Axes: B samples, C classes.

References:
    Lin et al. (2017), Focal loss for dense object detection.
"""

from collections.abc import Callable

from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, logsigmoid

Loss = Callable[[Float[Tensor, "B C"], Float[Tensor, "B C"]], Float[Tensor, ""]]


def bce_loss(logits: Float[Tensor, "B C"], targets: Float[Tensor, "B C"]) -> Float[Tensor, ""]:
    """Binary cross-entropy, mean over samples and classes."""
    return binary_cross_entropy_with_logits(logits, targets)


def focal_loss(
    logits: Float[Tensor, "B C"], targets: Float[Tensor, "B C"], *, gamma: float = 2.0
) -> Float[Tensor, ""]:
    """Cross-entropy times (1 - p)^gamma, p being the probability given to the truth."""
    log_right = logsigmoid(logits * (2 * targets - 1))  # log p, (B, C)
    return -((1 - log_right.exp()) ** gamma * log_right).mean()


LOSSES: dict[str, Loss] = {"bce": bce_loss, "focal": focal_loss}
