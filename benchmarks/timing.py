"""How long a piece of work takes, on the processor or on a GPU; for benchmarks."""

import time
from collections.abc import Callable

import torch

CLOCKS: dict[str, Callable[[], float]] = {
    "wall": time.perf_counter,
    "processor": time.process_time,
}


def seconds_of(work: Callable[[], object], clock: Callable[[], float]) -> float:
    """Do the work once, and what it has left to the GPU; return how far the clock went."""
    began = clock()
    work()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return clock() - began
