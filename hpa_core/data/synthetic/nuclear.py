"""Patterns inside the nucleus: classes 0 to 5."""

import numpy as np

from hpa_core.data.synthetic.drawing import Layer, bump, discs, layer, value_noise
from hpa_core.data.synthetic.randomness import RandomStream
from hpa_core.data.synthetic.scene import Scene, scatter


def nucleoplasm(scene: Scene, stream: RandomStream) -> Layer:
    """Fill the nucleus with a fine texture, darker where nucleoli are."""
    texture = 0.45 + 0.35 * value_noise(stream, scene.size, 4.0)
    texture += 0.25 * value_noise(stream, scene.size, 1.6)
    return layer(texture * scene.nucleus * (1.0 - 0.8 * scene.nucleoli) * scene.resting)


def nuclear_membrane(scene: Scene, stream: RandomStream) -> Layer:
    """Draw a thin, slightly uneven rim, and a breath of light inside it."""
    rim = bump(scene.outside_nucleus, 0.85) * scene.body
    uneven = 0.75 + 0.5 * value_noise(stream, scene.size, 5.0)
    return layer((rim * uneven + 0.13 * scene.nucleus) * scene.resting)


def nucleoli(scene: Scene, stream: RandomStream) -> Layer:
    """Fill one to three round bodies in each nucleus."""
    texture = 0.75 + 0.5 * value_noise(stream, scene.size, 2.0)
    return layer(scene.nucleoli * texture + 0.07 * scene.nucleus * scene.resting)


def fibrillar_centres(scene: Scene, stream: RandomStream) -> Layer:
    """Put four fine dots into and around each nucleolus."""
    centres = np.repeat(scene.nucleolus_centres, 4, axis=0)
    away = np.repeat(scene.nucleolus_radii, 4) * stream.uniform(0.3, 0.85, len(centres))
    points = centres + stream.directions(len(centres)) * away[:, None]
    radius = stream.uniform(0.55, 0.85, len(centres))
    dots = discs(scene.size, points, radius, weight=np.ones(len(points)))
    return layer(dots * 1.3 * scene.nucleus)


def speckles(scene: Scene, stream: RandomStream) -> Layer:
    """Put some 25 irregular blobs into each nucleus, none in a nucleolus."""
    room = (scene.outside_nucleus < -1.3) & (scene.nucleoli < 0.2) & (scene.resting > 0)
    counts = stream.integers(18, 28, len(scene.cells))
    points, _ = scatter(stream, scene.owner, room, counts)
    radius = stream.uniform(0.5, 1.35, len(points))
    blobs = discs(scene.size, points, radius, weight=stream.uniform(0.6, 1.0, len(points)))
    return layer(np.minimum(blobs, 1.3) + 0.12 * scene.nucleus * scene.resting)


def nuclear_bodies(scene: Scene, stream: RandomStream) -> Layer:
    """Put two to five well separated dots into each nucleus."""
    room = (scene.outside_nucleus < -1.8) & (scene.nucleoli < 0.1) & (scene.resting > 0)
    counts = stream.integers(2, 5, len(scene.cells))
    points, _ = scatter(stream, scene.owner, room, counts)
    radius = stream.uniform(0.8, 1.15, len(points))
    return layer(discs(scene.size, points, radius, weight=np.ones(len(points))) * 1.3)
