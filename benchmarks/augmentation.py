"""What augmentation costs: time per batch of each kind, against a whole training step.

    python -m benchmarks.augmentation [--batch-size 32] [--image-size 128] [--repeats 15]

The kinds and the steps of two networks are timed in turns in one process; printed is the median and
its share of each network's step (forward, backward, AdamW, no augmentation). On a CPU it is the
processor's time on one thread, which other load on the machine does not lengthen; on a GPU the time
until its queue is empty. Random pixels, seed 0.
"""

import argparse
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from benchmarks.timing import CLOCKS, seconds_of
from hpa_core.classes import N_CLASSES
from hpa_core.config import TrainConfig
from hpa_core.loading.augmentation import augment, draw_augmentation, mix_targets
from hpa_core.models.devices import autocast, compute_device, place
from hpa_core.models.registry import ARCHITECTURES
from hpa_core.training.losses import bce_loss
from hpa_core.training.optimization import build_optimizer

KINDS: dict[str, dict[str, Any]] = {
    "none (to float)": {},
    "turns": {"turns": True},
    "intensity": {"intensity": 0.3},
    "affine": {"affine": 0.1},
    "offset": {"offset": 0.1},
    "noise": {"noise": 0.1},
    "cutout": {"cutout": 0.2},
    "mixup": {"mixup": 1.0},
    "cutmix": {"cutmix": 1.0},
}
MIXED = {"mixup": 0.5, "cutmix": 0.5}
EVERYTHING = {name: value for kind in KINDS.values() for name, value in kind.items()} | MIXED
MODELS = ("small", "bninception")
Work = Callable[[], None]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--image-size", type=int, default=128)
    parser.add_argument("--repeats", type=int, default=15)
    options = parser.parse_args()
    device = compute_device("auto")
    torch.set_num_threads(1)
    print(f"torch {torch.__version__}, {device}")
    shape = (options.batch_size, 4, options.image_size, options.image_size)
    images = torch.from_numpy(np.random.default_rng(0).integers(0, 256, shape, np.uint8)).to(device)
    works = {name: _augmentation(images, settings) for name, settings in KINDS.items()}
    works["everything"] = _augmentation(images, EVERYTHING)
    steps = {f"step of {model}": _step(model, images) for model in MODELS}
    medians = _medians(works | steps, options.repeats)
    for name, seconds in medians.items():
        shares = (f"{100 * seconds / medians[step]:6.2f} % of a {step}" for step in steps)
        print(f"{name:22} {1000 * seconds:8.2f} ms  {'  '.join(shares)}")


def _augmentation(images: torch.Tensor, settings: dict[str, Any]) -> Work:
    config = replace(TrainConfig(dataset="random", turns=False), **settings)
    positions = np.arange(len(images))
    draws = draw_augmentation(len(images), config, epoch=0)
    targets = torch.zeros((len(images), N_CLASSES), device=images.device)

    def work() -> None:
        chosen = draws.at(positions)
        augment(images, chosen)
        mix_targets(targets, chosen, image_size=images.shape[-1])

    return work


def _step(model: str, images: torch.Tensor) -> Work:
    config = TrainConfig(dataset="random", model=model, optimizer="adamw", learning_rate=1e-4)
    network = place(ARCHITECTURES[model].build(), images.device).train()
    optimizer = build_optimizer(network, config)
    targets = torch.zeros((len(images), N_CLASSES), device=images.device)

    def work() -> None:
        optimizer.zero_grad()
        with autocast(images.device, config.precision):
            logits = network(images).logits.float()
        bce_loss(logits, targets).backward()
        optimizer.step()

    return work


def _medians(works: dict[str, Work], repeats: int) -> dict[str, float]:
    for work in works.values():
        work()
    clock = CLOCKS["wall" if torch.cuda.is_available() else "processor"]
    times = [[seconds_of(work, clock) for work in works.values()] for _ in range(repeats)]
    return dict(zip(works, np.median(times, axis=0).tolist(), strict=True))


if __name__ == "__main__":
    main()
