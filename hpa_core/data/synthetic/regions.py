"""Patterns that fill or line a region of the cell: classes 6, 21, 22, 24 and 25."""

import numpy as np

from hpa_core.data.synthetic.drawing import Layer, bump, discs, layer, value_noise
from hpa_core.data.synthetic.randomness import RandomStream
from hpa_core.data.synthetic.scene import Scene


def reticulum(scene: Scene, stream: RandomStream) -> Layer:
    """Draw a net that is dense at the nucleus and thins out toward the edge."""
    ridges = np.abs(value_noise(stream, scene.size, 3.2) - 0.5)
    ridges += 0.6 * np.abs(value_noise(stream, scene.size, 1.8) - 0.5)
    net = np.maximum(1.15 - 3.2 * ridges, 0.05)
    rim = bump(scene.outside_nucleus, 0.9) * scene.body
    return layer(net * scene.near_nucleus(scene.line.reticulum) + 0.3 * rim * scene.resting)


def plasma_membrane(scene: Scene, stream: RandomStream) -> Layer:
    """Line the whole edge of every cell, with a faint fill."""
    uneven = 0.30 + 0.75 * value_noise(stream, scene.size, 4.5)
    uneven += 0.40 * value_noise(stream, scene.size, 1.7)
    return layer(bump(scene.edge - 0.4, 0.8) * uneven + 0.12 * scene.body)


def cell_junctions(scene: Scene, stream: RandomStream) -> Layer:
    """Line an edge only where another cell shares it, in patches."""
    patches = np.clip(3.2 * value_noise(stream, scene.size, 3.0) - 0.75, 0.0, 1.0)
    return layer(bump(scene.contact, 1.1) * (0.35 + 1.3 * patches) * scene.body)


def aggresome(scene: Scene, stream: RandomStream) -> Layer:
    """Put one large, lumpy body at the organizing centre of each cell."""
    cells = scene.cells
    count = len(cells)
    points = cells.organizing_center + stream.directions(count) * 0.8
    radius = stream.uniform(2.6, 3.8, count)
    bodies = discs(scene.size, points, radius, weight=np.ones(count))
    lumps = 1.0 + 1.3 * value_noise(stream, scene.size, 1.5)
    return layer(
        (np.minimum(bodies, 1.0) * lumps + 0.04 * scene.cytoplasm) * scene.body * scene.resting
    )


def cytosol(scene: Scene, stream: RandomStream) -> Layer:
    """Fill the cell smoothly, the nucleus less."""
    texture = 0.5 + 0.25 * value_noise(stream, scene.size, 9.0)
    texture += 0.12 * value_noise(stream, scene.size, 1.6)
    return layer(texture * (scene.body - 0.72 * scene.nucleus))
