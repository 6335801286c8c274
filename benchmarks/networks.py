"""How many images a second each of the report's networks trains and scores, by size and layout.

    python -m benchmarks.networks [--models bninception wide] [--sizes 128 224 512]

Bare steps on one batch that is always the same, after a step to warm up; the variants take turns,
and the median of the turns is told. With `--compile default`, compiled steps take turns with plain
ones, and the first step tells how long the compiler took. On a busy machine say `--clock processor`
with OMP_NUM_THREADS=1: rates are then per second of one core's own time. That time includes the
compiler's where TORCHINDUCTOR_COMPILE_THREADS=1 keeps it among this process's own children.
"""

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from hpa_core.choices import COMPILES
from hpa_core.classes import N_CLASSES
from hpa_core.models.devices import autocast, compiled, compute_device, place
from hpa_core.models.network import Network
from hpa_core.models.registry import build
from hpa_core.training.losses import bce_loss

BATCHES = {128: 16, 224: 8, 512: 4}
CLOCKS = {"wall": time.perf_counter, "processor": lambda: sum(os.times()[:4])}
"""By processor time also that of children which have ended: the compiler's."""


@dataclass
class Bench:
    """One network in one memory layout, its batch and what was measured."""

    name: str
    network: Network
    called: nn.Module
    images: torch.Tensor
    first_seconds: float = 0.0

    def train(self) -> None:
        """Take one step of plain SGD, without touching the weights."""
        self.network.train()
        with autocast(self.images.device, "auto"):
            logits = self.called(self.images).logits.float()
        bce_loss(logits, torch.zeros(len(logits), N_CLASSES, device=logits.device)).backward()
        self.network.zero_grad()

    def score(self) -> None:
        """Score the batch."""
        self.network.eval()
        with torch.inference_mode(), autocast(self.images.device, "auto"):
            self.network(self.images)


def main() -> None:
    """Print one line a network, size and layout."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", nargs="+", default=["bninception", "wide"])
    parser.add_argument("--sizes", nargs="+", type=int, default=[128, 224, 512])
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--compile", choices=[*COMPILES], default="none")
    parser.add_argument("--clock", choices=[*CLOCKS], default="wall")
    options = parser.parse_args()
    device = compute_device("auto")
    clock = CLOCKS[options.clock]
    threads = torch.get_num_threads()
    print(f"torch {torch.__version__}, {device}, {threads} threads, {options.clock} time")
    for model in options.models:
        for size in options.sizes:
            benches = _benches(model, size, options.compile, device)
            for line in _measured(f"{model} {size} px", benches, options.turns, clock):
                print(line, flush=True)


def _measured(what: str, benches: list[Bench], turns: int, clock: Callable[[], float]) -> list[str]:
    for bench in benches:
        bench.first_seconds = _seconds(bench.train, clock)
        bench.score()
    seconds = np.array(
        [
            [[_seconds(work, clock) for work in (bench.train, bench.score)] for bench in benches]
            for _ in range(turns)
        ]
    )
    rates = len(benches[0].images) / np.median(seconds, axis=0)
    return [
        f"{what}, {bench.name}: training {train:.1f} images/s, scoring {score:.1f} "
        f"(batch {len(bench.images)}, first step {bench.first_seconds:.1f} s, {turns} turns)"
        for bench, (train, score) in zip(benches, rates, strict=True)
    ]


def _benches(model: str, size: int, how: str, device: torch.device) -> list[Bench]:
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (BATCHES.get(size, 8), 4, size, size), np.uint8)
    images = torch.from_numpy(pixels).to(device)
    last = place(build(model), device)
    if how != "none":
        other = place(build(model), device)
        return [
            Bench("plain", last, last, images),
            Bench(f"compiled ({how})", other, compiled(other, how), images),
        ]
    first = build(model).to(device)
    return [
        Bench("channels_last", last, last, images),
        Bench("weights contiguous", first, first, images),
    ]


def _seconds(work: Callable[[], None], clock: Callable[[], float]) -> float:
    began = clock()
    work()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return clock() - began


if __name__ == "__main__":
    main()
