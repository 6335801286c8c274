"""What one grey channel from a false-colour JPEG costs in truth and in time.

    python -m benchmarks.false_colour [--quartets 20] [--side 512] [--seed 0]

Needs the competition's files (HPA_REALDATA). Two tables:

1. Which mixture of red and green is nearest to a yellow channel? Real yellow channels are enlarged
   to 2048 pixels, given a camera's noise (standard deviation 2), coloured and compressed with the
   tables of a real file; what comes back at `--side` is compared with the area average of what went
   in.
2. Reading at a reduced resolution against decoding everything: both against the exact area average
   of the whole decoded image, on the real files, with the time of each in one run.
"""

import argparse
import os
import statistics
import time
from collections import defaultdict
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from hpa_core.data.downscaling import downscaled
from hpa_core.data.false_colour import WEIGHTS, read_false_colour

REALDATA = Path(os.environ.get("HPA_REALDATA", "../shared/realdata"))
LARGE = 2048
MIXTURES = {
    "mean": lambda red, green: (red + green) / 2,
    "smaller": np.minimum,
    "larger": np.maximum,
    "red": lambda red, green: red,
}


def area_average(pixels: np.ndarray, side: int) -> np.ndarray:
    """Return the exact mean over the area of each new pixel, by two matrix products."""
    old = len(pixels)
    edges = np.linspace(0, old, side + 1)
    ends = np.minimum(edges[1:, None], np.arange(1, old + 1))
    overlap = np.clip(ends - np.maximum(edges[:-1, None], np.arange(old)), 0, None)
    overlap *= side / old
    return overlap @ pixels @ overlap.T


def rms(difference: np.ndarray) -> float:
    """Return the root mean square."""
    return float(np.sqrt((difference**2).mean()))


def mix_yellow(samples: int, side: int, seed: int) -> None:
    """Print how far each mixture of red and green is from real yellow channels."""
    rng = np.random.default_rng(seed)
    with Image.open(next((REALDATA / "external").glob("*_yellow.jpg"))) as model:
        tables = [model.quantization[0], model.quantization[1]]
    found = defaultdict(list)
    for path in sorted((REALDATA / "quartets").glob("*_yellow.png"))[:samples]:
        with Image.open(path) as image:
            large = np.asarray(image.resize((LARGE, LARGE), Image.Resampling.BICUBIC), dtype=float)
        truth = np.clip(large + rng.normal(0, 2, large.shape), 0, 255).astype(np.uint8)
        file = BytesIO()
        coloured = np.stack([truth, truth, np.zeros_like(truth)], axis=-1)
        Image.fromarray(coloured).save(file, "JPEG", qtables=tables, subsampling=2)
        red, green, _ = np.moveaxis(np.asarray(Image.open(file), dtype=float), -1, 0)
        for name, mixture in MIXTURES.items():
            difference = area_average(mixture(red, green) - truth, side)
            found[name].append((rms(difference), difference.mean()))
    print(f"{samples} yellow channels, {side} px, seed {seed}")
    for name, values in found.items():
        error, bias = np.mean(values, axis=0)
        print(f"  {name:8} rms error {error:.2f}  mean error {bias:+.2f} grey levels")


def whole(path: Path, channel: str, side: int) -> Image.Image:
    """Decode everything, then scale down as every other image is."""
    with Image.open(path) as image:
        return downscaled(image.convert("L", (*WEIGHTS[channel], 0)), side)


def read_reduced(side: int) -> None:
    """Print how far reduced and whole decoding are from the area average, and their times."""
    found = defaultdict(list)
    files = sorted((REALDATA / "external").glob("*.jpg"))
    for path in files:
        channel = path.stem.rpartition("_")[2]
        with Image.open(path) as image:
            exact = area_average(np.asarray(image, dtype=float) @ WEIGHTS[channel], side)
        for name, read in (
            ("reduced", lambda p, c: read_false_colour(p, c, side).image),
            ("whole", lambda p, c: whole(p, c, side)),
        ):
            began = time.perf_counter()
            pixels = np.asarray(read(path, channel), dtype=float)
            seconds = time.perf_counter() - began
            shift = abs(pixels.mean() - exact.mean())
            correlation = np.corrcoef(pixels.ravel(), exact.ravel())[0, 1]
            found[name].append((rms(pixels - exact), shift, correlation, seconds))
    print(f"{len(files)} real files, {side} px")
    for name, values in found.items():
        errors, shifts, correlations, seconds = zip(*values, strict=True)
        print(
            f"  {name:8} rms error up to {max(errors):.2f}  mean shifted up to {max(shifts):.2f}  "
            f"correlation from {min(correlations):.4f}  {statistics.median(seconds) * 1e3:.0f} ms"
        )


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quartets", type=int, default=20)
    parser.add_argument("--side", type=int, default=512)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    mix_yellow(arguments.quartets, arguments.side, arguments.seed)
    read_reduced(arguments.side)


if __name__ == "__main__":
    main()
