"""Training from packed images against the usual pipeline of the competition, in one run.

    python -m benchmarks.kaggle_pipeline [--samples 240] [--size 128] [--model small]

The usual pipeline: a Dataset that opens the four PNGs of a sample, scales them to the network's
size and turns them at random, in DataLoader workers on every core; then the same network, loss and
optimizer. Ours: the same samples packed once, turned on the device. Both take the same number of
steps, in turns. Each quartet stands for several samples, so the files come from the system's cache:
on a cold disk the usual pipeline is slower than told here. On a busy machine say
`--clock processor` with OMP_NUM_THREADS=1: images per second of core time, the workers' included.
"""

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset

from hpa_core.classes import N_CLASSES
from hpa_core.config import TrainConfig
from hpa_core.data.images import channel_files
from hpa_core.data.packing import core_count, pack_quartets
from hpa_core.loading.augmentation import augment, draw_augmentation
from hpa_core.loading.order import epoch_batches
from hpa_core.loading.source import open_source
from hpa_core.models.devices import autocast, compute_device, place
from hpa_core.models.registry import build
from hpa_core.training.losses import bce_loss
from hpa_core.training.optimization import build_optimizer

QUARTETS = Path(os.environ.get("HPA_REALDATA", "../shared/realdata")) / "quartets"
BATCH, TURNS = 32, 3


def core_seconds() -> float:
    """Return the processor time of this process and of the workers that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


CLOCKS = {"wall": time.perf_counter, "processor": core_seconds}


class Quartets(Dataset[torch.Tensor]):
    """Four PNGs a sample, decoded whenever they are asked for."""

    def __init__(self, folder: Path, ids: np.ndarray, *, samples: int, size: int) -> None:
        self._folder, self._ids, self._samples, self._size = folder, ids, samples, size

    def __len__(self) -> int:
        return self._samples

    def __getitem__(self, number: int) -> torch.Tensor:
        channels = []
        for file in channel_files(str(self._ids[number % len(self._ids)])):
            with Image.open(self._folder / file) as image:
                channels.append(np.asarray(image.resize((self._size, self._size), Image.BILINEAR)))
        turned = np.rot90(np.stack(channels), np.random.randint(4), (1, 2))  # noqa: NPY002
        flipped = turned[:, :, ::-1] if np.random.randint(2) else turned  # noqa: NPY002
        return torch.from_numpy(np.ascontiguousarray(flipped))


def main() -> None:
    """Print both rates, their ratio, and what each loader alone could feed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=240)
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--model", default="small")
    parser.add_argument("--clock", choices=[*CLOCKS], default="wall")
    parser.add_argument("--quartets", type=Path, default=QUARTETS)
    options = parser.parse_args()
    ids = np.array(sorted({f.name.rpartition("_")[0] for f in options.quartets.glob("*.png")}))
    device, clock = compute_device("auto"), CLOCKS[options.clock]
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        pack_quartets(options.quartets, ids, Path(folder), size=options.size)
        packing_seconds = time.perf_counter() - began
        images = np.load(Path(folder) / "images.npy", mmap_mode="r")
        loaders: dict[str, Callable[[], Iterable[torch.Tensor]]] = {
            "PNGs in DataLoader workers": _usual(options, ids, device),
            "packed images": _packed(options, images, device),
        }
        step = _step(options.model, device)
        seconds = {name: ([], []) for name in loaders}
        for turn in range(TURNS + 1):
            for name, batches in loaders.items():
                alone, whole = (_run(batches(), work, clock) for work in (_nothing, step))
                if turn:  # the first warms up
                    seconds[name][0].append(alone)
                    seconds[name][1].append(whole)
    rates = {}
    for name, (alone, whole) in seconds.items():
        rates[name] = options.samples / float(np.median(whole))
        print(
            f"{name}: {rates[name]:.1f} images/s trained; the loader alone "
            f"{options.samples / float(np.median(alone)):.1f} (median of {TURNS} turns)"
        )
    usual, packed = rates.values()
    print(
        f"ratio {packed / usual:.2f}: {options.model} at {options.size} px, batches of {BATCH}, "
        f"{device}, {options.clock} time, {core_count()} cores, {torch.get_num_threads()} threads; "
        f"{len(ids)} quartets of 512 px packed once in {packing_seconds:.1f} s"
    )


def _usual(
    options: argparse.Namespace, ids: np.ndarray, device: torch.device
) -> Callable[[], Iterable[torch.Tensor]]:
    dataset = Quartets(options.quartets, ids, samples=options.samples, size=options.size)
    loader = DataLoader(
        dataset,
        batch_size=BATCH,
        shuffle=True,
        num_workers=core_count(),
        # Only workers that have ended tell what they used.
        persistent_workers=options.clock == "wall",
        pin_memory=device.type == "cuda",
    )
    return lambda: (batch.to(device, non_blocking=True).float() for batch in loader)


def _packed(
    options: argparse.Namespace, images: np.ndarray, device: torch.device
) -> Callable[[], Iterable[torch.Tensor]]:
    config = TrainConfig(dataset="quartets", image_size=options.size)
    rows = np.arange(options.samples) % len(images)
    source = open_source(images, rows, image_size=options.size, device=device)

    def batches() -> Iterable[torch.Tensor]:
        positions = epoch_batches(options.samples, BATCH, seed=0, epoch=0)
        draws = draw_augmentation(options.samples, config, epoch=0)
        for own, read in zip(positions, source.batches(positions), strict=True):
            yield augment(read, draws.at(own))

    return batches


def _step(model: str, device: torch.device) -> Callable[[torch.Tensor], None]:
    network = place(build(model), device).train()
    optimizer = build_optimizer(network, TrainConfig(dataset="quartets", learning_rate=1e-4))

    def step(images: torch.Tensor) -> None:
        optimizer.zero_grad()
        with autocast(device, "auto"):
            logits = network(images).logits.float()
        bce_loss(logits, torch.zeros(len(images), N_CLASSES, device=device)).backward()
        optimizer.step()

    return step


def _nothing(images: torch.Tensor) -> None:
    del images


def _run(
    batches: Iterable[torch.Tensor],
    work: Callable[[torch.Tensor], None],
    clock: Callable[[], float],
) -> float:
    began = clock()
    for images in batches:
        work(images)
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return clock() - began


if __name__ == "__main__":
    main()
