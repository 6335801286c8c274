"""End-to-end training against bare steps on one batch that is always the same.

    python -m benchmarks.training [--samples 256] [--repeats 3] [--clock processor] [--resident]

Both are timed in turns in one process, so that other load on the machine meets both alike; the
ratio is what the loader, the augmentation, the tally and the watch leave of the bare speed. Random
pixels, batches of 32 at 128 px, AdamW without averaging or clipping. Images are read ahead, or with
`--resident` held on the device, as a training does where they fit. By processor time, with
OMP_NUM_THREADS=1, the reading ahead counts in full, which the clock on the wall would hide.
"""

import argparse
from collections.abc import Callable

import numpy as np
import torch
from torch.amp import GradScaler

from benchmarks.timing import CLOCKS, seconds_of
from hpa_core.classes import N_CLASSES
from hpa_core.config import TrainConfig
from hpa_core.loading.augmentation import augment, draw_augmentation
from hpa_core.loading.order import epoch_batches
from hpa_core.loading.source import Resident, Source, Streamed
from hpa_core.models.devices import autocast, compute_device, place
from hpa_core.models.registry import ARCHITECTURES
from hpa_core.training.losses import bce_loss
from hpa_core.training.optimization import build_optimizer
from hpa_core.training.ranks import Ranks
from hpa_core.training.state import TrainingState
from hpa_core.training.steps import Batch, Watch, train_step
from hpa_core.training.tally import Tally


def main() -> None:
    """Print the rates and their ratio for the small network and for BN-Inception."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=256)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--models", nargs="+", default=["small", "bninception"])
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--resident", action="store_true")
    parser.add_argument("--clock", choices=[*CLOCKS], default="wall")
    options = parser.parse_args()
    device, threads = compute_device("auto"), torch.get_num_threads()
    held = "resident" if options.resident else "streamed"
    print(f"torch {torch.__version__}, {device}, {threads} threads, {options.clock} time, {held}")
    for model in options.models:
        bare, whole, loader = _rates(model, options, device)
        print(
            f"{model} {options.size} px: bare {bare:.1f} images/s, end to end {whole:.1f}, "
            f"ratio {whole / bare:.3f}; loader and augmentation alone {loader:.1f} images/s, "
            f"{loader / bare:.1f} times the step (median of {options.repeats} turns)"
        )


def _rates(model: str, options: argparse.Namespace, device: torch.device) -> tuple[float, ...]:
    config = TrainConfig(
        dataset="random",
        model=model,
        image_size=options.size,
        batch_size=options.batch,
        optimizer="adamw",
        learning_rate=1e-4,
    )
    samples, clock = options.samples, CLOCKS[options.clock]
    network = place(ARCHITECTURES[model].build(), device).train()
    state = TrainingState(
        network=network,
        optimizer=build_optimizer(network, config),
        average=None,
        tally=Tally.empty(device),
        scaler=GradScaler(device.type, enabled=False),
    )
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (samples, 4, config.image_size, config.image_size), np.uint8)
    targets = torch.from_numpy(rng.random((samples, N_CLASSES)) < 0.06).float().to(device)
    kind = Resident if options.resident else Streamed
    source = kind(pixels, np.arange(samples), image_size=config.image_size, device=device)
    works = (
        _bare(state, config, pixels, targets),
        _whole(state, config, source, targets),
        _loader(config, source, samples),
    )
    for work in works:
        work()
    turns = range(options.repeats)
    seconds = np.array([[seconds_of(work, clock) for work in works] for _ in turns])
    return tuple((samples / np.median(seconds, axis=0)).tolist())


def _loader(config: TrainConfig, source: Source, samples: int) -> Callable[[], None]:
    def epoch() -> None:
        batches = epoch_batches(samples, config.batch_size, seed=0, epoch=0)
        draws = draw_augmentation(samples, config, epoch=0)
        for positions, images in zip(batches, source.batches(batches), strict=True):
            augment(images, draws.at(positions))

    return epoch


def _bare(
    state: TrainingState, config: TrainConfig, pixels: np.ndarray, targets: torch.Tensor
) -> Callable[[], None]:
    images = torch.from_numpy(pixels[: config.batch_size]).to(targets.device)

    def steps() -> None:
        for _ in range(len(pixels) // config.batch_size):
            state.optimizer.zero_grad()
            with autocast(images.device, config.precision):
                logits = state.network(images).logits.float()
            bce_loss(logits, targets[: config.batch_size]).backward()
            state.optimizer.step()

    return steps


def _whole(
    state: TrainingState, config: TrainConfig, source: Source, targets: torch.Tensor
) -> Callable[[], None]:
    samples = len(targets)
    ids = np.arange(samples).astype(str)

    def epoch() -> None:
        batches = epoch_batches(samples, config.batch_size, seed=0, epoch=state.epoch)
        draws = draw_augmentation(samples, config, epoch=state.epoch)
        watch = Watch(ids, interval=1 if targets.device.type == "cpu" else 20)
        for positions, images in zip(batches, source.batches(batches), strict=True):
            chosen = torch.from_numpy(positions).to(targets.device)
            batch = Batch(
                images=images,
                targets=targets[chosen],
                draws=draws.at(positions),
                samples=len(positions),
                whole=len(positions),
            )
            health = train_step(
                state,
                config,
                [batch],
                loss=bce_loss,
                steps=len(batches),
                network=state.network,
                ranks=Ranks(),
            )
            watch.add(health, positions)
        watch.look()
        state.step = 0

    return epoch


if __name__ == "__main__":
    main()
