"""Layers that look at a whole batch, made to do so when several processes share it.

Batch norm takes its statistics over all processes, and dropout draws for the whole batch and takes
its share, so that a batch means the same however many processes learn from it.

Axes: B samples, K features, spatial axes behind them if there are any.
"""

from typing import Any, cast

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.distributed.nn import functional as collectives
from torch.nn.functional import batch_norm, dropout
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.parallel import DistributedDataParallel

from hpa_core.errors import ConfigError
from hpa_core.models.network import Network
from hpa_core.training.ranks import Ranks


def shared(network: Network, ranks: Ranks) -> nn.Module:
    """Return what to call in a step: `network`, changed in place to learn by all processes.

    Raises:
        ConfigError: it has layers that only one process can learn.
    """
    if ranks.size == 1:
        return network
    for module in list(network.modules()):
        for name, layer in module.named_children():
            if isinstance(layer, nn.Dropout):
                setattr(module, name, SharedDropout(layer.p, ranks))
            elif isinstance(layer, _BatchNorm):
                setattr(module, name, _shared_norm(layer, ranks))
    # Statistics are the same everywhere, so there is nothing to send around.
    return DistributedDataParallel(network, broadcast_buffers=False)


def _shared_norm(layer: _BatchNorm, ranks: Ranks) -> nn.Module:
    if type(layer) not in (nn.BatchNorm1d, nn.BatchNorm2d):
        raise ConfigError(
            f"The network's {type(layer).__name__} layers cannot be shared among processes; "
            "choose another model, or train with one process."
        )
    if layer.weight.is_cuda:
        return cast("nn.Module", cast("Any", nn.SyncBatchNorm).convert_sync_batchnorm(layer))
    return SharedBatchNorm(layer, ranks)


class SharedDropout(nn.Module):
    """Dropout that draws what one process would draw."""

    def __init__(self, p: float, ranks: Ranks) -> None:
        super().__init__()
        self.p, self._ranks = p, ranks

    def forward(self, features: Float[Tensor, "B K"]) -> Float[Tensor, "B K"]:
        """Drop features at random while training."""
        if not self.training:
            return features
        ones = features.new_ones((self._ranks.batch, *features.shape[1:]))
        return features * dropout(ones, self.p)[self._ranks.share(self._ranks.batch)]


class SharedBatchNorm(_BatchNorm):
    """Batch norm over the samples of all processes, for the CPU, where PyTorch has none."""

    def __init__(self, layer: _BatchNorm, ranks: Ranks) -> None:
        super().__init__(layer.num_features, layer.eps, layer.momentum, affine=False)
        self.weight, self.bias = layer.weight, layer.bias
        self.running_mean, self.running_var = layer.running_mean, layer.running_var
        self.num_batches_tracked = layer.num_batches_tracked
        self._ranks = ranks

    def forward(self, features: Float[Tensor, "B K ..."]) -> Float[Tensor, "B K ..."]:
        """Normalise each feature."""
        if not self.training:
            return batch_norm(
                features, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps
            )
        dtype, features = features.dtype, features.float()
        axes = [axis for axis in range(features.ndim) if axis != 1]
        column = (1, -1, *[1] * (features.ndim - 2))
        count = features.numel() / len(features) / features.shape[1] * self._ranks.batch
        mean = _over_all(features.sum(axes)) / count
        centred = features - mean.view(column)
        variance = _over_all(centred.square().sum(axes)) / count
        self._remember(mean.detach(), variance.detach() * count / (count - 1))
        scale = self.weight / torch.sqrt(variance + self.eps)
        normalised: Tensor = centred * scale.view(column) + self.bias.view(column)
        return normalised.to(dtype)

    @torch.no_grad()
    def _remember(self, mean: Float[Tensor, " K"], variance: Float[Tensor, " K"]) -> None:
        seen, means, variances = self.num_batches_tracked, self.running_mean, self.running_var
        if seen is None or means is None or variances is None:
            return
        seen.add_(1)
        momentum = 1 / int(seen) if self.momentum is None else self.momentum
        means.lerp_(mean, momentum)
        variances.lerp_(variance, momentum)


def _over_all(own: Float[Tensor, " K"]) -> Float[Tensor, " K"]:
    """Add up over the processes; gradients are added up on the way back."""
    summed: Tensor = cast("Any", collectives).all_reduce(own)
    return summed
