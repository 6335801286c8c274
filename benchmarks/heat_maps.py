"""How faithful are the heat maps? Deletion, insertion and pointing on rendered cells.

    python -m benchmarks.heat_maps --workspace WORKSPACE [--samples 150] [--only hirescam]

The demo must be in the workspace.

Rendered cells know where each pattern is: the green channel with a class, minus the same channel
without it. Pointing is the share of a map's positive evidence that lies on that pattern, beside the
share that an even map would have there. Deletion blacks the protein out, the strongest places of a
map first, and takes the mean score of the class on the way: low is good. Insertion brings the
protein back in the same order: high is good. Two maps that know no network stand beside: the
brightness of the protein, and chance.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from scipy.ndimage import map_coordinates

from hpa_core.data.dataset import open_dataset
from hpa_core.data.synthetic.labels import plan_samples
from hpa_core.data.synthetic.rendering import set_scene, take_picture
from hpa_core.inference.heat_maps import class_maps, place_offset
from hpa_core.inference.predicting import checkpoint_path
from hpa_core.models.weights import open_network
from hpa_core.runs.explanations import METHODS
from hpa_core.runs.folder import open_run
from hpa_core.workspace import Workspace

GREEN, STEPS, VISIBLE = 1, 8, 0.25
Scorer = Callable[[torch.Tensor], np.ndarray]


def main() -> None:
    """Print one line a kind of map."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--samples", type=int, default=150)
    parser.add_argument("--only", nargs="+", choices=list(METHODS), default=list(METHODS))
    asked = parser.parse_args()
    workspace = Workspace(asked.workspace)
    dataset = open_dataset(workspace, "demo")
    network, _ = open_network(checkpoint_path(open_run(workspace, "demo")))
    planned = plan_samples("demo", _splits(dataset))
    offset = place_offset(network, dataset.info.image_size).numpy()
    print(f"places of the last maps lie {offset.round(2)} of a place off an even grid")
    rng = np.random.default_rng(0)
    rows = np.sort(rng.choice(dataset.rows("validation"), asked.samples, replace=False))
    kinds = [*asked.only, "brightness", "chance"]
    figures: dict[str, list[tuple[float, ...]]] = {kind: [] for kind in kinds}
    for row in rows:
        image = torch.from_numpy(np.array(dataset.images[row]))
        sample = planned[row].sample
        scene = set_scene(sample, size=image.shape[-1])
        with torch.inference_mode():
            probs = network(image[None]).logits[0].sigmoid().numpy()
        named = {kind: class_maps(network, image[None], kind)[0].numpy() for kind in asked.only}
        for number in sample.classes:
            if probs[number] < 0.5:
                continue  # A map of evidence that the network did not find says little.
            others = [other for other in sample.classes if other != number]
            pattern = take_picture(sample, scene, sample.classes)[GREEN].astype(float)
            pattern = np.clip(pattern - take_picture(sample, scene, others)[GREEN], 0, None)
            for kind in kinds:
                if kind in named:
                    chart = named[kind][number]
                else:
                    green = image[GREEN].float().numpy()
                    chart = _blocks(green, 16) if kind == "brightness" else rng.random((16, 16))
                shift = offset if kind in ("hirescam", "gradcam") else np.zeros(2)
                fine = _enlarged(chart, image.shape[-1], shift)
                figures[kind].append(
                    (*_pointing(fine, pattern), *_removal(network, image, fine, number))
                )
    print(f"{len(rows)} validation images of the demo, {len(figures['chance'])} true calls")
    print("map         on pattern  (even map)  deletion  insertion")
    for kind, values in figures.items():
        on, even, deleted, inserted = np.mean(values, axis=0)
        print(f"{kind:12}{on:10.3f}{even:12.3f}{deleted:10.3f}{inserted:11.3f}")


def _splits(dataset: object) -> dict[str, int]:
    return {split: len(dataset.rows(split)) for split in dataset.splits}


def _pointing(fine: np.ndarray, pattern: np.ndarray) -> tuple[float, float]:
    """Return the share of positive evidence on the pattern's brightest quarter, and its area."""
    on = pattern > max(VISIBLE * pattern.max(), 1)
    evidence = np.clip(fine, 0, None)
    return float(evidence[on].sum() / max(evidence.sum(), 1e-12)), float(on.mean())


def _removal(
    network: torch.nn.Module, image: torch.Tensor, fine: np.ndarray, number: int
) -> tuple[float, float]:
    """Return the class's mean score while the protein goes, and while it comes back."""
    order = np.argsort(-fine.ravel(), kind="stable")
    rank = np.empty(order.size, dtype=np.int64)
    rank[order] = np.arange(order.size)
    rank = torch.from_numpy(rank.reshape(fine.shape))
    deleted, inserted = [], []
    for step in range(STEPS + 1):
        gone = rank < step * order.size // STEPS
        for batch, black in ((deleted, gone), (inserted, ~gone)):
            changed = image.clone()
            changed[GREEN][black] = 0
            batch.append(changed)
    with torch.inference_mode():
        scores = network(torch.stack(deleted + inserted)).logits[:, number].sigmoid().numpy()
    return float(scores[: STEPS + 1].mean()), float(scores[STEPS + 1 :].mean())


def _enlarged(chart: np.ndarray, size: int, offset: np.ndarray) -> np.ndarray:
    """Interpolate a map to pixels, as it is drawn on the page; places lie `offset` off a grid."""
    down, right = (
        ((np.arange(size) + 0.5) * places / size - 0.5 - shift).clip(0, places - 1)
        for places, shift in zip(chart.shape, offset, strict=True)
    )
    where = np.stack(np.meshgrid(down, right, indexing="ij"))
    return np.asarray(map_coordinates(chart.astype(float), where, order=1))


def _blocks(green: np.ndarray, places: int) -> np.ndarray:
    side = green.shape[0] // places
    return green.reshape(places, side, places, side).mean(axis=(1, 3))


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
