"""Where and in which number format to compute."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any, cast

import torch

from hpa_core.errors import ConfigError
from hpa_core.models.network import Network


def compute_device(name: str) -> torch.device:
    """Return the device that `TrainConfig.device` means.

    Raises:
        ConfigError: a GPU is asked for and there is none.
    """
    has_gpu = torch.cuda.is_available()
    if name == "cuda" and not has_gpu:
        raise ConfigError("device 'cuda' was asked for, but no GPU is found; choose 'auto'.")
    return torch.device("cuda" if has_gpu and name != "cpu" else "cpu")


def autocast(device: torch.device, precision: str) -> AbstractContextManager[object]:
    """Return a context that computes in `TrainConfig.precision` on `device`."""
    if precision == "bf16" or (precision == "auto" and device.type == "cuda"):
        return torch.autocast(device.type, torch.bfloat16)
    return nullcontext()


def place(network: Network, device: torch.device) -> Network:
    """Move a network to `device`, in the memory layout that its convolutions are quickest in."""
    untyped = cast("Any", network)  # PyTorch's annotations do not know this argument.
    return cast("Network", untyped.to(device, memory_format=torch.channels_last))
