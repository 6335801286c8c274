"""Patterns drawn as paths through the cytoplasm: classes 7, 11 to 15 and 23."""

import numpy as np

from hpa_core.data.synthetic.drawing import (
    Gait,
    Layer,
    bump,
    discs,
    layer,
    lines,
    splat,
    unit,
    value_noise,
    walk,
)
from hpa_core.data.synthetic.layout import Phase
from hpa_core.data.synthetic.randomness import RandomStream
from hpa_core.data.synthetic.scene import Scene, scatter


def golgi(scene: Scene, stream: RandomStream) -> Layer:
    """Draw short, thick, curly ribbons in a heap on one side of the nucleus."""
    resting = np.flatnonzero(scene.cells.phase != Phase.MITOTIC)
    home = np.repeat(scene.cells.organizing_center[resting], 8, axis=0)
    starts = home + stream.normal(len(home), 2) * 2.4
    path = walk(stream, starts, stream.directions(len(home)), Gait(9, 0.7, bend=0.25))
    points = path.reshape(-1, 2)
    radius = np.full(len(points), 0.85)
    ribbons = discs(scene.size, points, radius, weight=np.full(len(points), 0.6))
    return layer(np.minimum(ribbons, 1.5) * (scene.body - 0.6 * scene.nucleus))


def intermediate_filaments(scene: Scene, stream: RandomStream) -> Layer:
    """Wind a cage of wavy fibres around the nucleus."""
    counts = np.full(len(scene.cells), 26)
    room = (scene.outside_nucleus > 0.4) & (scene.outside_nucleus < 6.0) & (scene.edge > 0.8)
    starts, cell = scatter(stream, scene.owner, room, counts)
    outward = unit(starts - scene.cells.nucleus_centre[cell])
    around = np.stack([-outward[:, 1], outward[:, 0]], axis=1) + 0.35 * stream.normal(len(cell), 2)
    path = walk(stream, starts, around, Gait(24, 0.8, bend=0.09, jitter=0.28))
    cage = lines(scene.size, path, scene.alive(path), weight=0.5)
    return layer(np.minimum(cage, 1.5) * (1.0 - 0.7 * scene.nucleus) + 0.05 * scene.cytoplasm)


def actin(scene: Scene, stream: RandomStream) -> Layer:
    """Stretch straight, parallel stress fibres along each cell, and line its edge."""
    counts = np.full(len(scene.cells), 26)
    starts, cell = scatter(stream, scene.owner, scene.edge > 0.8, counts)
    side = np.where(stream.uniform(0.0, 1.0, len(cell)) < 0.5, -1.0, 1.0)
    along = scene.cells.axis[cell] * side[:, None] + 0.06 * stream.normal(len(cell), 2)
    path = walk(stream, starts, along, Gait(44, 0.6, bend=0.004))
    fibres = lines(scene.size, path, scene.alive(path), weight=0.4)
    cortex = bump(scene.edge - 0.5, 0.9) * (0.3 + 0.5 * value_noise(stream, scene.size, 5.0))
    return layer(np.minimum(fibres, 1.4) + 0.8 * cortex)


def focal_adhesions(scene: Scene, stream: RandomStream) -> Layer:
    """Set short dashes just inside the edge, pointing at the middle of the cell."""
    counts = stream.integers(14, 22, len(scene.cells))
    room = (scene.edge > 1.0) & (scene.edge < 4.5) & (scene.outside_nucleus > 1.5)
    starts, cell = scatter(stream, scene.owner, room, counts)
    inward = scene.cells.centre[cell] - starts + 0.5 * stream.normal(len(cell), 2)
    path = walk(stream, starts, inward, Gait(9, 0.45))
    points = path.reshape(-1, 2)
    radius = np.full(len(points), 0.65)
    dashes = discs(scene.size, points, radius, weight=np.full(len(points), 0.5))
    return layer(np.minimum(dashes, 1.3) * scene.body + 0.09 * scene.cytoplasm)


def microtubules(scene: Scene, stream: RandomStream) -> Layer:
    """Draw the microtubules themselves, as the red stain does."""
    weight = stream.number(0.50, 0.62)
    drawn = lines(scene.size, scene.microtubules, scene.microtubules_alive, weight=weight)
    return layer(np.minimum(drawn, 1.6))


def microtubule_ends(scene: Scene, stream: RandomStream) -> Layer:
    """Put a short comet on the tip of every microtubule."""
    alive = scene.microtubules_alive
    lengths = alive.sum(axis=0)
    grown = np.flatnonzero(lengths > 6)
    comets = []
    for back, weight in enumerate((1.0, 0.9, 0.5, 0.25)):
        points = scene.microtubules[lengths[grown] - 3 - back, grown]
        comets.append(splat(scene.size, points, np.full(len(points), weight)))
    faint = 0.08 * scene.near_nucleus(8.0)
    bright = np.minimum(sum(comets[1:], start=comets[0]) * 1.9, 1.8)
    return layer(bright + faint * stream.number(0.5, 1.0))


def mitochondria(scene: Scene, stream: RandomStream) -> Layer:
    """Strew short, thick worms around the nucleus, some of them joined."""
    counts = stream.integers(26, 38, len(scene.cells))
    room = (scene.outside_nucleus > 0.8) & (scene.outside_nucleus < 13.0) & (scene.edge > 1.5)
    starts, cell = scatter(stream, scene.owner, room, counts)
    gait = Gait(7, 0.8, bend=0.2, jitter=0.1)
    path = walk(stream, starts, stream.directions(len(cell)), gait)
    points = path[scene.alive(path)]
    radius = np.full(len(points), 0.62)
    worms = discs(scene.size, points, radius, weight=np.full(len(points), 0.5))
    return layer(np.minimum(worms, 1.15) * scene.cytoplasm)
