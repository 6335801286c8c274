"""How many planted copies of the real quartets are found, and what is taken for one by mistake.

Every quartet is copied once in every way of `tests/planted.py`; originals and copies of one way
are searched together, as `duplicates find` does. Recall is over the copies, precision over the
pairs found. Then what tells copies from different images: the most similar pair of the originals,
of their quarters (same plate, stain and cell line), and of rendered cells, beside the least similar
copy.

ImageHash's pHash (BSD-2-Clause; `pip install ImageHash==4.3.2`, nothing else here needs it) stands
beside it if it is installed: the best channel mean, the least distance over the eight orientations,
at the largest distance that takes no two originals for copies.

    python -m benchmarks.duplicates [--realdata ../shared/realdata] [--rendered 2000] [--seed 0]
"""

import argparse
import importlib
import importlib.util
import platform
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter

import numpy as np
from PIL import Image

from hpa_core.data.dataset import Dataset
from hpa_core.data.duplicates.finding import LEAST_SIMILARITY, FoundPairs, find_pairs
from hpa_core.data.duplicates.orientation import ORIENTATIONS, laid
from hpa_core.data.synthetic.packing import write_synthetic
from hpa_core.workspace import Workspace
from tests.planted import BEYOND, PROMISED, Plant, quarters, real_quartets, write_images

Distances = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Of every first image to every second one, in the nearest orientation."""


def search(images: np.ndarray, *, least: float = LEAST_SIMILARITY) -> FoundPairs:
    """Search images as a dataset of their own."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder, "workspace")).create()
        ids = [f"s{row}" for row in range(len(images))]
        return find_pairs(write_images(workspace, images, ids, name="planted"), least=least)


def package_distances() -> Distances | None:
    """Return the distances of ImageHash's pHash, in bits of 64, if it is installed."""
    if not importlib.util.find_spec("imagehash"):
        return None
    package = importlib.import_module("imagehash")

    def bits(images: np.ndarray) -> np.ndarray:
        grey = [Image.fromarray(image.mean(axis=0).astype(np.uint8)) for image in images]
        return np.array([package.phash(one).hash.ravel() for one in grey])

    def distances(first: np.ndarray, second: np.ndarray) -> np.ndarray:
        fixed = bits(first)
        turned = [
            bits(np.stack([laid(image, way) for image in second]))
            for way in range(len(ORIENTATIONS))
        ]
        return np.min([(fixed[:, None] != one[None]).sum(axis=2) for one in turned], axis=0)

    return distances


def copies_of(quartets: np.ndarray, plant: Plant, seed: int) -> np.ndarray:
    """Copy every quartet in one way."""
    rng = np.random.default_rng(seed)
    return np.stack([plant(quartet, rng) for quartet in quartets])


def plant_and_find(quartets: np.ndarray, distances: Distances | None, *, seed: int) -> float:
    """Print recall and precision of every way; return the least similarity of a promised copy."""
    count, least = len(quartets), 1.0
    limit = None
    if distances:
        among = distances(quartets, quartets)[~np.eye(count, dtype=bool)]
        limit = int(among.min()) - 1
    beside = f"   pHash at {limit} bits" if limit is not None else ""
    print(f"{'way':32} recall       precision    least  seconds{beside}")
    for name, plant in (PROMISED | BEYOND).items():
        copies = copies_of(quartets, plant, seed)
        started = perf_counter()
        found = search(np.concatenate([quartets, copies]))
        seconds = perf_counter() - started
        right = found.second - found.first == count
        similarity = found.similarity[right].min() if right.any() else 0.0
        least = min(least, similarity) if name in PROMISED else least
        line = f"{name:32} {right.sum():3} of {count:3}   {right.sum():3} of {len(right):3}"
        line += f"   {similarity:.3f}  {seconds:7.2f}"
        if distances and limit is not None:
            line += f"   {(np.diagonal(distances(quartets, copies)) <= limit).sum():3} of {count}"
        print(line)
    return least


def most_alike(images: np.ndarray | Dataset) -> str:
    """Return the highest similarity of two different images, among those looked at closely."""
    found = (
        find_pairs(images, least=0.0) if isinstance(images, Dataset) else search(images, least=0)
    )
    pairs = found.samples * (found.samples - 1) // 2
    highest = found.similarity.max() if len(found.similarity) else 0.0
    return f"{highest:.3f} ({found.looked_at} of {pairs:,} pairs were looked at closely)"


def rendered(samples: int, folder: str) -> Dataset:
    """Render the demo's cells."""
    workspace = Workspace(Path(folder, "workspace")).create()
    return write_synthetic(workspace, "cells", splits={"train": samples})


def main(arguments: Sequence[str] | None = None) -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--realdata", type=Path, default=Path("../shared/realdata"))
    parser.add_argument("--rendered", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(arguments)
    print(f"# seed {asked.seed}, {platform.platform()}, numpy {np.__version__}")
    quartets = real_quartets(asked.realdata)[1]
    least = plant_and_find(quartets, package_distances(), seed=asked.seed)
    print(f"\nleast similar copy of those promised   {least:.3f}; limit {LEAST_SIMILARITY}")
    print(f"most similar originals                 {most_alike(quartets)}")
    print(f"most similar quarters                  {most_alike(quarters(quartets))}")
    with tempfile.TemporaryDirectory() as folder:
        print(
            f"most similar rendered cells            {most_alike(rendered(asked.rendered, folder))}"
        )


if __name__ == "__main__":
    main()
