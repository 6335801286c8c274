"""Where, in which number format and how compiled to compute."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any, cast

import torch
from torch import nn

from hpa_core.errors import ConfigError
from hpa_core.models.network import Network

MODES = {"default": "default", "graphs": "reduce-overhead"}
"""What `TrainConfig.compile` is called by torch.compile."""


def compute_device(name: str) -> torch.device:
    """Return the device that `TrainConfig.device` means.

    Raises:
        ConfigError: a GPU is asked for and there is none.
    """
    has_gpu = torch.cuda.is_available()
    if name == "cuda" and not has_gpu:
        raise ConfigError("device 'cuda' was asked for, but no GPU is found; choose 'auto'.")
    return torch.device("cuda" if has_gpu and name != "cpu" else "cpu")


def number_format(device: torch.device, precision: str) -> torch.dtype:
    """Return what `TrainConfig.precision` means on `device`."""
    if precision == "auto":
        if device.type == "cpu":
            return torch.float32
        # Before Ampere, PyTorch only emulates bf16.
        has_bf16 = torch.cuda.is_bf16_supported(including_emulation=False)
        return torch.bfloat16 if has_bf16 else torch.float16
    return {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}[precision]


def autocast(device: torch.device, precision: str) -> AbstractContextManager[object]:
    """Return a context that computes in `TrainConfig.precision` on `device`."""
    dtype = number_format(device, precision)
    return nullcontext() if dtype == torch.float32 else torch.autocast(device.type, dtype)


def compiled(network: nn.Module, how: str) -> nn.Module:
    """Return what to call for `TrainConfig.compile`; it compiles when it is first called."""
    if how == "none":
        return network
    return cast("nn.Module", torch.compile(network, mode=MODES[how]))


def place(network: Network, device: torch.device) -> Network:
    """Move a network to `device`, in the memory layout that its convolutions are quickest in."""
    untyped = cast("Any", network)  # PyTorch's annotations do not know this argument.
    return cast("Network", untyped.to(device, memory_format=torch.channels_last))
