"""The symmetric Lovász hinge: a convex bound on how far each image's set of labels is off.

Axes: B samples, C classes, E = 2 C elements.

The Jaccard loss of a set of mistakes M among labels P and others N is |M| / |P ∪ M|; its Lovász
extension makes it a function of how wrong each class is (hinge). Symmetric: the mean of that for
the labels and for the others, as the competition's first place used it, image by image.

Targets between 0 and 1 are not in the papers. Here each class stands for two elements, one of
weight t whose truth is yes and one of weight 1 - t whose truth is no, and sets count by weight; for
targets of 0 and 1 one of the two weighs nothing and the published loss is left.

References:
    Berman, Triki, Blaschko (2018), The Lovász-softmax loss.
    Yu, Blaschko (2015), Learning submodular losses with the Lovász hinge.
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor


def lovasz_loss(logits: Float[Tensor, "B C"], targets: Float[Tensor, "B C"]) -> Float[Tensor, ""]:
    """Symmetric Lovász hinge, mean over samples."""
    errors = torch.cat([1 - logits, 1 + logits], dim=1)  # (B, E)
    weights = torch.cat([targets, 1 - targets], dim=1)
    is_label = torch.arange(errors.shape[1], device=logits.device) < logits.shape[1]  # (E,)
    errors, order = errors.sort(dim=1, descending=True)
    weights, labels = weights.gather(1, order), is_label[order]
    steps = _jaccard_steps(weights, labels) + _jaccard_steps(weights, ~labels)
    return (errors.relu() * steps).sum(1).mean() / 2


def _jaccard_steps(
    weights: Float[Tensor, "B E"], positive: Bool[Tensor, "B E"]
) -> Float[Tensor, "B E"]:
    """Return by how much the Jaccard loss grows as one element after the other becomes wrong."""
    wrong = weights.cumsum(1)
    union = (weights * positive).sum(1, keepdim=True) + (weights * ~positive).cumsum(1)
    # Without labels the union is empty until something is wrong, and so is the loss.
    losses = wrong / union.clamp(min=torch.finfo(union.dtype).tiny)
    return losses.diff(dim=1, prepend=torch.zeros_like(losses[:, :1]))
