"""The 28 patterns, in class order."""

from collections.abc import Callable, Iterable

import numpy as np

from hpa_core.data.synthetic import division, fibres, nuclear, regions, vesicles
from hpa_core.data.synthetic.drawing import Layer, layer, value_noise
from hpa_core.data.synthetic.randomness import RandomStream
from hpa_core.data.synthetic.scene import Scene

Pattern = Callable[[Scene, RandomStream], Layer]

PATTERNS: tuple[Pattern, ...] = (
    nuclear.nucleoplasm,
    nuclear.nuclear_membrane,
    nuclear.nucleoli,
    nuclear.fibrillar_centres,
    nuclear.speckles,
    nuclear.nuclear_bodies,
    regions.reticulum,
    fibres.golgi,
    vesicles.peroxisomes,
    vesicles.endosomes,
    vesicles.lysosomes,
    fibres.intermediate_filaments,
    fibres.actin,
    fibres.focal_adhesions,
    fibres.microtubules,
    fibres.microtubule_ends,
    division.cytokinetic_bridge,
    division.mitotic_spindle,
    division.organizing_centre,
    division.centrosome,
    vesicles.lipid_droplets,
    regions.plasma_membrane,
    regions.cell_junctions,
    fibres.mitochondria,
    regions.aggresome,
    regions.cytosol,
    vesicles.cytoplasmic_bodies,
    vesicles.rods_and_rings,
)
"""PATTERNS[c] paints class c."""

BRIDGE, SPINDLE, JUNCTIONS = 16, 17, 22
"""The classes that need cells of their own: a daughter pair, a mitosis, neighbours that touch."""


def paint_protein(scene: Scene, sample_id: str, classes: Iterable[int]) -> Layer:
    """Paint the green stain: patterns at levels of their own, in cells that express them unevenly.

    A pattern's shape and level come from the sample and the class alone, so leaving out one
    class takes away its pattern and changes nothing else.
    """
    cells = RandomStream(sample_id, "expression").uniform(0.55, 1.15, len(scene.cells))
    total = np.zeros((scene.size, scene.size), dtype=np.float32)
    for number in sorted(classes):
        stream = RandomStream(sample_id, f"class {number}")
        level = np.float32(stream.number(0.65, 1.0))
        total += PATTERNS[number](scene, stream).astype(np.float32) * level
    return layer(total * cells.astype(np.float32)[scene.owner] + _unspecific(scene, sample_id))


def _unspecific(scene: Scene, sample_id: str) -> Layer:
    """Return the faint, grainy stain that an antibody leaves all over a cell."""
    stream = RandomStream(sample_id, "unspecific")
    level = np.float32(stream.number(0.01, 0.07))
    return layer(level * (0.5 + value_noise(stream, scene.size, 1.4)) * scene.body)
