"""Patterns of dividing cells and of the centre that divides them: classes 16 to 19."""

import numpy as np
from jaxtyping import Float64

from hpa_core.data.synthetic.drawing import Gait, Layer, discs, falloff, layer, lines, splat, walk
from hpa_core.data.synthetic.layout import Phase
from hpa_core.data.synthetic.randomness import RandomStream
from hpa_core.data.synthetic.scene import Scene

_BRIDGE_POINTS = 48
_FANS = 18


def bridge_points(scene: Scene) -> Float64[np.ndarray, "n 2"]:
    """Return points along the bridge between the two daughter cells; none without a pair."""
    daughters = scene.cells.of(Phase.DAUGHTER)
    if len(daughters) != 2:
        return np.zeros((0, 2))
    first, second = scene.cells.centre[daughters]
    share = 0.28 + 0.44 * (np.arange(_BRIDGE_POINTS) + 0.5) / _BRIDGE_POINTS
    return np.asarray(first + share[:, None] * (second - first))


def cytokinetic_bridge(scene: Scene, stream: RandomStream) -> Layer:
    """Draw the bridge between two daughters: a bar, and the midbody in its middle."""
    points = bridge_points(scene)
    count = len(points)
    bar = discs(scene.size, points, np.full(count, 0.95), weight=np.full(count, 0.5))
    middle = points[count // 2 : count // 2 + 1]
    radius = np.full(len(middle), stream.number(1.7, 2.2))
    midbody = discs(scene.size, middle, radius, weight=np.ones(len(middle)))
    return layer(np.minimum(bar, 1.2) + midbody + 0.06 * scene.cytoplasm)


def spindle_paths(scene: Scene) -> Float64[np.ndarray, "steps n 2"]:
    """Return fibres from both poles to the plate of every mitotic cell, evenly fanned out."""
    mitotic = scene.cells.of(Phase.MITOTIC)
    fan = (np.arange(_FANS) + 0.5) / _FANS * 2.0 - 1.0
    share = (np.arange(20) + 0.5) / 20
    paths = [np.zeros((len(share), 0, 2))]
    for cell in mitotic:
        pole_axis = scene.cells.axis[cell]
        plate_axis = np.array([-pole_axis[1], pole_axis[0]])
        for side in (-1.0, 1.0):
            bow = (1.0 - (1.0 - share) * (1.0 - share))[:, None, None]
            along = (1.0 - share)[:, None, None] * 9.5 * side * pole_axis
            across = bow * 6.5 * fan[:, None] * plate_axis
            paths.append(scene.cells.centre[cell] + along + across)
    return np.concatenate(paths, axis=1)


def mitotic_spindle(scene: Scene, stream: RandomStream) -> Layer:
    """Draw the two fans of a metaphase spindle, bright at the poles."""
    path = spindle_paths(scene)
    fans = lines(scene.size, path, np.ones(path.shape[:2], dtype=bool), weight=0.30)
    faint = (0.14 + 0.04 * stream.number(0.0, 1.0)) * scene.body * (1.0 - scene.resting)
    return layer(np.minimum(fans * 1.6, 1.6) + faint + 0.06 * scene.cytoplasm)


def organizing_centre(scene: Scene, stream: RandomStream) -> Layer:
    """Draw a soft disc from which faint filaments leave."""
    cells = scene.cells
    count = len(cells)
    radius = stream.uniform(1.8, 2.5, count)
    disc = discs(scene.size, cells.organizing_center, radius, weight=np.full(count, 0.9))
    starts = np.repeat(cells.organizing_center, 9, axis=0)
    path = walk(stream, starts, stream.directions(len(starts)), Gait(11, 1.0, bend=0.04))
    fade = falloff(np.repeat(np.arange(len(path)) / 6.0, len(starts)))
    rays = splat(scene.size, path.reshape(-1, 2), 0.5 * fade)
    return layer(disc * 1.1 + rays)


def centrosome(scene: Scene, stream: RandomStream) -> Layer:
    """Draw a pair of small, bright dots, the centrioles."""
    cells = scene.cells
    apart = stream.directions(len(cells)) * stream.uniform(1.1, 1.7, len(cells), 1)
    points = np.concatenate([cells.organizing_center + apart, cells.organizing_center - apart])
    radius = np.full(len(points), 0.9)
    dots = discs(scene.size, points, radius, weight=np.ones(len(points)))
    return layer(dots * 2.2 + 0.04 * scene.cytoplasm)
