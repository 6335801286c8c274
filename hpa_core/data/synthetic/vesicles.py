"""Patterns of many small bodies in the cytoplasm: classes 8, 9, 10, 20, 26 and 27."""

import numpy as np
from jaxtyping import Bool

from hpa_core.data.synthetic.drawing import Gait, Layer, discs, layer, lines, walk
from hpa_core.data.synthetic.randomness import RandomStream
from hpa_core.data.synthetic.scene import Scene, scatter


def peroxisomes(scene: Scene, stream: RandomStream) -> Layer:
    """Strew some sixty of the finest dots over the whole cytoplasm."""
    return layer(_dots(scene, stream, _between(scene, 0.8, 99.0), (48, 70), (0.50, 0.62)) * 1.4)


def endosomes(scene: Scene, stream: RandomStream) -> Layer:
    """Strew middling dots away from the nucleus."""
    return layer(_dots(scene, stream, _between(scene, 3.0, 99.0), (16, 26), (0.85, 1.2)) * 1.15)


def lysosomes(scene: Scene, stream: RandomStream) -> Layer:
    """Crowd large dots around the nucleus."""
    return layer(_dots(scene, stream, _between(scene, 0.8, 6.0), (11, 17), (1.35, 1.9)) * 1.1)


def lipid_droplets(scene: Scene, stream: RandomStream) -> Layer:
    """Strew little rings, dark in the middle."""
    room = _between(scene, 1.5, 14.0)
    return layer(_dots(scene, stream, room, (6, 11), (1.4, 2.4), hollow=True) * 1.15)


def cytoplasmic_bodies(scene: Scene, stream: RandomStream) -> Layer:
    """Put a few large, solid bodies into each cell."""
    return layer(_dots(scene, stream, _between(scene, 1.5, 99.0), (3, 6), (1.8, 2.4)) * 1.2)


def rods_and_rings(scene: Scene, stream: RandomStream) -> Layer:
    """Put one or two straight rods or open rings into each cell, and nothing else."""
    counts = stream.integers(1, 2, len(scene.cells))
    room = _between(scene, 2.2, 99.0) & (scene.edge > 2.2)
    points, _ = scatter(stream, scene.owner, room, counts)
    rods = stream.uniform(0.0, 1.0, len(points)) < 0.6
    length = 18
    path = walk(stream, points, stream.directions(len(points)), Gait(length, 0.4))
    shown = np.broadcast_to(rods, (length, len(points)))
    radius = stream.uniform(2.1, 2.9, len(points))
    circles = discs(
        scene.size, points[~rods], radius[~rods], weight=np.ones(int((~rods).sum())), hollow=True
    )
    return layer(1.4 * lines(scene.size, path, shown, weight=1.0) + 1.4 * circles)


def _between(scene: Scene, low: float, high: float) -> Bool[np.ndarray, "S S"]:
    """Return where the cytoplasm is `low` to `high` units from the nucleus, off the edge."""
    away = scene.outside_nucleus
    return (away > low) & (away < high) & (scene.edge > 1.2)


def _dots(  # noqa: PLR0913 - the one thing all of these patterns are
    scene: Scene,
    stream: RandomStream,
    room: Bool[np.ndarray, "S S"],
    count: tuple[int, int],
    radius: tuple[float, float],
    *,
    hollow: bool = False,
) -> Layer:
    counts = stream.integers(*count, len(scene.cells))
    points, _ = scatter(stream, scene.owner, room, counts)
    radii = stream.uniform(*radius, len(points))
    weight = stream.uniform(0.55, 1.0, len(points))
    return layer(np.minimum(discs(scene.size, points, radii, weight=weight, hollow=hollow), 1.4))
