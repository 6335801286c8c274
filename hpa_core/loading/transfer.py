"""Small arrays from the CPU to the device, without waiting for it."""

import numpy as np
import torch
from torch import Tensor


def to_device(values: np.ndarray, device: torch.device) -> Tensor:
    """Copy an array to the device while that still computes what came before.

    A plain copy waits for all of it, and the next step's work would then be sent too late. The
    driver takes its own copy of memory that is not pinned, so the array may change afterwards.
    """
    return torch.from_numpy(values).to(device, non_blocking=True)
