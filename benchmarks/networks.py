"""How many images a second each of the report's networks trains and scores, by size and layout.

    python -m benchmarks.networks [--models bninception wide] [--sizes 128 224 512] [--batch 64]

Bare steps on one batch that is always the same, after some to warm up; the variants take turns,
and the median of the turns is told, with the share of what one large matrix product reaches here in
the same number format. With `--compile default`, compiled steps take turns with plain
ones, and the first step tells how long the compiler took. On a busy machine say `--clock processor`
with OMP_NUM_THREADS=1: rates are then per second of one core's own time. That time includes the
compiler's where TORCHINDUCTOR_COMPILE_THREADS=1 keeps it among this process's own children.
"""

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.timing import seconds_of
from hpa_core.choices import COMPILES, PRECISIONS
from hpa_core.classes import N_CLASSES
from hpa_core.models.devices import autocast, compiled, compute_device, number_format, place
from hpa_core.models.network import Network
from hpa_core.models.registry import build
from hpa_core.training.losses import bce_loss

BATCHES = {128: 16, 224: 8, 512: 4}
WARM_UP = 3
"""Steps after the first one: CUDA graphs are recorded in them."""
CLOCKS = {"wall": time.perf_counter, "processor": lambda: sum(os.times()[:4])}
"""By processor time also that of children which have ended: the compiler's."""


@dataclass
class Bench:
    """One network in one memory layout, its batch and what was measured."""

    name: str
    network: Network
    called: nn.Module
    images: torch.Tensor
    precision: str
    first_seconds: float = 0.0

    def train(self) -> None:
        """Take one step of plain SGD, without touching the weights."""
        self.network.train()
        with autocast(self.images.device, self.precision):
            logits = self.called(self.images).logits.float()
        bce_loss(logits, torch.zeros(len(logits), N_CLASSES, device=logits.device)).backward()
        self.network.zero_grad()

    def score(self) -> None:
        """Score the batch."""
        self.network.eval()
        with torch.inference_mode(), autocast(self.images.device, self.precision):
            self.network(self.images)

    def operations(self) -> int:
        """Count the floating point operations of a step of the plain network."""
        with FlopCounterMode(display=False) as counter:
            replace(self, called=self.network).train()
        return counter.get_total_flops()


def main() -> None:
    """Print one line a network, size and layout."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", nargs="+", default=["bninception", "wide"])
    parser.add_argument("--sizes", nargs="+", type=int, default=[128, 224, 512])
    parser.add_argument("--batch", type=int, default=0, help="0: 16, 8 and 4")
    parser.add_argument("--precision", choices=[*PRECISIONS], default="auto")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--compile", choices=[*COMPILES], default="none")
    parser.add_argument("--clock", choices=[*CLOCKS], default="wall")
    options = parser.parse_args()
    device = compute_device("auto")
    clock = CLOCKS[options.clock]
    threads, dtype = torch.get_num_threads(), number_format(device, options.precision)
    print(f"torch {torch.__version__}, {device}, {dtype}, {threads} threads, {options.clock} time")
    limit = _limit(device, dtype, clock)
    print(f"a matrix product reaches {limit / 1e12:.3f} TFLOP/s")
    for model in options.models:
        for size in options.sizes:
            benches = _benches(model, size, options, device)
            for line in _measured(f"{model} {size} px", benches, options.turns, clock, limit):
                print(line, flush=True)


def _limit(device: torch.device, dtype: torch.dtype, clock: Callable[[], float]) -> float:
    """Return the operations a second of the best of five products of large square matrices."""
    side = 8192 if device.type == "cuda" else 2048
    one, other = torch.randn(2, side, side, device=device, dtype=dtype)
    seconds = [seconds_of(lambda: one @ other, clock) for _ in range(6)][1:]
    return 2 * side**3 / min(seconds)


def _measured(
    what: str, benches: list[Bench], turns: int, clock: Callable[[], float], limit: float
) -> list[str]:
    for bench in benches:
        bench.first_seconds = seconds_of(bench.train, clock)
        for _ in range(WARM_UP):
            bench.train()
        bench.score()
    seconds = np.array(
        [
            [[seconds_of(work, clock) for work in (bench.train, bench.score)] for bench in benches]
            for _ in range(turns)
        ]
    )
    rates = len(benches[0].images) / np.median(seconds, axis=0)
    work = benches[0].operations() / len(benches[0].images)
    return [
        f"{what}, {bench.name}: training {train:.1f} images/s ({train * work / limit:.0%} of the "
        f"limit), scoring {score:.1f} (batch {len(bench.images)}, first step "
        f"{bench.first_seconds:.1f} s, {turns} turns)"
        for bench, (train, score) in zip(benches, rates, strict=True)
    ]


def _benches(
    model: str, size: int, options: argparse.Namespace, device: torch.device
) -> list[Bench]:
    rng = np.random.default_rng(0)
    batch, how = options.batch or BATCHES.get(size, 8), options.compile
    pixels = rng.integers(0, 256, (batch, 4, size, size), np.uint8)
    images = torch.from_numpy(pixels).to(device)
    last = place(build(model), device)
    if how != "none":
        other = place(build(model), device)
        return [
            Bench("plain", last, last, images, options.precision),
            Bench(f"compiled ({how})", other, compiled(other, how), images, options.precision),
        ]
    first = build(model).to(device)
    return [
        Bench("channels_last", last, last, images, options.precision),
        Bench("weights contiguous", first, first, images, options.precision),
    ]


if __name__ == "__main__":
    main()
