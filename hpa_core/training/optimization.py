"""The optimizer, the course of the learning rate and the moving average of the weights."""

import math
from copy import deepcopy

import torch
from torch import nn
from torch.optim import SGD, AdamW, Optimizer

from hpa_core.config import TrainConfig
from hpa_core.models.network import Network


def build_optimizer(network: nn.Module, config: TrainConfig) -> Optimizer:
    """Build the optimizer; biases and batch norm (one axis) get no weight decay."""
    parameters = list(network.parameters())
    groups = [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": config.weight_decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]
    if config.optimizer == "sgd":
        return SGD(groups, lr=config.learning_rate, momentum=config.momentum)
    return AdamW(groups, lr=config.learning_rate)


def learning_rate(config: TrainConfig, *, step: int, steps: int) -> float:
    """Return the rate of one step: a function of the step alone, so there is no state to keep.

    Args:
        config: highest rate, schedule and warm-up.
        step: optimizer steps behind, from 0.
        steps: steps of the whole training.
    """
    warmup = config.warmup_epochs / config.epochs * steps
    if step < warmup:
        return config.learning_rate * (step + 1) / (warmup + 1)
    share = (step - warmup) / max(steps - warmup, 1)  # 0 to below 1
    if config.schedule == "cosine":
        return config.learning_rate * (1 + math.cos(math.pi * share)) / 2
    if config.schedule == "steps":
        return config.learning_rate * 0.1 ** int(3 * share)
    return config.learning_rate


class Average:
    """Exponential moving average of a network's weights and batch norm statistics.

    The decay starts low, so that the first steps do not leave the random weights in it for long.
    """

    def __init__(self, network: Network, decay: float) -> None:
        self.network = deepcopy(network).eval().requires_grad_(requires_grad=False)
        self._decay = decay

    @torch.no_grad()
    def update(self, network: Network, *, step: int) -> None:
        """Move towards the network after optimizer step number `step`, from 0."""
        decay = min(self._decay, (1 + step) / (10 + step))
        own = self.network.state_dict()
        averaged, values = [], []
        for name, value in network.state_dict().items():
            if value.is_floating_point():
                averaged.append(own[name])
                values.append(value)
            else:
                own[name].copy_(value)
        # At once: hundreds of small calls would cost a GPU more than the work in them.
        torch._foreach_lerp_(averaged, values, 1 - decay)
