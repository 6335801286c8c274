"""How faithful are the heat maps? Deletion, insertion and pointing on rendered cells.

    python -m benchmarks.heat_maps --workspace WORKSPACE [--samples 150] [--only hirescam gradcam++]

The demo must be in the workspace.

Rendered cells know where each pattern is: the green channel with a class, minus the same channel
without it. Pointing is the share of a map's positive evidence that lies on that pattern, beside the
share that an even map would have there. Deletion blacks the protein out, the strongest places of a
map first, and takes the mean score of the class on the way: low is good. Insertion brings the
protein back in the same order: high is good. Two maps that know no network stand beside: the
brightness of the protein, and chance. Grad-CAM++ is of the benchmark alone. Intervals are of the
mean by a bootstrap over the images (95 %); below each kind stands how much more the first has, on
the same calls.

References:
    Chattopadhay et al. (2018), Grad-CAM++: improved visual explanations for deep convolutional
    networks.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from scipy.ndimage import map_coordinates
from torch import Tensor

from hpa_core.data.dataset import Dataset, open_dataset
from hpa_core.data.synthetic.labels import LabelledSample, plan_samples
from hpa_core.data.synthetic.rendering import set_scene, take_picture
from hpa_core.inference.heat_maps import class_maps, map_gradients, place_offset
from hpa_core.inference.predicting import checkpoint_path
from hpa_core.models.network import Network
from hpa_core.models.weights import open_network
from hpa_core.runs.explanations import METHODS
from hpa_core.runs.folder import open_run
from hpa_core.workspace import Workspace

GREEN, STEPS, VISIBLE = 1, 8, 0.25
MEASURES = ("on pattern", "(even map)", "deletion", "insertion")
REPLICATES = 2_000


def grad_cam_plus_plus(network: Network, images: Tensor) -> Tensor:
    """Weigh each map by its positive gradients, the places of one map against each other."""
    maps, gradients = map_gradients(network, images)
    squares = gradients**2
    cubes = (maps * gradients**3).sum((3, 4), keepdim=True)
    shares = squares / (2 * squares + cubes).where(squares > 0, torch.ones_like(squares))
    weights = (shares * gradients.relu()).sum((3, 4))
    return torch.einsum("bkhw,cbk->bchw", maps, weights).relu()


Maps = Callable[[Network, Tensor], Tensor]
KINDS: dict[str, Maps] = {
    **{name: lambda net, images, name=name: class_maps(net, images, name) for name in METHODS},
    "gradcam++": grad_cam_plus_plus,
}


def main() -> None:
    """Print one line a kind of map."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--samples", type=int, default=150)
    parser.add_argument("--only", nargs="+", choices=list(KINDS), default=list(KINDS))
    asked = parser.parse_args()
    workspace = Workspace(asked.workspace)
    dataset = open_dataset(workspace, "demo")
    network, _ = open_network(checkpoint_path(open_run(workspace, "demo")))
    planned = plan_samples("demo", {split: len(dataset.rows(split)) for split in dataset.splits})
    offset = place_offset(network, dataset.info.image_size).numpy()
    print(f"places of the last maps lie {offset.round(2)} of a place off an even grid")
    rng = np.random.default_rng(0)
    rows = np.sort(rng.choice(dataset.rows("validation"), asked.samples, replace=False))
    by_image = [
        measured
        for row in rows
        if (measured := measure(network, dataset, row, planned[row], asked.only, offset, rng))
    ]
    calls = sum(len(each) for each in by_image)
    print(f"{len(rows)} validation images of the demo, {calls} true calls in {len(by_image)}")
    report([*asked.only, "brightness", "chance"], [np.array(each) for each in by_image])


def measure(  # noqa: PLR0913, PLR0917 - one image and everything that is asked about it
    network: Network,
    dataset: Dataset,
    row: int,
    planned: LabelledSample,
    kinds: list[str],
    offset: np.ndarray,
    rng: np.random.Generator,
) -> list[list[tuple[float, ...]]]:
    """Return the measures of every kind of map, for each true call of one image."""
    image, sample = torch.from_numpy(np.array(dataset.images[row])), planned.sample
    scene, size = set_scene(sample, size=image.shape[-1]), image.shape[-1]
    with torch.inference_mode():
        probs = network(image[None]).logits[0].sigmoid().numpy()
    # A map of evidence that the network did not find says little.
    called = [number for number in sample.classes if probs[number] >= 0.5]
    named = {kind: KINDS[kind](network, image[None])[0].numpy() for kind in kinds if called}
    brightness = _blocks(image[GREEN].float().numpy(), 16)
    measured = []
    for number in called:
        others = [other for other in sample.classes if other != number]
        pattern = take_picture(sample, scene, sample.classes)[GREEN].astype(float)
        pattern = np.clip(pattern - take_picture(sample, scene, others)[GREEN], 0, None)
        charts = [
            _enlarged(chart[number], size, np.zeros(2) if kind == "occlusion" else offset)
            for kind, chart in named.items()
        ]
        charts += [
            _enlarged(chart, size, np.zeros(2)) for chart in (brightness, rng.random((16, 16)))
        ]
        measured.append(
            [(*_pointing(c, pattern), *_removal(network, image, c, number)) for c in charts]
        )
    return measured


def report(kinds: list[str], by_image: list[np.ndarray]) -> None:
    """Print the means over all calls, and what the first kind differs by from each."""
    rng = np.random.default_rng(1)
    drawn = rng.integers(0, len(by_image), (REPLICATES, len(by_image)))
    sums, counts = np.array([each.sum(axis=0) for each in by_image]), [len(e) for e in by_image]
    weights = np.array([np.bincount(each, minlength=len(by_image)) for each in drawn])
    boot = np.tensordot(weights, sums, 1) / (weights @ counts)[:, None, None]
    mean = sums.sum(axis=0) / sum(counts)
    print(f"{'':12}", *(f"{name:>22}" for name in MEASURES))
    for place, kind in enumerate(kinds):
        print(f"{kind:12}", *_told(mean[place], boot[:, place]))
        if place:
            print(f"{'':2}first has", *_told(mean[0] - mean[place], boot[:, 0] - boot[:, place]))


def _told(mean: np.ndarray, boot: np.ndarray) -> list[str]:
    low, high = np.percentile(boot, [2.5, 97.5], axis=0)
    return [
        f"{value:+.3f} ({first:+.3f} {last:+.3f})"
        for value, first, last in zip(mean, low, high, strict=True)
    ]


def _pointing(fine: np.ndarray, pattern: np.ndarray) -> tuple[float, float]:
    """Return the share of positive evidence on the pattern's brightest quarter, and its area."""
    on = pattern > max(VISIBLE * pattern.max(), 1)
    evidence = np.clip(fine, 0, None)
    return float(evidence[on].sum() / max(evidence.sum(), 1e-12)), float(on.mean())


def _removal(network: Network, image: Tensor, fine: np.ndarray, number: int) -> tuple[float, float]:
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
